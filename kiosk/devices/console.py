"""Consoles of Linux: whether the kiosk's own is in front, or another one where a technician logs in."""

from __future__ import annotations

from pathlib import Path

ACTIVE = Path("/sys/class/tty/tty0/active")
"""The kernel's name of the console in front, such as ``tty1``; everybody may read it."""


class Console:
    """The console that was in front when this was made: the one that the kiosk was started on.

    Where the kernel tells nothing about consoles the kiosk is taken to be in front.
    """

    def __init__(self, active: Path = ACTIVE) -> None:
        self._active = active
        self._own = self._now()

    def in_front(self) -> bool:
        """Whether what is typed now is meant for the kiosk."""
        return self._now() in ("", self._own)

    def _now(self) -> str:
        try:
            return self._active.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
