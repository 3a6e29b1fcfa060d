"""What happens when a clinic starts a new kiosk, on the kiosk itself? Pure, like home and desk."""

__all__ = ["calling", "effects", "machine", "model", "pages"]
