"""A cage of the tests' own, with what runs in it: as an ordinary user, headless or as a window of an X server.

cage refuses root, so root becomes nobody. Where a checkout lies in a folder that only root may read, nobody is given
the one capability that reads it.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pygame

from kiosk.doctor.checks.screen import HEADLESS
from tests.patience import PATIENCE_S

NOBODY = 65534
READ_ANYTHING = {"dac_read_search": 2, "dac_override": 1}
"""Capabilities that let a user read what is not theirs, with their numbers; the narrower one first."""
LOOK_S = 0.1
START = """
echo $$ > "$PLACE/shell"
[ -z "$X_SERVER" ] || {
    eval "$(DISPLAY=$X_SERVER xdotool getmouselocation --shell)"
    DISPLAY=$X_SERVER xdotool windowsize --sync "$WINDOW" 1280 720
}
"$@" & echo $! > "$PLACE/pid"
wait $!; echo $? > "$PLACE/code"
"""
"""What cage starts: cage 0.1.4 hides the exit code of its child, and as a window it is 1024x768."""


@cache
def ordinary() -> tuple[str, ...]:
    """What makes a command one of an ordinary user; nothing for a user who is one."""
    if os.geteuid() != 0:
        return ()
    plain = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    held = int(Path("/proc/self/status").read_text().partition("CapBnd:")[2].split()[0], 16)
    ways = [plain] + [
        (*plain, f"--inh-caps=-all,+{name}", f"--ambient-caps=-all,+{name}", f"--bounding-set=-all,+{name}")
        for name, bit in READ_ANYTHING.items()
        if held >> bit & 1
    ]
    for way in ways:
        # By a shell, because setpriv itself still has all rights when it starts its command.
        probe = [*way, "/bin/sh", "-c", '"$@"', "sh", sys.executable, "-c", "import kiosk.app"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return way
    raise AssertionError(f"user {NOBODY} may not read {sys.executable} or this checkout, and cage refuses root")


class Cage:
    """cage with one command in it. ``place``: the ordinary user's folder; ``display``: show it on that X server."""

    def __init__(self, place: Path, command: Sequence[str], *, display: str = "", **env: str) -> None:
        for tool in ("cage", "grim", "xdotool"):
            assert shutil.which(tool), f"{tool} is missing: `make test` installs it"
        self.place = place
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(str(place / "notify"))
        (place / "notify").chmod(0o777)
        self._notify.settimeout(PATIENCE_S)
        backend = {"WLR_BACKENDS": "x11", "DISPLAY": display, "X_SERVER": display} if display else {"X_SERVER": ""}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SDL_", "KIOSK_", "GPIOZERO", "WAYLAND", "DISPLAY", "XDG_"))
        }
        self._env = {
            **kept,
            **HEADLESS,
            **backend,
            "SDL_AUDIODRIVER": "dummy",
            "XDG_RUNTIME_DIR": str(place),
            "HOME": str(place),
            "PLACE": str(place),
            "NOTIFY_SOCKET": str(place / "notify"),
            **env,
        }
        started = [*ordinary(), "cage", "-d", "--", "/bin/sh", "-c", START, "sh", *command]
        with (place / "said").open("wb") as said:
            self.process = subprocess.Popen(started, env=self._env, stdout=said, stderr=said)

    def heard(self) -> bytes:
        """The next message to systemd."""
        try:
            return self._notify.recv(200)
        except TimeoutError as why:
            raise AssertionError(f"it says nothing to systemd; it said: {self.said}") from why

    def tell(self, which: signal.Signals) -> None:
        """Send a signal to what runs in the cage."""
        os.kill(int((self.place / "pid").read_text()), which)

    def ended(self) -> int:
        """Wait for the end; the exit code of what ran in the cage."""
        if not (self.place / "shell").exists():
            self.process.wait(PATIENCE_S)
        with contextlib.suppress(ProcessLookupError):
            shell = os.pidfd_open(int((self.place / "shell").read_text()))
            try:
                assert select.select([shell], [], [], PATIENCE_S)[0], f"it does not end; it said: {self.said}"
            finally:
                os.close(shell)
        return int((self.place / "code").read_text())

    @property
    def said(self) -> str:
        """What cage and its child wrote."""
        return (self.place / "said").read_text(errors="replace")

    def picture(self) -> pygame.Surface:
        """What is on the compositor's output, read back by wlr-screencopy (grim)."""
        env = {**self._env, "WAYLAND_DISPLAY": "wayland-0"}
        shot = subprocess.run([*ordinary(), "grim", "-t", "ppm", "-"], env=env, capture_output=True, check=True)
        return pygame.image.load(io.BytesIO(shot.stdout), "shot.ppm")

    def shows(self, *expected: pygame.Surface) -> None:
        """Wait until the output shows one of the pictures, pixel by pixel."""
        until = time.monotonic() + PATIENCE_S
        wanted = [pixels(surface) for surface in expected]
        while (seen := pixels(self.picture())) not in wanted:
            if time.monotonic() > until or self.process.poll() is not None:
                wrong = min(sum(a != b for a, b in zip(seen, other, strict=False)) for other in wanted)
                raise AssertionError(f"the output differs from what is drawn in {wrong} bytes; it said: {self.said}")
            select.select([self._notify], [], [], LOOK_S)  # what is shown anew is often told

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._notify.close()


def pixels(surface: pygame.Surface) -> bytes:
    """Red, green, blue of each pixel."""
    return pygame.image.tobytes(surface, "RGB")


@contextmanager
def place() -> Iterator[Path]:
    """A folder of the ordinary user, closed to others, outside of pytest's own (which others may not enter)."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)
