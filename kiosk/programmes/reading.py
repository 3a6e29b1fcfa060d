"""Reading one table of a TOML file value by value, so that every reason is collected and nothing odd gets through.

Each getter returns a harmless value after noting a fault; whoever reads must look at ``FileSheet.faults`` before use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.faults import Fault, line_of, nearest, shown

MOST_FAULTS = 50
"""Past this many nobody reads on; the file is left out anyway."""
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ID_CHARACTERS = 40
LINE_CHARACTERS = 200

Word = TypeVar("Word", bound=StrEnum)


class FileSheet:
    """One file while it is read: its name, its lines for pointing at, and what is wrong with it."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        # Lines are only searched for keys: cut, so that a hostile line of spaces costs nothing.
        self._source = "\n".join(line[:LINE_CHARACTERS] for line in source.splitlines())

    def aside(self) -> FileSheet:
        """A sheet of the same file whose faults are its own: those of a part that is left out alone."""
        sheet = FileSheet(self.name, "")
        sheet._source = self._source
        return sheet

    def fault(self, path: str, value: str, rule: str, action: str) -> None:
        """Note one reason; ``path`` is a key path such as ``line[2].hold_s``."""
        if len(self.faults) >= MOST_FAULTS:
            return
        line = line_of(self._source, path) if path else None
        where = f"line {line}, {path}" if line else path
        self.faults.append(Fault(self.name, where, value, rule, action))


class TomlTable:
    """One table of a file. Call ``done`` after the last getter: keys that nobody asked for are faults."""

    def __init__(self, sheet: FileSheet, data: Mapping[str, Any], path: str = "") -> None:
        self.sheet = sheet
        self.data = data
        self.path = path
        self._known: list[str] = []

    def at(self, key: str) -> str:
        """The key path of ``key`` in the file."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, rule: str, action: str) -> None:
        """Note what is wrong with the value of ``key``."""
        self.sheet.fault(self.at(key), shown(self.data[key]), rule, action)

    def has(self, key: str, *, required: bool) -> bool:
        """Whether ``key`` is there; missing is a fault when ``required``."""
        self._known.append(key)
        if key in self.data:
            return True
        if required:
            self.sheet.fault(self.at(key), "", f"{key} is missing", f"add {key}")
        return False

    def text(
        self,
        key: str,
        most: int,
        *,
        required: bool = False,
        placeholders: Iterable[str] = (),
        sentences: int | None = None,
    ) -> str:
        """One line of printable text of at most ``most`` characters; braces only as one of ``placeholders``."""
        if not self.has(key, required=required):
            return ""
        value = self.data[key]
        return value if self.good_text(key, value, most, required, placeholders, sentences) else ""

    def good_text(
        self, key: str, value: object, most: int, required: bool, placeholders: Iterable[str], sentences: int | None
    ) -> bool:
        """Whether ``value`` is such a text; if not, the reason is noted under ``key``."""
        path = self.at(key)
        if not isinstance(value, str):
            self.sheet.fault(path, shown(value), "this must be a text", 'write it between quotes: "…"')
            return False
        if len(value) > most:
            self.sheet.fault(path, shown(value), f"{len(value)} characters, at most {most} fit", "say it shorter")
            return False
        if not value.isprintable():
            self.sheet.fault(path, shown(value), "this holds characters that cannot be seen", "type the text again")
            return False
        if required and not value.strip():
            self.sheet.fault(path, shown(value), "this must not be empty", f"write {key}")
            return False
        bare = value
        for placeholder in placeholders:
            bare = bare.replace(placeholder, "")
        if "{" in bare or "}" in bare:
            allowed = ", ".join(placeholders) or "none"
            self.sheet.fault(
                path, shown(value), f"braces may only hold a placeholder (here: {allowed})", "take them out"
            )
            return False
        if sentences is not None and len(re.findall(r"[.!?…]+(?=\s|$)", value.strip())) > sentences:
            self.sheet.fault(path, shown(value), f"at most {sentences} sentences", "say it shorter")
            return False
        return True

    def texts(self, key: str, most: int, count: int, *, required: bool = False, sentences: int = 1) -> tuple[str, ...]:
        """A list of up to ``count`` such texts, without placeholders."""
        if not self.has(key, required=required):
            return ()
        value = self.data[key]
        if isinstance(value, list) and 1 <= len(value) <= count:
            return tuple(text for text in value if self.good_text(key, text, most, True, (), sentences))
        self.fault(key, f"this must be a list of 1 to {count} texts", 'write it like ["one", "two"]')
        return ()

    def id(self, key: str) -> str:
        """A name of small letters, digits and single hyphens."""
        if not self.has(key, required=True):
            return ""
        value = self.data[key]
        if isinstance(value, str) and len(value) <= ID_CHARACTERS and ID.fullmatch(value):
            return value
        rule = f"an id is small letters a-z, digits and hyphens, at most {ID_CHARACTERS} characters"
        self.fault(key, rule, "choose such an id")
        return ""

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number from ``low`` to ``high``; ``default`` None makes it required."""
        if not self.has(key, required=default is None):
            return low if default is None else default
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(key, "this must be a number", f"write a number from {low:g} to {high:g}")
            return low
        if not low <= value <= high:  # nan is neither
            self.fault(key, f"the number must be from {low:g} to {high:g}", "change it")
            return low
        return float(value)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from ``low`` to ``high``; ``default`` None makes it required."""
        if not self.has(key, required=default is None):
            return low if default is None else default
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, "this must be a whole number", f"write one from {low} to {high}")
            return low
        if not low <= value <= high:
            self.fault(key, f"the number must be from {low} to {high}", "change it")
            return low
        return value

    def flag(self, key: str) -> bool:
        """true or false; false when it is not there."""
        if not self.has(key, required=False):
            return False
        value = self.data[key]
        if not isinstance(value, bool):
            self.fault(key, "this must be true or false", "write true or false, without quotes")
            return False
        return value

    def word(self, key: str, words: type[Word], default: Word | None = None) -> Word:
        """One word of a list; ``default`` None makes it required."""
        fallback = default if default is not None else next(iter(words))
        if not self.has(key, required=default is None):
            return fallback
        found = self._one(key, self.data[key], [w.value for w in words])
        return words(found) if found is not None else fallback

    def words(self, key: str, words: type[Word], *, required: bool = False) -> tuple[Word, ...]:
        """A list of different words of a list."""
        return tuple(words(value) for value in self.names(key, [w.value for w in words], required=required))

    def names(self, key: str, known: list[str], *, required: bool = False) -> tuple[str, ...]:
        """A list of different names out of ``known``."""
        if not self.has(key, required=required):
            return ()
        value = self.data[key]
        if not isinstance(value, list) or len(value) > len(known) or (required and not value):
            self.fault(
                key, f"this must be a list of at most {len(known)} words, none twice", 'write it like ["one", "two"]'
            )
            return ()
        found = [self._one(key, item, known) for item in value]
        if None not in found and len(set(found)) < len(found):
            self.fault(key, "a word stands there twice", "take one out")
        return tuple(dict.fromkeys(item for item in found if item is not None))

    def name(self, key: str, known: list[str], default: str | None = None) -> str:
        """One name out of ``known``; ``default`` None makes it required."""
        if not self.has(key, required=default is None):
            return default if default is not None else known[0]
        found = self._one(key, self.data[key], known)
        return found or default or known[0]

    def tables(self, key: str, most: int) -> list[TomlTable]:
        """The tables written as ``[[key]]``."""
        if not self.has(key, required=False):
            return []
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, f"this must be tables under [[{key}]]", f"write [[{key}]] above each")
            return []
        if len(value) > most:
            self.sheet.fault(self.at(key), f"{len(value)} tables", f"at most {most} of [[{key}]]", "make several files")
            return []
        return [TomlTable(self.sheet, item, f"{self.at(key)}[{index}]") for index, item in enumerate(value)]

    def done(self) -> None:
        """Every key that no getter asked for is a fault, with the nearest known key."""
        for key in self.data:
            if key not in self._known:
                near = nearest(key[:ID_CHARACTERS], self._known)
                action = f'did you mean "{near}"' if near else f"known keys: {', '.join(sorted(self._known))}"
                printable = key if key.isprintable() and len(key) <= ID_CHARACTERS else shown(key)
                self.sheet.fault(self.at(printable), shown(self.data[key]), "no such key", action)

    def _one(self, key: str, value: object, known: list[str]) -> str | None:
        if isinstance(value, str) and value in known:
            return value
        near = nearest(value[:ID_CHARACTERS], known) if isinstance(value, str) else None
        action = f'did you mean "{near}"' if near else "choose one of them"
        self.sheet.fault(self.at(key), shown(value), f"one of: {', '.join(known[:40])}", action)
        return None
