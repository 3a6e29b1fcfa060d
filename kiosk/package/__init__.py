"""One package: how it is written, read and verified."""

__all__ = [
    "archives",
    "csv_cells",
    "datapackage",
    "export",
    "outer",
    "progress",
    "protection",
    "read",
    "schema",
    "selection",
    "snapshot",
    "target",
    "verify",
    "write",
]
