"""The ``kiosk`` command, also as ``python -m kiosk``: where the screen is wanted, the ready picture comes first."""

from __future__ import annotations

import os
import sys

from kiosk.screens import ready


def main() -> None:
    """Run the command line."""
    fullscreen = ready.wanted(sys.argv[1:], os.environ)
    if fullscreen is not None:
        ready.show(fullscreen)
    from kiosk.cli import main as command

    command()


if __name__ == "__main__":
    main()
