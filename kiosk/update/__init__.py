"""How does a new release come in, and go out again?"""

__all__ = ["asking", "helper", "keys", "make", "notes", "places", "probation"]
