"""What does a file of programmes say, and may it be used? Reading and checking; the values are those of ``care``."""

__all__ = [
    "pictures",
    "shelf",
]
