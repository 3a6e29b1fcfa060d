"""Many packages in one database at the clinic, and its reports."""

__all__ = ["completeness", "database", "merge", "reports"]
