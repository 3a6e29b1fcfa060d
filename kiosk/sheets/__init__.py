"""What hangs at the bed and lies at the ward: one printed page each for the person, for staff, for the technician."""

__all__ = ["sheets", "texts"]
