"""Everything that can go wrong, in one short tree.

A class is also a builtin where a caller would expect one (``except ValueError`` for content), but what the kiosk says
about its own record or a package is no error of the operating system. A message says the value, where it is, what is
wrong and what to do next; it is a template and its fields, so that whoever shows it can translate it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.faults import harmless

if TYPE_CHECKING:
    from kiosk.signals import StickStatus

MOST_CHARACTERS = 10_000
"""Most characters of a message."""


class KioskError(Exception):
    """Any failure the kiosk names; ``exit_code`` is what a command ends with when it is not handled.

    ``template``: the English sentence with ``{fields}`` in braces, which is also its key in the catalogue of words.
    Without fields it is taken as it is. A sentence may name what came from outside, and can be shown, stored and sent
    on all the same.
    """

    exit_code = 70

    def __init__(self, template: object = "", *system: object, **fields: object) -> None:
        """``system``: what else an OSError is made of; ``template`` is then its number."""
        super().__init__(str(template).format(**fields) if fields else template, *system)
        self.template, self.fields = str(template), fields

    def __str__(self) -> str:
        return harmless(super().__str__(), MOST_CHARACTERS)

    def said(self, words: Callable[[str], str]) -> str:
        """The message in the language of ``words``; a field that is a text of ours is looked up as well."""
        fields = {
            name: words(value) if isinstance(value, str) and value else value for name, value in self.fields.items()
        }
        return harmless(words(self.template).format(**fields) if fields else words(str(self)), MOST_CHARACTERS)


def marked(text: str) -> str:
    """``text`` as it is: whoever gathers texts for translators finds it by this."""
    return text


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


class ModelsLater(ModelError):
    """The models could not be fetched just now."""

    exit_code = 75


class DeviceError(KioskError, OSError):
    """A piece of hardware cannot be used."""


class CameraError(DeviceError):
    """A camera cannot be opened or has stopped."""


class ChildError(DeviceError):
    """A child process says what cannot be, or is of no use any more: it is replaced."""


class ButtonError(DeviceError):
    """A button, pedal or its wiring cannot be used."""


class StickError(DeviceError):
    """A stick cannot be used, or not any longer; ``trouble`` says why. ``size_bytes`` of the stick, if there is one.

    Raises ValueError for a status that says a package is whole: an error that was told as "done" would be believed.
    """

    def __init__(self, trouble: StickStatus, detail: str = "", size_bytes: int = 0) -> None:
        if trouble.whole:
            raise ValueError(f"{trouble!r} is no trouble of a stick: it says that a package was proved")
        super().__init__(f"stick: {trouble}{': ' if detail else ''}{detail}")
        self.trouble, self.size_bytes = trouble, size_bytes


class SoundError(DeviceError):
    """There is no way to make a sound."""


class ScreenError(DeviceError):
    """The screen cannot be drawn on."""


class NoScreen(ScreenError):
    """There is no screen to draw on; there may be one later, plugged in or switched on."""

    exit_code = 75


class MeasureError(KioskError, ValueError):
    """There is nothing in a recording that can be measured."""

    exit_code = 1


class FilmError(KioskError, ValueError):
    """A file holds no film that can be read, or not all of one."""

    exit_code = 1


class ReplayError(KioskError, ValueError):
    """Bytes that should be a line drawing are none."""


class PictureError(KioskError, ValueError):
    """A clinic's own picture or film cannot be shown; what it says is a word of ``pictures.bounds.Refusal``."""


class RecordingError(KioskError, ValueError):
    """A site's own recording cannot be heard; what it says is a word of ``voice.messages.Unheard``."""


class StoreError(KioskError):
    """The record of what happened cannot be read or written."""


class AlreadyRunning(StoreError):
    """Another kiosk holds this data folder."""

    exit_code = 75


class NewerSchema(StoreError):
    """The data folder was written by a newer version of the kiosk."""


class Unsure(KioskError, OSError):
    """The storage failed after something was changed: what holds now may not be what holds after the next start."""


class HandoverError(KioskError):
    """Something that should leave the kiosk could not be written as it should; nothing is called done."""

    exit_code = 1


class Cancelled(HandoverError):
    """Somebody stopped an export before it was done."""


class NameTaken(HandoverError):
    """There is something under the package's name already; it is not touched."""


class NoRoom(HandoverError):
    """The package will not fit. ``need`` and ``free`` in bytes."""

    def __init__(self, template: str, need: int, free: int) -> None:
        super().__init__(template, need=f"{need / 1e6:.0f} MB", free=f"{free / 1e6:.0f} MB")
        self.need, self.free = need, free


class ReadBackDiffers(HandoverError):
    """The medium gives back other bytes than it was given."""


class PackageError(KioskError, ValueError):
    """A package is not what it should be: incomplete, changed, of another version, or no package at all."""

    exit_code = 1


class WrongKey(PackageError):
    """The passphrase or the identity does not open this package."""


class UpdateError(KioskError, ValueError):
    """A new release is not taken in, and nothing was changed."""

    exit_code = 1


class ClinicError(KioskError):
    """The clinic's database cannot be used: it is none, another program's, of another version, or in use."""

    exit_code = 1


class ScriptError(KioskError, AssertionError):
    """A simulated day did not go as its script says."""


class BenchError(KioskError, RuntimeError):
    """Something that was to be measured did not run as it should; a number would be wrong."""
