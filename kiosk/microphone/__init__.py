"""How is the microphone reached, and when is it open? A real and a simulated one, side by side."""

__all__ = ["arecord", "port"]
