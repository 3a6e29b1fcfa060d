"""How does a clinic record its own voice, sentence by sentence? Pure ``(state, event, now) → (state, effects)``."""

__all__ = ["machine", "model"]
