"""How does a face look that nobody has? One drawn anatomy: as a person before the camera, with the truth about it."""

__all__ = []
