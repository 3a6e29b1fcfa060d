"""What may be practised today, how, and why not."""

__all__ = [
    "again",
    "agenda",
    "caps",
    "consent",
    "doses",
    "families",
    "library",
    "lids",
    "model",
    "outcomes",
    "own",
    "person",
    "plan",
    "reasons",
    "rules",
    "scales",
    "showing",
    "standard",
    "texts",
    "words",
]
