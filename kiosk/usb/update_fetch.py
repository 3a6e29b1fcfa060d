"""Fetching of ``FK-UPDATE.zip`` from the stick to where root's helper finds it, and a look into it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.devices.stick import Drive, Mounted
from kiosk.errors import StickError, UpdateError
from kiosk.package.progress import Stop
from kiosk.records.folder import free_bytes
from kiosk.safefiles import QUIET
from kiosk.signals import StickPhase, StickStatus
from kiosk.update.asking import look_into, staging, unstage
from kiosk.update.helper import NO_ROOM, RESERVE
from kiosk.update.notes import sentence_of
from kiosk.update.places import FILE, Places
from kiosk.usb.import_fetch import fetch_sentences, found_on, let_go
from kiosk.usb.stick_target import Reached
from kiosk.usb.transfer_worker import TransferEnd, Trip

MOST_ZIP = 3 << 30
PIECE = 1 << 20


def fetching_update(places: Places, version: str) -> Trip:
    """The way of the file into the kiosk's own folder; what it holds is in ``TransferEnd.offered``.

    ``version``: the one that runs here.
    """

    def trip(drive: Drive, reached: Reached, stop: Stop) -> TransferEnd:  # noqa: ARG001 (``reached`` asks it)
        try:
            status = _carry(drive.mount(read_only=True), places.data, reached)
        except UpdateError as why:
            return TransferEnd(StickStatus.DONE, offered=why, off=let_go(drive, reached))
        finally:
            with contextlib.suppress(StickError):
                drive.unmount()
        off = let_go(drive, reached)
        if status is not StickStatus.DONE:
            return TransferEnd(status, off=off)
        ending = StickStatus.DONE if off else StickStatus.STILL_ON
        try:
            offered = look_into(places, version, lambda share: reached(StickPhase.LEAVING, share))
        except (UpdateError, OSError) as why:
            unstage(places.data)
            return TransferEnd(ending, offered=sentence_of(why), off=off)
        return TransferEnd(ending, offered=offered, off=off)

    return trip


def _carry(mounted: Mounted, data: Path, reached: Reached) -> StickStatus:
    """Copy the file, lasting, or say what is there instead. Raises OSError, StickError, UpdateError."""
    with found_on(mounted, FILE, MOST_ZIP) as file:
        if isinstance(file, StickStatus):
            return file
        size = os.fstat(file).st_size
        unstage(data)
        free = free_bytes(data)
        if free < size + RESERVE:
            raise UpdateError(NO_ROOM, need=str((size + RESERVE) >> 20), free=str(free >> 20))
        to = os.open(staging(data), os.O_WRONLY | os.O_CREAT | os.O_EXCL | QUIET, 0o600)
        try:
            done = 0
            while piece := os.read(file, PIECE):
                left = memoryview(piece)
                while left:
                    left = left[os.write(to, left) :]
                done += len(piece)
                if done > size:
                    return StickStatus.TOO_LARGE
                reached(StickPhase.CHECKING, done / max(1, size))
            os.fsync(to)
        finally:
            os.close(to)
    return StickStatus.DONE


def update_sentences(_: Callable[[str], str]) -> Mapping[StickStatus, str]:
    """Return the screen's sentence for each end of the way from the stick."""
    return {
        **fetch_sentences(_),
        StickStatus.NO_FILE: _(
            "There is no file called FK-UPDATE.zip on the stick, outside of all folders. Check its name on a PC."
        ),
        StickStatus.NOT_A_FILE: _("FK-UPDATE.zip on this stick is a folder or a link. Copy the file itself to it."),
        StickStatus.TOO_LARGE: _("FK-UPDATE.zip is too large to be an update. Copy it to the stick again."),
    }
