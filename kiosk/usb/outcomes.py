"""How did the way to the stick end? Each end has one name and one text; only one says "You can take the stick out".

Texts are plain: what is the matter, and what to do next.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping

from kiosk.devices.stick import Drive, StickError
from kiosk.errors import Cancelled, NoRoom, ReadBackDiffers, StoreError
from kiosk.signals import StickStatus

_GONE = (errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESTALE, errno.ESHUTDOWN)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def outcome_of(why: Exception, drive: Drive) -> StickStatus:
    """What an error on the way means. A stick that is not there any longer explains every other error."""
    if isinstance(why, Cancelled):
        return StickStatus.CANCELLED
    if not drive.there():
        return StickStatus.PULLED
    if isinstance(why, StickError):
        return StickStatus.PULLED if why.trouble is StickStatus.NONE else why.trouble
    if isinstance(why, NoRoom):
        return StickStatus.TOO_SMALL if drive.size_bytes < why.need else StickStatus.FULL
    if isinstance(why, ReadBackDiffers):
        return StickStatus.UNSOUND
    if isinstance(why, StoreError):
        return StickStatus.RECORD
    if isinstance(why, OSError):
        return _of_number(why.errno)
    return StickStatus.FAILED


def _of_number(number: int | None) -> StickStatus:
    if number in _GONE:
        return StickStatus.PULLED
    if number in _FULL:
        return StickStatus.FULL
    if number in (errno.EROFS, errno.EACCES, errno.EPERM):
        return StickStatus.READ_ONLY
    return StickStatus.DAMAGED


def sentences(_: Callable[[str], str]) -> Mapping[StickStatus, str]:
    """What the screen says about each, in the words ``_`` gives."""
    return {
        StickStatus.NONE: _("Plug a USB stick into the kiosk."),
        StickStatus.SEVERAL: _("More than one stick is plugged in. Leave one, and take the others out."),
        StickStatus.PARTITIONS: _(
            "This stick is divided into several parts. Use one with a single part (FAT32 or exFAT)."
        ),
        StickStatus.BLANK: _("This stick is not formatted. Format it on a PC as FAT32 or exFAT, or use another one."),
        StickStatus.LINUX: _("This stick is formatted for Linux. Use one that is formatted as FAT32 or exFAT."),
        StickStatus.NTFS: _("This stick is formatted as NTFS. Use one that is formatted as FAT32 or exFAT."),
        StickStatus.OTHER: _(
            "The kiosk does not write to this kind of stick. Use one that is formatted as FAT32 or exFAT."
        ),
        StickStatus.READ_ONLY: _(
            "Nothing can be written to this stick. If it has a small switch, move it; otherwise use another one."
        ),
        StickStatus.DAMAGED: _("This stick is damaged. Nothing counts as exported. Use another one."),
        StickStatus.UNSOUND: _(
            "This stick does not keep what is written to it: it is damaged, or smaller than it says. Nothing counts as "
            "exported. Do not use it again. Use another one."
        ),
        StickStatus.STUCK: _(
            "The stick does not answer. Nothing counts as exported. Take it out, plug it in again and try again, or "
            "use another one."
        ),
        StickStatus.PULLED: _(
            "The stick was taken out too early. Nothing counts as exported, and the kiosk has lost nothing. Plug it in "
            "and try again."
        ),
        StickStatus.FULL: _("There is not enough room on this stick. Delete something on a PC, or use another one."),
        StickStatus.TOO_SMALL: _("This stick is too small. Use a larger one."),
        StickStatus.CANCELLED: _("Stopped. There is no new package on the stick. You can try again at any time."),
        StickStatus.RECORD: _("The kiosk cannot read its record. Nothing was exported. Tell your technician."),
        StickStatus.FAILED: _("This did not work. Nothing counts as exported, and nothing is lost. Try again."),
        StickStatus.NO_FILE: _(
            "There is no file called FK-IMPORT.zip on the stick, outside of all folders. Check its name on a PC: "
            "Windows may hide the ending .zip."
        ),
        StickStatus.NOT_A_FILE: _("FK-IMPORT.zip on this stick is a folder or a link. Make a zip file of it on a PC."),
        StickStatus.TOO_LARGE: _(
            "FK-IMPORT.zip is too large: 1 MiB at most. Put only keys, a plan and programmes in it."
        ),
        StickStatus.NOT_ALLOWED: _("The kiosk is not allowed to use sticks on this machine. Tell your technician."),
        StickStatus.NO_SERVICE: _("The kiosk cannot look for sticks: a service is not running. Tell your technician."),
        StickStatus.DONE: _("The package is on the stick and was checked. You can take the stick out."),
        StickStatus.STILL_ON: _(
            "The package is on the stick and was checked. The stick could not be switched off: wait until its light "
            "is still, then take it out."
        ),
    }
