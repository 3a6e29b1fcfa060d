"""Everything that can go wrong, in one short tree.

Each class is also the builtin that a caller would expect, so a plain ``except ValueError`` still works. A message
says the value, where it is, what is wrong and what to do next.
"""

from __future__ import annotations

from kiosk.faults import harmless


class KioskError(Exception):
    """Any failure the kiosk names; ``exit_code`` is what a command ends with when it is not handled.

    Its sentence may name what came from outside, and can be shown, stored and sent on all the same.
    """

    exit_code = 70

    def __str__(self) -> str:
        return harmless(super().__str__(), 10_000)


class ContentError(KioskError, ValueError):
    """A programme, settings or plan file says something it may not say."""

    exit_code = 1


class RuleError(ContentError):
    """A value breaks one of the rules that the kiosk may never break."""


class AssetError(KioskError, FileNotFoundError):
    """A file that ships with the kiosk is missing or unreadable."""


class ModelError(KioskError, ValueError):
    """A network's bytes are missing, not the pinned ones, or unreadable."""

    exit_code = 1


class DeviceError(KioskError, OSError):
    """A piece of hardware cannot be used."""


class CameraError(DeviceError):
    """A camera cannot be opened or has stopped."""


class ChildError(DeviceError):
    """A child process says what cannot be, or is of no use any more: it is replaced."""


class ButtonError(DeviceError):
    """A button, pedal or its wiring cannot be used."""


class SoundError(DeviceError):
    """There is no way to make a sound."""


class ScreenError(DeviceError):
    """There is no screen to draw on."""


class MeasureError(KioskError, ValueError):
    """There is nothing in a recording that can be measured."""

    exit_code = 1


class ReplayError(KioskError, ValueError):
    """Bytes that should be a line drawing are none."""


class StoreError(KioskError, OSError):
    """The record of what happened cannot be read or written."""


class AlreadyRunning(StoreError):
    """Another kiosk holds this data folder."""

    exit_code = 75


class NewerSchema(StoreError):
    """The data folder was written by a newer version of the kiosk."""


class HandoverError(KioskError, OSError):
    """What should leave the kiosk could not be written as it should; nothing is called done."""

    exit_code = 1


class Cancelled(HandoverError):
    """Somebody stopped an export before it was done."""


class PackageError(KioskError, ValueError):
    """A package is not what it should be: incomplete, changed, of another version, or no package at all."""

    exit_code = 1


class WrongKey(PackageError):
    """The passphrase or the identity does not open this package."""


class ClinicError(KioskError, OSError):
    """The clinic's database cannot be used: it is none, another program's, of another version, or in use."""

    exit_code = 1
