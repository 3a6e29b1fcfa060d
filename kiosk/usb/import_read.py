"""Reading of ``FK-IMPORT.zip``: keys, a plan, programmes, recordings, each checked as strictly as where it is used.

Nothing is unpacked to a disk; no name of the zip becomes a path.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kiosk.care.library import Library
from kiosk.care.model import OwnPicture, Programme
from kiosk.care.person import Person
from kiosk.care.scales import Scale
from kiosk.clock import SystemClock
from kiosk.errors import KioskError
from kiosk.faults import shown
from kiosk.package.protection import MOST_KEY_BYTES, read_recipients
from kiosk.pictures.look_through import faults_of, in_folder
from kiosk.plans.plan import MOST_BYTES, Practised, read_arriving, read_own, read_practised, read_settings
from kiosk.programmes.pictures import ALL_BYTES, FILM_BYTES, NAME
from kiosk.programmes.shelf import load, only_scales_and_pictures
from kiosk.settings import Value
from kiosk.usb.import_voice import VOICE, FoundVoice, found_voices
from kiosk.voice.bounds import MOST_BYTES as RECORDING_BYTES

log = logging.getLogger(__name__)

FILE = "FK-IMPORT.zip"
MOST_ZIP = 32 << 20
"""Pictures and films are what takes room in it."""
MOST_ENTRIES = 2_000
MOST_TOLD = 20
PROGRAMME_BYTES = 64 << 10
KEYS, PLAN = "recipients.txt", "plan.json"
PROGRAMME = re.compile(r"programmes/([A-Za-z0-9][A-Za-z0-9_-]{0,59}\.toml)")
PICTURE = re.compile(rf"programmes/({NAME.pattern})")
SIZES = ((PICTURE, FILM_BYTES), (VOICE, RECORDING_BYTES))
VOICE_FOLDER = "voice"
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FoundProgramme:
    """A ``programme`` of the parcel. ``state``: new, changed, same, or replaces (one that ships with the kiosk)."""

    programme: Programme
    state: str


@dataclass(frozen=True, slots=True)
class FoundScale:
    """A ``scale`` of the parcel. ``state``: new, changed, same, or replaces (one that ships with the kiosk)."""

    scale: Scale
    state: str


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A ``picture`` or film of the parcel, and the ``title`` of its exercise. ``state``: new, changed or same."""

    picture: OwnPicture
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that can be taken in, and a sentence for each thing that was left out."""

    keys: tuple[str, ...] = ()
    """Public keys of the clinic."""
    person: Person | None = None
    """A plan that was checked; None: there is none."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Settings of the bedside that come along with it."""
    practised: tuple[Practised, ...] = ()
    """Sessions of ``person`` at the kiosk that wrote the plan."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Programme files, and their pictures and films, by their plain names."""
    programmes: tuple[FoundProgramme, ...] = ()
    """The programmes of the files, each held against the one that is here."""
    refused: tuple[str, ...] = ()
    """A sentence for each thing that was left out."""
    problem: str = ""
    """The reason for which nothing can be taken in; empty: there is none."""
    pictures: tuple[FoundPicture, ...] = ()
    """The pictures and films of the files, each held against the one that is here."""
    scales: tuple[FoundScale, ...] = ()
    """The scales of the files, each held against the one that is here."""
    voices: tuple[FoundVoice, ...] = ()
    """The recordings of each language, held against those that are here."""
    own: Mapping[str, str] = field(default_factory=dict)
    """The own choices of ``person`` there, by item."""


def unpack(raw: bytes, _: Translate, builtin: Path, site: Path | None, today: date | None = None) -> Parcel:
    """Read ``raw``, the bytes of a zip file. Always an answer; raises nothing whatever the bytes are.

    ``builtin`` and ``site``: the folders of programmes that it would come on top of. ``today`` None: not known.
    """
    if len(raw) > MOST_ZIP:
        return Parcel(
            problem=_(
                "FK-IMPORT.zip is too large: 32 MiB at most. Put only keys, a plan, programmes and pictures in it."
            )
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except Exception as why:  # zipfile has a dozen ways to fail on bytes that are no zip file
        log.info("what was brought is no zip file (%s: %s)", type(why).__name__, why)
        return Parcel(problem=_("FK-IMPORT.zip is damaged or is no zip file. Make it again on a PC."))
    try:
        with archive:
            return _unpacked(archive, _, builtin, site, today)
    except Exception:  # a fault of our own: whoever waits gets an answer all the same
        log.exception("what was brought could not be looked at")
        return Parcel(problem=_("The kiosk could not look into FK-IMPORT.zip. Tell your technician."))


def _unpacked(archive: zipfile.ZipFile, _: Translate, builtin: Path, site: Path | None, today: date | None) -> Parcel:
    entries = [info for info in archive.infolist() if not info.filename.endswith(("/", "\\"))]
    if len(entries) > MOST_ENTRIES:
        return Parcel(problem=_("There are too many files in FK-IMPORT.zip. Put only what the kiosk takes into it."))
    wanted, refused = _sorted(entries, _)
    if wanted is None:
        return Parcel(problem=_("The files in FK-IMPORT.zip lie in several folders. Put them into one."))
    spoken = {name: (found[1], found[2]) for name in wanted if (found := VOICE.fullmatch(name))}
    read = _reader(archive, wanted, refused, _)
    parts: dict[str, bytes] = {}
    room = ALL_BYTES
    # What is small comes first: pictures leave no room for nothing but pictures.
    for name in sorted(wanted.keys() - spoken.keys(), key=lambda name: (PICTURE.fullmatch(name) is not None, name)):
        if wanted[name].file_size > room:
            whole = _("with it the files come to more than {n} MiB. Make them smaller, or take some out.")
            refused.append(f"{name}: {whole.format(n=ALL_BYTES >> 20)}")
        elif (raw := read(name)) is not None:
            parts[name] = raw
            room -= len(raw)
    keys: tuple[str, ...] = ()
    person: Person | None = None
    settings: Mapping[str, Value] = {}
    practised: tuple[Practised, ...] = ()
    own: Mapping[str, str] = {}
    try:
        keys = read_recipients(parts[KEYS], KEYS) if KEYS in parts else ()
    except KioskError as why:
        refused.append(why.said(_))
    try:
        if PLAN in parts:
            person = read_arriving(parts[PLAN], today)
            settings = read_settings(parts[PLAN], person.code)
            practised = read_practised(parts[PLAN], person.code)
            own = read_own(parts[PLAN], person.code)
    except KioskError as why:
        person = None
        refused.append(why.said(_))
    brought = {found[1]: data for name, data in parts.items() if (found := PROGRAMME.fullmatch(name))}
    drawn = {found[1]: data for name, data in parts.items() if (found := PICTURE.fullmatch(name))}
    files, library, faults = _fitting(brought, drawn, builtin, site)
    refused += faults
    unseen = {
        name
        for name, data in files.items()
        if name not in library.sources.values() and not only_scales_and_pictures(name, data)
    }
    if unseen:
        # It would come in without having been on the screen.
        alone = _("it holds no programme. Put its exercises and cards into the file of the programme that uses them.")
        refused += [f"{name}: {alone}" for name in sorted(unseen)]
        left = {name: data for name, data in files.items() if name not in unseen}
        files, library, faults = _fitting(left, drawn, builtin, site)
        refused += faults
    pictures, faults = _pictures(library, drawn, builtin, site, _)
    refused += faults
    shown_by = {found.picture.file for found in pictures}
    files |= {name: data for name, data in drawn.items() if name in shown_by}
    voices, faults = found_voices(spoken, read, library, None if site is None else site.parent / VOICE_FOLDER)
    refused += faults
    if not (keys or person or files or voices or refused):
        return Parcel(problem=_("There is nothing in FK-IMPORT.zip that the kiosk takes. Make it again on a PC."))
    more = len(refused) - MOST_TOLD
    told = (*refused[:MOST_TOLD], *((_("And {n} more.").format(n=more),) if more > 0 else ()))
    here = load(builtin, site) if files else library
    programmes, scales = _compared(files, library, here), _scales(files, library, here)
    return Parcel(
        keys,
        person,
        settings,
        practised,
        files,
        programmes,
        told,
        pictures=pictures,
        scales=scales,
        voices=voices,
        own=own,
    )


class _Refused(Exception):
    """One entry is left out, for the reason that it carries."""


def _sorted(entries: list[zipfile.ZipInfo], _: Translate) -> tuple[dict[str, zipfile.ZipInfo] | None, list[str]]:
    """Entries of ours by name, from the top or from one folder (None: from several), and why others are left out."""
    ours: list[tuple[str, str, zipfile.ZipInfo]] = []
    refused: list[str] = []
    for info in entries:
        path = info.filename.replace("\\", "/")
        top, _slash, below = path.partition("/")
        if _known(path):
            ours.append(("", path, info))
        elif _known(below) and top not in ("", ".", "..", "__MACOSX"):
            ours.append((top, below, info))
        else:
            rule = _(
                "the kiosk takes recipients.txt, plan.json, programmes/NAME.toml and the pictures beside it, and "
                "recordings in voice; this was left aside."
            )
            refused.append(f"{shown(path)}: {rule}")
    if len({top for top, _name, _info in ours}) > 1:
        return None, refused
    counts = Counter(name.lower() for _top, name, _info in ours)
    twice = {name for name, count in counts.items() if count > 1}
    again = _("there are two files of this name; none of them was read. Make the zip file again.")
    refused += [f"{name}: {again}" for name in sorted(twice)]
    return {name: info for _top, name, info in ours if name.lower() not in twice}, refused


def _known(path: str) -> bool:
    return path in (KEYS, PLAN) or any(kind.fullmatch(path) for kind in (PROGRAMME, PICTURE, VOICE))


def _limit(name: str) -> int:
    usual = next((most for kind, most in SIZES if kind.fullmatch(name)), PROGRAMME_BYTES)
    return {KEYS: MOST_KEY_BYTES, PLAN: MOST_BYTES}.get(name, usual)


def _read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, _: Translate) -> bytes:
    """Return the content of a file, which is no larger than ``limit`` as it declares. Raises _Refused."""
    if info.flag_bits & 1:
        raise _Refused(_("it is encrypted. Make the zip file again without a password."))
    if info.compress_type not in PLAIN:
        raise _Refused(_("it is packed in an unusual way. Make the zip file again with the PC's own tool."))
    if info.file_size > limit:
        raise _Refused(_("it is larger than {n} KiB. Check that it is the right file.").format(n=limit >> 10))
    try:
        with archive.open(info) as file:
            return file.read(limit)  # with a bound no more is ever unpacked, whatever there is
    except Exception as why:  # as for the whole zip file: many kinds, one meaning
        raise _Refused(_("it is damaged. Make the zip file again.")) from why


def _reader(
    archive: zipfile.ZipFile, wanted: Mapping[str, zipfile.ZipInfo], refused: list[str], _: Translate
) -> Callable[[str], bytes | None]:
    """Read entries by their names; what cannot be read is told in ``refused``."""

    def read(name: str) -> bytes | None:
        try:
            return _read_part(archive, wanted[name], _limit(name), _)
        except _Refused as why:
            refused.append(f"{name}: {why}")
            return None

    return read


def _fitting(
    brought: Mapping[str, bytes], drawn: Mapping[str, bytes], builtin: Path, site: Path | None
) -> tuple[dict[str, bytes], Library, list[str]]:
    """Files that can be used on top of what is here, the library with them, and every fault of the others.

    ``drawn``: the pictures that come along. Where a file of the kiosk would no longer work with them, none of them is
    taken.
    """
    left = dict(brought)
    told: list[str] = []
    before = {fault.file for fault in load(builtin, site).faults} if left else set()
    while True:
        library = load(builtin, site, {**left, **drawn})
        faults = [fault for fault in library.faults if left and (fault.file in left or fault.file not in before)]
        if not faults:
            return left, library, told
        told += [str(fault) for fault in faults]
        bad = {fault.file for fault in faults} & left.keys() or set(left)
        left = {name: data for name, data in left.items() if name not in bad}


def _pictures(
    library: Library, drawn: Mapping[str, bytes], builtin: Path, site: Path | None, _: Translate
) -> tuple[tuple[FoundPicture, ...], list[str]]:
    """The pictures in ``drawn`` that can be shown, each held against the one that is here; why others cannot."""
    if not drawn and not library.left_out:
        return (), []
    here = load(builtin, site)
    before = {(p.exercise, p.side): p.content for p in here.pictures}
    coming = [picture for picture in library.pictures if picture.file in drawn]
    unshown = faults_of(coming, in_folder(site or builtin, drawn), SystemClock())
    faults = [str(fault) for fault in (*library.left_out, *unshown) if fault not in here.left_out]
    named = {fault.file for fault in library.left_out} | {picture.file for picture in coming}
    alone = _("no programme file names it in a [[picture]] table that can be used.")
    faults += [f"{name}: {alone}" for name in sorted(drawn.keys() - named)]
    bad = {fault.file for fault in unshown}
    found = []
    for picture in coming:
        if picture.file not in bad:
            old = before.get((picture.exercise, picture.side))
            state = "new" if old is None else "same" if old == picture.content else "changed"
            found.append(FoundPicture(picture, library.exercises[picture.exercise].title, state))
    return tuple(found), faults


def _compared(files: Mapping[str, bytes], library: Library, here: Library) -> tuple[FoundProgramme, ...]:
    return tuple(
        FoundProgramme(
            programme, _state(id_, here.programmes, here.sources, _all_of(here, id_) == _all_of(library, id_))
        )
        for id_, programme in library.programmes.items()
        if library.sources.get(id_) in files
    )


def _scales(files: Mapping[str, bytes], library: Library, here: Library) -> tuple[FoundScale, ...]:
    return tuple(
        FoundScale(scale, _state(id_, here.scales, here.scale_sources, here.scales.get(id_) == scale))
        for id_, scale in library.scales.items()
        if library.scale_sources.get(id_) in files
    )


def _state(id_: str, there: Mapping[str, object], sources: Mapping[str, str], alike: bool) -> str:
    """The word for what comes in beside what is there."""
    if id_ not in there:
        return "new"
    return "same" if alike else "changed" if id_ in sources else "replaces"


def _all_of(library: Library, id_: str) -> object:
    programme = library.programmes.get(id_)
    return programme, [library.exercises.get(line.exercise) for line in programme.lines] if programme else []
