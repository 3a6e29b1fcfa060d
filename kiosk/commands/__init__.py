"""The commands that are more than a call: one file each."""

__all__ = ["check", "clinic", "measure", "models", "package", "staff", "update", "voice"]
