"""What is remembered, durably: migrations, writer, reader, recovery."""

__all__ = ["append", "checking", "daytime", "folder", "migrations", "opening", "reader", "store", "version"]
