"""The schema of `kiosk.toml`: each setting with its range, its default and the sentence that explains it.

``docs/settings.md``, the messages about faults and the names of environment variables all come from these annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

import msgspec
from msgspec import Meta

Value = bool | int | str
YES_NO = (True, False)
Pin = Annotated[int, Meta(ge=2, le=27)]


class ScreenSettings(msgspec.Struct, frozen=True):
    """The screen that the person looks at."""

    width_mm: Annotated[
        int,
        Meta(
            ge=100,
            le=3000,
            description="Length of the visible picture's longer side in millimetres: letters are sized by it.",
        ),
    ] = 531
    column: Annotated[
        Literal["left", "right"], Meta(description="The side of the mirror on which the words stand.")
    ] = "left"
    fullscreen: Annotated[bool, Meta(description="Fill the screen. `kiosk run --window` overrides it.")] = True
    skin_tone: Annotated[
        int,
        Meta(
            ge=1,
            le=6,
            description="Skin of the drawn head that shows what to do: 1 is lightest, 6 darkest.",
            extra={"bedside": (1, 2, 3, 4, 5, 6)},
        ),
    ] = 3


class Buttons(msgspec.Struct, frozen=True):
    """The three buttons at the hand (BCM pin numbers; each button connects its pin to ground)."""

    green: Annotated[Pin, Meta(description="Pin of the green button (go).")] = 17
    amber: Annotated[Pin, Meta(description="Pin of the amber button (pause, other choice).")] = 27
    red: Annotated[Pin, Meta(description="Pin of the red button (stop).")] = 22
    refractory_ms: Annotated[
        int,
        Meta(
            ge=30,
            le=400,
            description="Quiet time after letting go before the button counts again. 150 to 400 for a trembling hand.",
            extra={"bedside": (60, 150, 250, 400)},
        ),
    ] = 60
    minimum_hold_ms: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="Green and amber count only when held for so long; red always counts at once.",
        ),
    ] = 0
    single_switch: Annotated[
        bool,
        Meta(
            description="One button for everything: choices light up one by one, any press in a step stops.",
            extra={"bedside": YES_NO},
        ),
    ] = False
    scan_ms: Annotated[
        int,
        Meta(
            ge=500,
            le=10_000,
            description="With a single switch: how long each choice stays lit.",
            extra={"bedside": (1_000, 1_500, 2_000, 3_000, 4_000)},
        ),
    ] = 2000
    pedal: Annotated[
        str,
        Meta(
            max_length=200,
            description="Foot pedals and keyboards: `auto` for every one that is plugged in, a device's path for just "
            "that one, empty for none.",
        ),
    ] = "auto"


class LightsSettings(msgspec.Struct, frozen=True):
    """The lights in the buttons, at the camera, and the one that asks staff to come (BCM pin numbers)."""

    green: Annotated[Pin, Meta(description="Pin of the green light.")] = 5
    amber: Annotated[Pin, Meta(description="Pin of the amber light.")] = 6
    red: Annotated[Pin, Meta(description="Pin of the red light.")] = 13
    camera: Annotated[Pin, Meta(description="Pin of the light that is on while the camera is open.")] = 26
    alert: Annotated[Pin, Meta(description="Pin of the lamp that asks staff to come and look.")] = 19


class CameraSettings(msgspec.Struct, frozen=True):
    """The camera that the mirror picture comes from."""

    backend: Annotated[
        Literal["auto", "picamera", "webcam", "recorded", "none"],
        Meta(description="`auto` tries the Pi's camera, then a webcam, then goes on without a picture."),
    ] = "auto"
    device: Annotated[int, Meta(ge=0, le=63, description="Which webcam: 0 is `/dev/video0`.")] = 0
    video: Annotated[
        str,
        Meta(max_length=500, description="For `recorded`: a video file. Empty: the drawn demo face of the kiosk."),
    ] = ""


class SoundSettings(msgspec.Struct, frozen=True):
    """Tones and voice. A light and a text always say the same."""

    volume: Annotated[
        int, Meta(ge=0, le=3, description="0 is silent, 3 is loudest.", extra={"bedside": (0, 1, 2, 3)})
    ] = 2
    voice: Annotated[
        bool, Meta(description="Speak at the start, the middle and the end of a step.", extra={"bedside": YES_NO})
    ] = True


class Site(msgspec.Struct, frozen=True):
    """The clinic and the place of this kiosk."""

    language: Annotated[
        str,
        Meta(
            pattern="^[a-z]{2}(_[A-Z]{2})?$",
            description="Language of screens and voice, such as `en`.",
            extra={"rule": "a language code such as en or pt_BR"},
        ),
    ] = "en"
    code: Annotated[
        str,
        Meta(
            pattern="^[A-Z0-9-]{0,12}$",
            description="Short name of the clinic.",
            extra={"rule": "at most 12 capital letters, digits or hyphens"},
        ),
    ] = ""
    device_label: Annotated[
        str, Meta(max_length=24, description="What staff call this kiosk, such as `Room 12`. No name of a person.")
    ] = ""
    kind: Annotated[
        Literal["one-bed"], Meta(description="Bound to one person until staff discharge them. The only kind so far.")
    ] = "one-bed"
    emergency_text: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...],
        Meta(
            max_length=12,
            description="The site's own words on whom to call, one line each, at most four in a language. A line in "
            "another language than the site's begins with its code: `de: Rufen Sie 1234`. Empty: press the call bell, "
            "or call the emergency number, and a reminder to staff to write their own.",
        ),
    ] = ()


class Storage(msgspec.Struct, frozen=True):
    """The data folder."""

    ballast_mb: Annotated[
        int, Meta(ge=1, le=64, description="Size of a file kept only to be given up when the disk is full.")
    ] = 4
    floor_mb: Annotated[
        int, Meta(ge=4, le=10_000, description="Below this much free space staff are told that the storage is full.")
    ] = 16
    keep_person_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="So many days after the last session or change of plan a discharged person is erased, if all "
            "of it was handed over. 0: never.",
        ),
    ] = 0


class Clips(msgspec.Struct, frozen=True):
    """Films of movements, which are made only with the person's recorded consent."""

    max_mb: Annotated[
        int, Meta(ge=1, le=64, description="Most that the film of one movement may take; then it ends.")
    ] = 16
    total_mb: Annotated[
        int,
        Meta(
            ge=16, le=100_000, description="Most that all films may take; then no new one is made and staff are told."
        ),
    ] = 2000
    keep_days: Annotated[
        int,
        Meta(ge=1, le=90, description="A film is deleted after so many days; people are told that it is some weeks."),
    ] = 30


class Handover(msgspec.Struct, frozen=True):
    """The packages that staff carry away on a stick."""

    protection: Annotated[
        Literal["passphrase", "recipients", "none"],
        Meta(
            description="Who can open a package: whoever has five random words that are shown once; the holders of the "
            "keys in `keys/recipients.txt` of the data folder; or everybody."
        ),
    ] = "passphrase"


class Care(msgspec.Struct, frozen=True):
    """Times that a site may choose. The limits of practice itself are not settings."""

    look_away_min: Annotated[
        int, Meta(ge=5, le=20, description="Minutes of screen after which the person is asked to look away.")
    ] = 20
    idle_min: Annotated[
        int, Meta(ge=1, le=10, description="Minutes without a press until the home screen without personal data.")
    ] = 3
    cleaning_min: Annotated[int, Meta(ge=1, le=15, description="Minutes of cleaning mode.")] = 3
    quiet_from_hour: Annotated[
        int, Meta(ge=0, le=23, description="Full hour from which no reminder sounds, such as 20; see `quiet_to_hour`.")
    ] = 20
    quiet_to_hour: Annotated[
        int,
        Meta(ge=0, le=23, description="Full hour from which reminders sound again. The same as the other: always."),
    ] = 8


class Settings(msgspec.Struct, frozen=True):
    """All settings, checked; each field is a section of `kiosk.toml`."""

    screen: ScreenSettings = ScreenSettings()
    """The screen."""
    buttons: Buttons = Buttons()
    """The buttons."""
    lights: LightsSettings = LightsSettings()
    """The lamps."""
    camera: CameraSettings = CameraSettings()
    """The camera."""
    sound: SoundSettings = SoundSettings()
    """The sound."""
    site: Site = Site()
    """The site."""
    storage: Storage = Storage()
    """The record and how long it is kept."""
    clips: Clips = Clips()
    """The films."""
    handover: Handover = Handover()
    """The packages."""
    care: Care = Care()
    """The rules of practice that a site may set."""


SECTIONS: Mapping[str, type[msgspec.Struct]] = {f.name: f.type for f in msgspec.structs.fields(Settings)}
_TYPES: Mapping[str, object] = {
    f"{section}.{field.name}": field.type
    for section, kind in SECTIONS.items()
    for field in msgspec.structs.fields(kind)
}


def _bedside(kind: object) -> tuple[Value, ...]:
    info = msgspec.inspect.type_info(kind)
    marks = info.extra if isinstance(info, msgspec.inspect.Metadata) else None
    return cast(tuple[Value, ...], (marks or {}).get("bedside", ()))


def _is_list(kind: object) -> bool:
    info = msgspec.inspect.type_info(kind)
    inner = info.type if isinstance(info, msgspec.inspect.Metadata) else info
    return isinstance(inner, msgspec.inspect.VarTupleType)


_LISTS = frozenset(name for name, kind in _TYPES.items() if _is_list(kind))
FIRST_START = ("site.language", "screen.width_mm", "sound.volume", "site.emergency_text")
"""Settings of the place (``section.name``) that the first start sets on the kiosk itself, over those of the file."""

BEDSIDE: Mapping[str, tuple[Value, ...]] = {name: steps for name, kind in _TYPES.items() if (steps := _bedside(kind))}
"""Settings of a person's ears and hands and not of a place (``section.name``), and the values that staff choose from.

Staff may set them for each person; the file's hold for everybody else."""


def checked(name: str, value: Value, *, strict: bool = True) -> Value:
    """The value of the setting ``name``; not ``strict``: from its text, of a list line by line.

    Raises ValueError where it is out of range.
    """
    listed = isinstance(value, str) and not strict and name in _LISTS
    try:
        return cast(Value, msgspec.convert(str(value).splitlines() if listed else value, _TYPES[name], strict=strict))
    except msgspec.ValidationError as why:
        raise ValueError(f"{name}: {why}") from None
