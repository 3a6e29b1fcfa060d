"""What the record says of whoever is bound: who it is, what suits them, and what their day has seen already."""

__all__ = [
    "begun",
    "kept_settings",
    "lengths",
    "looking_back",
    "own",
    "persons",
    "scored",
    "sessions",
    "standard",
    "suited",
    "unlooked",
]
