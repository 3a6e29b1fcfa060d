"""A long time in a short one: days of sessions, exports and faults, and what grows meanwhile."""
