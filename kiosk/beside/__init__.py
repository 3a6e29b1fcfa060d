"""What is done beside an export: documents in a process of their own, and tables kept packed for all who read them."""

__all__ = ["deflate", "jobs", "spool"]
