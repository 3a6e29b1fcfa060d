"""What happens in the staff's menus: pure, like the session."""

__all__ = [
    "entry",
    "erasing",
    "export_menu",
    "import_menu",
    "inbox",
    "pedals",
    "recording",
    "scores",
    "staff",
    "standard_menu",
    "update_menu",
    "voice_menu",
    "work",
]
