"""One thing that is wrong with a file, told so that a person can put it right.

Reading settings and programmes never stops at the first fault: every reason is collected, in the order of the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VALUE_CHARACTERS = 60
"""A longer value is cut: the reader needs to recognise it, not to read all of it again."""
LINE_CHARACTERS = 200
"""A key further right than this is not looked for."""
MOST_FAULTS = 50
"""Past this many nobody reads on; the file is not used anyway."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``file`` is a name or path, ``where`` a line and/or key path, ``value`` what stands there (empty: nothing does).

    ``rule`` says what may stand there, ``action`` what to do next; both are phrases without a full stop. Whatever the
    file's name and its writer put into them is made harmless here, once.
    """

    file: str
    where: str
    value: str
    rule: str
    action: str

    def __post_init__(self) -> None:
        for field in ("file", "where", "value", "rule", "action"):
            object.__setattr__(self, field, harmless(getattr(self, field)))

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        found = f"{self.value}: " if self.value else ""
        return f"{place}: {found}{self.rule}; {self.action}."


def shown(value: object) -> str:
    """A value from a file as a short single line; control and direction characters are spelled out, never obeyed."""
    if isinstance(value, list | tuple):
        value = [str(one) if isinstance(one, StrEnum) else one for one in value]
    try:
        text = value if isinstance(value, str) else repr(value)
    except (RecursionError, ValueError):  # a number of thousands of digits, a list nested too deep to print
        text = f"a {type(value).__name__} too large to show"
    text = harmless(text, VALUE_CHARACTERS)
    return f'"{text}"' if isinstance(value, str) else text


def harmless(text: str, most: int = 1_000) -> str:
    """A name or a sentence from outside, cut after ``most`` characters, that can be shown, logged, stored and encoded.

    Control and direction characters, line ends, and the surrogates that stand for bytes that are not UTF-8 are spelled
    out as Python does, never obeyed.
    """
    text = text[: most + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text if len(text) <= most else text[: most - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was most likely meant to be, or None when nothing is close."""
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:200], names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def line_of(text: str, path: str) -> int | None:
    """The line (from 1) on which a TOML document sets ``path``, such as ``buttons.green`` or ``steps[2].hold_s``.

    It follows table headers, arrays of tables and dotted keys. Where the exact key cannot be found (an inline table)
    the line of its nearest parent is given.
    """
    wanted = tuple(re.findall(r"[^.\[\]]+|\[\d+\]", path))
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        # By plain searching: a regular expression can be made to take hours by a hostile line.
        start = line.strip()[:LINE_CHARACTERS]
        if start.startswith("["):
            table = _resolved(_parts(start.strip("[").partition("]")[0]), counts)
            if start.startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, f"[{counts[table]}]")
            here = table
        elif "=" in start:
            here = (*table, *_parts(start.partition("=")[0]))
        else:
            continue
        if wanted[: len(here)] == here and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return best[1] if best else None


def bad_line(text: str, message: str) -> int:
    """The line that a message of tomllib speaks of, 0 when it names none."""
    if "at end of document" in message:
        return text.rstrip().count("\n") + 1
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else 0


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _resolved(parts: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """A header's path with the index of the array element it lies in, as in ``[[block]]`` then ``[[block.step]]``."""
    out: tuple[str, ...] = ()
    for i, part in enumerate(parts):
        out = (*out, part)
        if out in counts and i < len(parts) - 1:
            out = (*out, f"[{counts[out]}]")
    return out
