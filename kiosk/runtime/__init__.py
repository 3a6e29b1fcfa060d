"""What runs: which mode has the buttons, and who carries out what it asks."""

__all__ = ["loop", "ports", "proving", "runtime", "watchdog"]
