"""What happens on the home screen: the day's plan, cards, looking back. Pure, like the session."""

__all__ = [
    "effects",
    "looking_back",
    "machine",
    "model",
    "own",
    "places",
    "reminders",
    "turn",
    "wish",
]
