"""The settings of one kiosk: `kiosk.toml`, strict, with every reason collected.

Sources in order: the defaults of ``kiosk.settings``, then ``DATA/kiosk.toml`` (or ``--config``), then the environment
as ``KIOSK_SECTION_KEY``. A bad file never stops the kiosk: its last good copy is used, else the defaults, and every
fault is named.
"""

from __future__ import annotations

import logging
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from kiosk.early import SETTINGS
from kiosk.faults import MOST_FAULTS, Fault, bad_line, line_of, nearest, shown
from kiosk.settings import SECTIONS, CameraSettings, Settings

__all__ = ["FILE", "LARGEST", "SECTIONS", "VARIABLES", "Settings", "check_file", "load", "rule_of", "safe"]

log = logging.getLogger(__name__)

FILE = SETTINGS
LAST_GOOD = ".last-good"
PREFIX = "KIOSK_"
ENVIRONMENT = "environment"
"""The place of a fault of a variable, where others name a file."""
OTHER_VARIABLES = frozenset({"KIOSK_DATA", "KIOSK_CONFIG"})
"""Variables that name a place rather than a setting; the command line reads them."""
LARGEST = 16 * 1024
"""Bytes. A settings file is a page long; tomllib takes minutes for a long enough dotted key."""

VARIABLES: Mapping[str, tuple[str, str]] = {
    f"{PREFIX}{section}_{field.name}".upper(): (section, field.name)
    for section, kind in SECTIONS.items()
    for field in msgspec.structs.fields(kind)
}
Values = dict[str, dict[str, Any]]


def load(path: Path, env: Mapping[str, str], *, keep: bool = True) -> tuple[Settings, list[Fault]]:
    """The settings to run with, and everything that is wrong with the file or the environment; never raises.

    No file is no fault. After a good read the file is kept as ``path`` + ``.last-good``, unless ``keep`` forbids it.
    """
    spare = path.with_name(path.name + LAST_GOOD)
    values, faults, text = _read(path)
    if faults:
        values, spare_faults, spare_text = _read(spare)
        used = "the defaults are used" if spare_faults or spare_text is None else "its last good copy is used"
        values = {} if spare_faults else values
        faults.append(Fault(path.name, "", "", used, "correct the file and start the kiosk again"))
    elif keep and text is not None:
        _keep(spare, text)
    overlay, env_faults = _from_environment(env)
    merged = {section: {**values.get(section, {}), **overlay.get(section, {})} for section in SECTIONS}
    clashes = list(_clashes(ENVIRONMENT, "", merged))
    if clashes:  # the file alone was free of them
        env_faults += clashes
        merged = {section: values.get(section, {}) for section in SECTIONS}
    return msgspec.convert(merged, Settings), faults + env_faults


def safe(settings: Settings) -> Settings:
    """The settings of safe mode: no camera and defaults, but the wiring, the screen and the site's words stay theirs.

    A stop button on another pin, or a call bell of another name, would make safe mode unsafe.
    """
    return Settings(
        screen=settings.screen,
        buttons=settings.buttons,
        lights=settings.lights,
        site=settings.site,
        camera=CameraSettings(backend="none"),
    )


def check_file(path: Path) -> list[Fault]:
    """Everything that is wrong with a settings file; empty when it can be used. A missing file is a fault here."""
    _, faults, text = _read(path)
    if text is None and not faults:
        return [Fault(path.name, "", "", "there is no such file", "check the name")]
    return faults


def rule_of(kind: Any) -> str:
    """Return the values that a field may hold, in words."""
    return _rule(msgspec.inspect.type_info(kind))


def _rule(info: Any) -> str:
    """Words for exactly those shapes of type that the sections use."""
    match info:
        case msgspec.inspect.Metadata():
            rule = (info.extra or {}).get("rule")
            return str(rule) if rule else _rule(info.type)
        case msgspec.inspect.IntType():
            return f"a whole number from {info.ge} to {info.le}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.LiteralType():
            return " or ".join(f'"{v}"' for v in info.values)
        case msgspec.inspect.StrType():
            return f"a text of {f'{info.min_length} to' if info.min_length else 'at most'} {info.max_length} characters"
        case msgspec.inspect.VarTupleType():
            return f"a list of at most {info.max_length} items, each {_rule(info.item_type)}"
    raise TypeError(f"no words for settings of type {info!r}")


def _read(path: Path) -> tuple[Values, list[Fault], str | None]:
    """Values, faults and text of a file; all empty (and no text) when it does not exist. With a fault, no values."""
    try:
        text = _text(path)
        document = tomllib.loads(text) if text is not None else {}
    except _Unreadable as why:
        return {}, [Fault(path.name, "", "", str(why), "replace the file")], None
    except RecursionError:
        rule = "brackets are nested too deep to be read"
        return {}, [Fault(path.name, "", "", rule, "remove the nested brackets")], None
    except ValueError as why:
        number = bad_line(text or "", str(why))
        where = f"line {number}" if number else ""
        # The one ValueError that is not about TOML is Python's limit on the digits of a number.
        reason = str(why) if isinstance(why, tomllib.TOMLDecodeError) else "a number has thousands of digits"
        rule = f"this is not TOML ({reason.splitlines()[0][:120]})"
        return {}, [Fault(path.name, where, _line(text or "", number), rule, "correct this line")], None
    values: Values = {}
    faults = list(islice(_checked(path.name, text or "", document, values), MOST_FAULTS))
    faults = faults or list(_clashes(path.name, text or "", values))
    return ({} if faults else values), faults, text


class _Unreadable(Exception):
    """A file that cannot even be looked at as text."""


def _text(path: Path) -> str | None:
    try:
        # A pipe would block for ever; only its kind is asked before it is opened.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _Unreadable("it is not a file")
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as why:  # ValueError: a name with a null byte
        raise _Unreadable(f"it cannot be read ({why})") from why
    if len(raw) > LARGEST:
        raise _Unreadable(f"it is larger than {LARGEST} bytes, so it is not a settings file")
    try:
        # A file made on Windows may begin with a byte order mark; that is no fault of its writer.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as why:
        line = raw[: why.start].count(b"\n") + 1
        raise _Unreadable(f"it is not UTF-8 text (byte {raw[why.start]:#04x} on line {line})") from why


def _line(text: str, number: int) -> str:
    line = text.split("\n")[number - 1].strip() if number else ""
    return shown(line) if line else ""


def _checked(file: str, text: str, document: Mapping[str, Any], values: Values) -> Iterator[Fault]:
    """Move every good value of ``document`` into ``values`` and yield a fault for every other."""
    for section, table in document.items():
        known = SECTIONS.get(section)
        if known is None:
            yield _unknown(file, _where(text, section), section, SECTIONS, "section")
        elif not isinstance(table, dict):
            yield Fault(file, _where(text, section), shown(table), f"must be a section, [{section}]", "write it as one")
        else:
            fields = {f.name: f.type for f in msgspec.structs.fields(known)}
            for key, value in table.items():
                where = _where(text, f"{section}.{key}")
                if key not in fields:
                    yield _unknown(file, where, key, fields, f"setting in [{section}]")
                    continue
                try:
                    values.setdefault(section, {})[key] = _converted(value, fields[key])
                except msgspec.ValidationError:
                    rule = f"must be {rule_of(fields[key])}"
                    yield Fault(file, where, shown(value), rule, "change it, or remove it for the default")


def _converted(value: Any, kind: Any) -> Any:
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if not all(text.isprintable() for text in texts if isinstance(text, str)):
        # They would break a line on the screen, a null byte a file name; and of a variable bytes that are not UTF-8.
        raise msgspec.ValidationError("control characters")
    return msgspec.convert(value, kind)


def _where(text: str, path: str) -> str:
    number = line_of(text, path)
    return f"line {number} ({path})" if number else path


def _unknown(file: str, where: str, word: str, known: Iterable[str], what: str) -> Fault:
    close = nearest(word, known)
    action = f'write "{close}", if that is what was meant' if close else f"the known ones are {', '.join(known)}"
    return Fault(file, where, shown(word), f"there is no such {what}", action)


def _clashes(file: str, text: str, values: Values) -> Iterator[Fault]:
    """Two things on one pin. The fault names a key that was set, not the default it runs into."""
    users: dict[int, list[str]] = {}
    for section in ("buttons", "lights"):
        for name in ("green", "amber", "red", "camera", "alert"):
            field = {f.name: f for f in msgspec.structs.fields(SECTIONS[section])}.get(name)
            if field is not None:
                users.setdefault(values.get(section, {}).get(name, field.default), []).append(f"{section}.{name}")
    for pin, paths in users.items():
        if len(paths) > 1:
            culprit = [p for p in paths if p.split(".")[1] in values.get(p.split(".")[0], {})][-1]
            others = " and ".join(p for p in paths if p != culprit)
            rule = f"must be a pin of its own, and {others} has it too"
            yield Fault(file, _where(text, culprit), str(pin), rule, "choose another pin")


def _from_environment(env: Mapping[str, str]) -> tuple[Values, list[Fault]]:
    """Good variables as values; a bad one is named and left out."""
    values: Values = {}
    faults = []
    for name in sorted(env):
        if not name.startswith(PREFIX) or name in OTHER_VARIABLES:
            continue
        if name not in VARIABLES:
            faults.append(_unknown(ENVIRONMENT, name, name, VARIABLES, "setting"))
            continue
        section, key = VARIABLES[name]
        kind = {f.name: f.type for f in msgspec.structs.fields(SECTIONS[section])}[key]
        try:
            values.setdefault(section, {})[key] = _converted(_plain(env[name], kind), kind)
        except msgspec.ValidationError:
            faults.append(
                Fault(
                    ENVIRONMENT, name, shown(env[name]), f"must be {rule_of(kind)}", "change the variable or unset it"
                )
            )
    return values, faults


def _plain(raw: str, kind: Any) -> Any:
    """A variable's text as the value it stands for: texts as they are, everything else as TOML would read it."""
    info = msgspec.inspect.type_info(kind)
    while isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    if isinstance(info, msgspec.inspect.StrType | msgspec.inspect.LiteralType):
        return raw
    try:
        return tomllib.loads(f"v = {raw}")["v"]
    except (ValueError, RecursionError):
        return raw


def _keep(spare: Path, text: str) -> None:
    """Replace the last good copy, whole or not at all. A kiosk that cannot write here still runs."""
    part = spare.with_name(f"{spare.name}.part")
    try:
        if spare.exists() and spare.read_text(encoding="utf-8") == text:
            return
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(spare)
    except (OSError, UnicodeDecodeError) as why:
        log.warning("the last good copy of the settings could not be kept at %s: %s", spare, why)
