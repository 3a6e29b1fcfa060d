"""What may be practised today, how, and why not."""

__all__ = [
    "again",
    "agenda",
    "caps",
    "consent",
    "library",
    "model",
    "outcomes",
    "pictures",
    "plan",
    "reasons",
    "rules",
    "showing",
    "texts",
    "validate",
    "words",
]
