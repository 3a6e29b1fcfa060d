"""Whether this machine is fit to be a kiosk."""

__all__ = ["confined", "doctor"]
