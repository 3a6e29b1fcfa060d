"""How does a face look that nobody has? One drawn anatomy: as a person before the camera, and as a head to follow."""

__all__ = ["figure", "pose", "sketch"]
