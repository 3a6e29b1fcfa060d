"""What stands on a screen: from a state to a scene of words, choices and pictures."""

__all__ = ["ending", "first_start", "head", "home", "languages", "look", "menu_lids", "menus", "session"]
