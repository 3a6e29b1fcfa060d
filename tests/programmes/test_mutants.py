"""Mutants of the files that ship: the library always loads, and what is wrong is always named."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.programmes.shelf import check_file, load
from tests.care.people import BUILTIN

NAMES = sorted(path.name for path in BUILTIN.glob("*.toml") if path.name != "words.toml")
SOURCES = {name: (BUILTIN / name).read_text() for name in NAMES}
REQUIRED = re.compile(
    r"^(id|title|kind|region|do|exercise|hold_s|source|version|family|summary|order|stages|pages) = .*\n", re.M
)
KEY = re.compile(r"^([a-z_]+) = ", re.M)
NUMBER = re.compile(r"^(?:hold_s|in_s|out_s|rest_s|repetitions|version|order|per_day) = (.+)$", re.M)
TEXT = re.compile(r'^(?:title|do|feel|summary|one_hand|fingers) = "(.*)"$', re.M)
ANY_VALUE = re.compile(r"^[a-z_]+ = (.+)$", re.M)


def pick(chance: random.Random, pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return chance.choice(found) if found else None


def at(match: re.Match[str], text: str, new: str, group: int = 1) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]


def drop_line(chance: random.Random, text: str) -> str | None:
    found = pick(chance, REQUIRED, text)
    if found is None or (found[1] == "order" and "[[card]]" in text):
        return None
    return at(found, text, "", 0)


def misspell_key(chance: random.Random, text: str) -> str | None:
    found = pick(chance, KEY, text)
    return found and at(found, text, found[1] + chance.choice(["x", "_", "ss", "-s"]))


def odd_number(chance: random.Random, text: str) -> str | None:
    found = pick(chance, NUMBER, text)
    odd = [
        "nan",
        "inf",
        "-inf",
        "-1",
        "1e300",
        "9" * 30,
        "true",
        '"3"',
        "[3]",
        "{a = 1}",
        "1e999",
        "2026-01-01",
        "0x7fffffffffff",
    ]
    return found and at(found, text, chance.choice(odd))


def forbidden_word(chance: random.Random, text: str) -> str | None:
    found = None if "[[card]]" in text else pick(chance, TEXT, text)
    return found and at(found, text, chance.choice(["Do not squeeze.", "Hard.", "TIGHTEN it.", "No chewing gum."]))


def bad_text(chance: random.Random, text: str) -> str | None:
    found = pick(chance, TEXT, text)
    odd = ["a" * 300, "{x}", "a\\u0000b", "\\u202eabc", "a\\nb", "\\u200b", "}"]
    return found and at(found, text, chance.choice(odd))


def wrong_type(chance: random.Random, text: str) -> str | None:
    found = pick(chance, ANY_VALUE, text)
    return found and at(found, text, chance.choice(["[[[]]]", "{}", "1979-05-27T07:32:00Z", "[{a = [1]}]", "00:00:01"]))


def truncate(chance: random.Random, text: str) -> str | None:
    found = pick(chance, TEXT, text)
    return found and text[: chance.randrange(found.start(1), found.end(1) + 1)]


def strange_bytes(chance: random.Random, text: str) -> str | None:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(["\udcff", "\x00", "\x1b[2J", "\udc80\udc80"]) + text[place:]


def repeat_table(chance: random.Random, text: str) -> str | None:
    found = None if "[[line]]" in text else pick(chance, re.compile(r"\[\[(?:exercise|card)\]\]\n(?:.+\n)+"), text)
    return found and text + "\n" + found[0]


def unknown_table(chance: random.Random, text: str) -> str | None:
    return text + chance.choice(
        ["\n[[lines]]\na = 1\n", "\n[exercises]\n", '\n[[exercise]]\nid = "a"\n', "\n[[card]]\n"]
    )


def long_line(chance: random.Random, text: str) -> str | None:
    return text + chance.choice(["\n" + "a." * 5000 + "a = 1\n", "\n#" + "x" * 5000, "\n[[line]]" * 20_000])


MUTATORS: list[Callable[[random.Random, str], str | None]] = [
    drop_line,
    misspell_key,
    odd_number,
    forbidden_word,
    bad_text,
    wrong_type,
    truncate,
    strange_bytes,
    repeat_table,
    unknown_table,
    long_line,
]


def named(seed: int, folder: Path) -> None:
    """One mutant: written over the file that ships, and beside it as a clinic's own; named in both places."""
    chance = random.Random(seed)
    name = chance.choice(NAMES)
    mutate = chance.choice(MUTATORS)
    mutant = mutate(chance, SOURCES[name])
    if mutant is None or (name == "scales.toml" and mutate is forbidden_word):  # a question is no instruction
        mutant = truncate(chance, SOURCES["exercises.toml"])
        name = "exercises.toml"
    assert mutant is not None
    raw = mutant.encode("utf-8", "surrogateescape")
    label = f"seed {seed}, {mutate.__name__} of {name}"
    (folder / name).write_bytes(raw)
    library = load(folder)
    told = (*library.faults, *library.left_out)
    assert any(fault.file == name for fault in told), label
    assert all(str(fault).isprintable() for fault in told), label
    assert library.cards or name == "cards.toml", label
    own = folder / "own-copy"
    own.write_bytes(raw)
    assert any(fault.file == "own-copy" for fault in check_file(own)), label
    (folder / name).write_text(SOURCES[name])


def scrambled(seed: int, folder: Path) -> None:
    """One file with random bytes changed: it loads, or is named; nothing else is lost."""
    chance = random.Random(seed)
    name = chance.choice(NAMES)
    raw = bytearray(SOURCES[name].encode())
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(raw))
        raw[place : place + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
    (folder / name).write_bytes(raw)
    library = load(folder)
    whole = len(library.programmes) == 5 and len(library.cards) == 5 and len(library.exercises) >= 39
    told = (*library.faults, *library.left_out)
    assert whole or any(fault.file == name for fault in told), f"seed {seed} of {name}"
    (folder / name).write_text(SOURCES[name])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what ships, to be damaged."""
    shutil.copytree(BUILTIN, tmp_path / "shipped")
    return tmp_path / "shipped"


def test_mutants_are_named(folder: Path) -> None:
    """60 mutants: each loads, each is named."""
    for seed in range(60):
        named(seed, folder)


def test_scrambled_files_never_stop_the_kiosk(folder: Path) -> None:
    """60 files with random bytes in them."""
    for seed in range(60):
        scrambled(seed, folder)


@pytest.mark.slow
def test_many_mutants_are_named(folder: Path) -> None:
    """2,000 more mutants."""
    for seed in range(1_000, 3_000):
        named(seed, folder)


@pytest.mark.slow
def test_many_scrambled_files_never_stop_the_kiosk(folder: Path) -> None:
    """1,000 more scrambled files."""
    for seed in range(1_000, 2_000):
        scrambled(seed, folder)
