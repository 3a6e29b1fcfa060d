"""The commands that are more than a call: one file each."""

__all__ = ["check", "clinic", "measure", "models", "package", "sheets", "staff", "update", "voice", "warehouse"]
