"""What goes to a USB stick and comes from it."""

__all__ = ["import_install", "import_read", "service", "transfer_worker"]
