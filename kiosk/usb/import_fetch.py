"""Fetching of ``FK-IMPORT.zip`` from the stick: one fixed name is opened there, and nothing is listed or followed."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping

from kiosk.devices.stick import Drive, Mounted
from kiosk.errors import StickError
from kiosk.package.progress import Stop
from kiosk.safefiles import open_file, open_folder
from kiosk.signals import StickPhase, StickStatus
from kiosk.usb.import_read import FILE, MOST_ZIP, Parcel
from kiosk.usb.stick_target import Reached
from kiosk.usb.transfer import sentences
from kiosk.usb.transfer_worker import TransferEnd, Trip

LINKED = (errno.ELOOP, errno.EMLINK, errno.ENXIO)
"""Errors that opening a link, or a device that is no file, ends with."""


def fetching(unpack: Callable[[bytes], Parcel]) -> Trip:
    """The way of the file from the stick into memory; what ``unpack`` makes of it is in ``TransferEnd.parcel``."""

    def trip(drive: Drive, reached: Reached, stop: Stop) -> TransferEnd:  # noqa: ARG001 (``reached`` asks it)
        try:
            raw = _read(drive.mount(read_only=True))
            reached(StickPhase.CHECKING, 0.5)
        finally:
            with contextlib.suppress(StickError):
                drive.unmount()
        off = let_go(drive, reached)
        if isinstance(raw, StickStatus):
            return TransferEnd(raw, off=off)
        return TransferEnd(StickStatus.DONE if off else StickStatus.STILL_ON, parcel=unpack(raw), off=off)

    return trip


def let_go(drive: Drive, reached: Reached) -> bool:
    """Switch the stick off, which is unmounted; whether it is."""
    reached(StickPhase.LEAVING, 0.0)
    try:
        drive.power_off()
    except StickError:
        return not drive.there()
    return True


def _read(mounted: Mounted) -> bytes | StickStatus:
    """The file, whole, or what is there instead. Raises OSError, StickError."""
    with found_on(mounted, FILE, MOST_ZIP) as file:
        return file if isinstance(file, StickStatus) else _whole(file)


@contextlib.contextmanager
def found_on(mounted: Mounted, name: str, most: int) -> Iterator[int | StickStatus]:
    """The plain file ``name`` at the top of the stick, open, or what is there instead; it has at most ``most`` bytes.

    Raises OSError, StickError.
    """
    folder = open_folder(mounted.path)
    try:
        if os.fstat(folder).st_dev != mounted.device:
            raise StickError(StickStatus.NONE, "it was taken out while it was being mounted")
        try:
            file = open_file(name, folder)
        except FileNotFoundError:
            yield StickStatus.NO_FILE
            return
        except OSError as why:
            if why.errno not in LINKED:
                raise
            yield StickStatus.NOT_A_FILE
            return
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_dev != mounted.device:
                yield StickStatus.NOT_A_FILE
            else:
                yield file if found.st_size <= most else StickStatus.TOO_LARGE
        finally:
            os.close(file)
    finally:
        os.close(folder)


def _whole(file: int) -> bytes | StickStatus:
    raw = b""
    while piece := os.read(file, MOST_ZIP + 1 - len(raw)):
        raw += piece
        if len(raw) > MOST_ZIP:
            return StickStatus.TOO_LARGE
    return raw


def fetch_sentences(_: Callable[[str], str]) -> Mapping[StickStatus, str]:
    """Return the screen's sentence for each end of a way from the stick, but when the stick may be taken out."""
    return {
        **sentences(_),
        StickStatus.OTHER: _(
            "The kiosk does not read this kind of stick. Use one that is formatted as FAT32 or exFAT."
        ),
        StickStatus.READ_ONLY: _(
            "This stick is locked against writing. If it has a small switch, move it; otherwise use another one."
        ),
        StickStatus.DAMAGED: _("This stick cannot be read: it is damaged. Nothing was taken in. Use another one."),
        StickStatus.STUCK: _(
            "The stick does not answer. Nothing was taken in. Take it out, plug it in again and try again."
        ),
        StickStatus.PULLED: _("The stick was taken out too early. Nothing was taken in. Plug it in and try again."),
        StickStatus.CANCELLED: _("Stopped. Nothing was taken in. You can try again at any time."),
        StickStatus.FAILED: _("This did not work. Nothing was taken in, and nothing is lost. Try again."),
    }


def stick_sentence(off: bool | None, _: Callable[[str], str]) -> str:
    """Return the sentence on taking the stick out, by ``TransferEnd.off``; none where the way did not come so far."""
    if off is None:
        return ""
    if off:
        return _("You can take the stick out.")
    return _("The stick could not be switched off: wait until its light is still, then take it out.")
