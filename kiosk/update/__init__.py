"""How does a new release come in, and go out again?"""

__all__ = ["helper", "keys", "make", "places"]
