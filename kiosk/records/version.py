"""The number of the record's schema, for whoever asks nothing else: what makes the tables takes long to load."""

from __future__ import annotations

SCHEMA = 11
"""The newest schema this version knows: the number of steps in ``migrations``."""
