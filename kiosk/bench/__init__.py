"""Whether this machine is fast enough."""

__all__ = ["bench", "world"]
