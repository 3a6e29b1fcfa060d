"""What stands on a screen: from a state to a scene of words, choices and pictures."""

__all__ = ["home", "look", "menus", "session"]
