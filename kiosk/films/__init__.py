"""How a film file becomes pictures: each with its own time, upright, with square pixels, and what is missing said."""

__all__ = ["film"]
