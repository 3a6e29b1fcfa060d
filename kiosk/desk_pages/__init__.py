"""What stands on the screen at the staff's desk and in the first start: from a state to a scene."""

__all__ = ["first_start", "lids", "menus"]
