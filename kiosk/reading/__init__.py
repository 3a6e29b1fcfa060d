"""Many packages read at once: processes that read and verify, and what they found, in order."""

__all__ = ["many"]
