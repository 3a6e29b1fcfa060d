"""How does a person's plan travel? ``plan.json``: written for another kiosk, and read as strictly as any file."""

__all__ = ["plan"]
