"""What happens in the staff's menus: pure, like the session."""

__all__ = [
    "doses",
    "effects",
    "entry",
    "erasing",
    "export_menu",
    "import_menu",
    "items",
    "lesson",
    "lids",
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
