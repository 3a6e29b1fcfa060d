"""What runs: which mode has the buttons, and who carries out what it asks."""

__all__ = ["bedside", "loop", "persons", "ports", "proving", "runtime", "watchdog"]
