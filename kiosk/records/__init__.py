"""What is remembered, durably: migrations, writer, reader, recovery."""

__all__ = [
    "append",
    "checking",
    "daytime",
    "folder",
    "migrations",
    "opening",
    "practised",
    "readable",
    "reader",
    "store",
    "version",
]
