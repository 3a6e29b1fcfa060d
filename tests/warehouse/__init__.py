"""How a clinic's database reaches other engines."""
