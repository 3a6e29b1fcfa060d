"""What stands on a person's screen: from a state to a scene of words, choices and pictures."""

__all__ = ["ending", "head", "home", "languages", "look", "session"]
