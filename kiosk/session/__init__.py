"""What happens next in a session: pure, (state, event, now) to (state, effects)."""

__all__ = ["machine", "model", "prompts", "questions", "timed", "timeline"]
