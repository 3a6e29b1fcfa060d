"""The commands that are more than a call: one file each."""

__all__ = ["check", "clinic_group", "measure", "models", "options", "package", "sheets", "staff", "update", "voice"]
