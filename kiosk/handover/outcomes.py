"""How did the way to the stick end? Each end has one name and one text; only one says "You can take the stick out".

Texts are plain: what is the matter, and what to do next.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from enum import StrEnum

from kiosk.devices.stick import Drive, StickError
from kiosk.errors import Cancelled, NoRoom, ReadBackDiffers, StoreError
from kiosk.signals import StickTrouble


class Outcome(StrEnum):
    """How an export to a stick ended; those that begin it are the words of ``StickTrouble``."""

    DONE = "done"
    """On the stick, read back twice, and the stick is off."""
    STILL_ON = "still_on"
    """The same, but the stick could not be switched off. It is unmounted."""
    CANCELLED = "cancelled"
    PULLED = "pulled"
    FULL = "full"
    TOO_SMALL = "too_small"
    UNSOUND = "unsound"
    """It gives back other bytes than it was given: damaged, or smaller than it says."""
    RECORD = "record"
    """The kiosk's own record cannot be read."""
    FAILED = "failed"
    NO_FILE = "no_file"
    """Of the way from a stick: what shall be brought is not on it, is no plain file, or is too large."""
    NOT_A_FILE = "not_a_file"
    TOO_LARGE = "too_large"
    NONE = StickTrouble.NONE.value
    SEVERAL = StickTrouble.SEVERAL.value
    PARTITIONS = StickTrouble.PARTITIONS.value
    BLANK = StickTrouble.BLANK.value
    LINUX = StickTrouble.LINUX.value
    NTFS = StickTrouble.NTFS.value
    OTHER = StickTrouble.OTHER.value
    READ_ONLY = StickTrouble.READ_ONLY.value
    DAMAGED = StickTrouble.DAMAGED.value
    STUCK = StickTrouble.STUCK.value
    NOT_ALLOWED = StickTrouble.NOT_ALLOWED.value
    NO_SERVICE = StickTrouble.NO_SERVICE.value

    @property
    def whole(self) -> bool:
        """Whether there is a package on the stick that was proved."""
        return self in (Outcome.DONE, Outcome.STILL_ON)


_GONE = (errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESTALE, errno.ESHUTDOWN)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def outcome_of(why: Exception, drive: Drive) -> Outcome:
    """What an error on the way means. A stick that is not there any longer explains every other error."""
    if isinstance(why, Cancelled):
        return Outcome.CANCELLED
    if not drive.there():
        return Outcome.PULLED
    if isinstance(why, StickError):
        return Outcome.PULLED if why.trouble is StickTrouble.NONE else Outcome(why.trouble.value)
    if isinstance(why, NoRoom):
        return Outcome.TOO_SMALL if drive.size_bytes < why.need else Outcome.FULL
    if isinstance(why, ReadBackDiffers):
        return Outcome.UNSOUND
    if isinstance(why, StoreError):
        return Outcome.RECORD
    if isinstance(why, OSError):
        return _of_number(why.errno)
    return Outcome.FAILED


def _of_number(number: int | None) -> Outcome:
    if number in _GONE:
        return Outcome.PULLED
    if number in _FULL:
        return Outcome.FULL
    if number in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Outcome.READ_ONLY
    return Outcome.DAMAGED


def sentences(_: Callable[[str], str]) -> Mapping[Outcome, str]:
    """What the screen says about each, in the words ``_`` gives."""
    return {
        Outcome.NONE: _("Plug a USB stick into the kiosk."),
        Outcome.SEVERAL: _("More than one stick is plugged in. Leave one, and take the others out."),
        Outcome.PARTITIONS: _("This stick is divided into several parts. Use one with a single part (FAT32 or exFAT)."),
        Outcome.BLANK: _("This stick is not formatted. Format it on a PC as FAT32 or exFAT, or use another one."),
        Outcome.LINUX: _("This stick is formatted for Linux. Use one that is formatted as FAT32 or exFAT."),
        Outcome.NTFS: _("This stick is formatted as NTFS. Use one that is formatted as FAT32 or exFAT."),
        Outcome.OTHER: _(
            "The kiosk does not write to this kind of stick. Use one that is formatted as FAT32 or exFAT."
        ),
        Outcome.READ_ONLY: _(
            "Nothing can be written to this stick. If it has a small switch, move it; otherwise use another one."
        ),
        Outcome.DAMAGED: _("This stick is damaged. Nothing counts as exported. Use another one."),
        Outcome.UNSOUND: _(
            "This stick does not keep what is written to it: it is damaged, or smaller than it says. Nothing counts as "
            "exported. Do not use it again. Use another one."
        ),
        Outcome.STUCK: _(
            "The stick does not answer. Nothing counts as exported. Take it out, plug it in again and try again, or "
            "use another one."
        ),
        Outcome.PULLED: _(
            "The stick was taken out too early. Nothing counts as exported, and the kiosk has lost nothing. Plug it in "
            "and try again."
        ),
        Outcome.FULL: _("There is not enough room on this stick. Delete something on a PC, or use another one."),
        Outcome.TOO_SMALL: _("This stick is too small. Use a larger one."),
        Outcome.CANCELLED: _("Stopped. There is no new package on the stick. You can try again at any time."),
        Outcome.RECORD: _("The kiosk cannot read its record. Nothing was exported. Tell your technician."),
        Outcome.FAILED: _("This did not work. Nothing counts as exported, and nothing is lost. Try again."),
        Outcome.NO_FILE: _(
            "There is no file called FK-IMPORT.zip on the stick, outside of all folders. Check its name on a PC: "
            "Windows may hide the ending .zip."
        ),
        Outcome.NOT_A_FILE: _("FK-IMPORT.zip on this stick is a folder or a link. Make a zip file of it on a PC."),
        Outcome.TOO_LARGE: _("FK-IMPORT.zip is too large: 1 MiB at most. Put only keys, a plan and programmes in it."),
        Outcome.NOT_ALLOWED: _("The kiosk is not allowed to use sticks on this machine. Tell your technician."),
        Outcome.NO_SERVICE: _("The kiosk cannot look for sticks: a service is not running. Tell your technician."),
        Outcome.DONE: _("The package is on the stick and was checked. You can take the stick out."),
        Outcome.STILL_ON: _(
            "The package is on the stick and was checked. The stick could not be switched off: wait until its light "
            "is still, then take it out."
        ),
    }
