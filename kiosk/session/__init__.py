"""What happens next in a session: pure, (state, event, now) to (state, effects)."""

__all__ = ["effects", "machine", "model", "prompts", "questions", "timed", "timeline"]
