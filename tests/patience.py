"""How long a test waits for what must come: a bound on a hang, and never a measure of speed."""

PATIENCE_S = 120.0
"""Only ever waited in full by a test that fails, however busy the machine is."""
