"""Many packages in one database at the clinic, its reports, and what leaves it for research."""

__all__ = ["completeness", "database", "deidentify", "merge", "reports"]
