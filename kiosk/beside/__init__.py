"""What is done beside an export: documents in a process of their own, and tables kept packed for whoever reads them."""

__all__ = ["deflate", "jobs", "spool"]
