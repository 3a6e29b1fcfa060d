"""What a person reads of a package: the report's pages and the workbook."""

__all__ = ["canvas", "pages", "papers"]
