"""What happens on the home screen and in the staff's menus: pure, like the session."""

__all__ = [
    "effects",
    "entry",
    "erasing",
    "export_menu",
    "home",
    "home_model",
    "import_menu",
    "items",
    "lesson",
    "looking_back",
    "pedals",
    "pin",
    "recording",
    "setup",
    "staff",
    "staff_model",
    "staff_turn",
    "update_menu",
    "work",
]
