"""What happens next in a session: pure, (state, event, now) to (state, effects)."""

__all__ = ["effects", "length", "machine", "model", "prompts", "questions", "timed", "timeline"]
