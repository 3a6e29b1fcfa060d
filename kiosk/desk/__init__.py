"""What is the staff's desk? Its state, its screens on a pile, and what it asks of the world: plain values."""

__all__ = ["effects", "lesson", "model", "pin", "shown", "turn"]
