"""A catalogue that is wrong, cut off or not there costs a translation, never a screen; and it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from assets.tools.catalogue import as_binary
from kiosk import paths
from kiosk.present.languages import language_rows
from kiosk.words import Language, fields, fits, languages, plural, words

ONE, MANY = "1 minute", "{n} minutes"
TEXTS = {"Stop": "Stopp", "Again from {time}.": "Wieder ab {time}.", (ONE, MANY): ("eine Minute", "{n} Minuten")}


def made(assets: Path, code: str, texts: object) -> Path:
    """Write the catalogue of the language ``code`` into ``assets``; returns the compiled file."""
    catalog = Catalog(locale=code, charset="utf-8")
    for text, said in dict(texts).items():  # type: ignore[call-overload]
        catalog.add(text, string=said)
    path = assets / "locale" / code / "LC_MESSAGES" / "kiosk.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_binary(catalog))
    return path


@pytest.mark.parametrize(
    "wrong", ["Wieder ab {zeit}.", "Wieder.", "Wieder ab {time} {n}.", "Wieder ab {time.", "Wieder ab {}.", ""]
)
def test_a_text_with_other_placeholders_stands_in_english(wrong: str, tmp_path: Path) -> None:
    """Only that one: the rest of the language stays, and what was wrong is counted on Status."""
    made(tmp_path, "en", {text: text for text in TEXTS})
    made(tmp_path, "de", {**TEXTS, "Again from {time}.": wrong})
    german = Language("de", tmp_path)
    assert german("Again from {time}.").format(time="8:15") == "Again from 8:15."
    assert (german("Stop"), german.plural(ONE, MANY, 3).format(n=3)) == ("Stopp", "3 Minuten")
    assert german.missing(tmp_path) == ("Again from {time}.",)
    rows = [row.value for row in language_rows((), "en", str, tmp_path) if row.state == "warning"]
    assert "de: 1 text stands in English" in rows


def test_a_plural_form_with_another_placeholder_stands_in_english(tmp_path: Path) -> None:
    """A form may leave its number out, and have no other one."""
    made(tmp_path, "de", {(ONE, MANY): ("eine Minute", "{m} Minuten")})
    german = Language("de", tmp_path)
    assert [german.plural(ONE, MANY, n).format(n=n) for n in (1, 2)] == ["eine Minute", "2 minutes"]


@pytest.mark.parametrize(
    ("code", "forms", "said"),
    [
        ("de", ("eins", "{n} viele"), {0: "0 viele", 1: "eins", 2: "2 viele"}),
        ("fr", ("un", "{n} des"), {0: "un", 1: "un", 2: "2 des"}),
        ("pl", ("a{n}", "b{n}", "c{n}"), {1: "a1", 2: "b2", 5: "c5", 22: "b22"}),
        ("tlh", (), {0: "0 minutes", 1: "1 minute", 2: "2 minutes"}),
    ],
)
def test_each_language_counts_by_its_own_rule(
    code: str, forms: tuple[str, ...], said: dict[int, str], tmp_path: Path
) -> None:
    """One form in English may be two elsewhere; a language without a catalogue counts as English does."""
    if forms:
        made(tmp_path, code, {(ONE, MANY): forms})
    language = Language(code, tmp_path)
    assert {n: plural(language, ONE, MANY, n).format(n=n) for n in said} == said


def test_a_function_in_the_place_of_a_language_counts_as_english_does() -> None:
    """As tests and the command line use it."""
    assert [plural(str.upper, ONE, "many", n) for n in (1, 2)] == ["1 MINUTE", "MANY"]


def test_a_damaged_catalogue_speaks_english_and_raises_nothing(tmp_path: Path) -> None:
    """Cut anywhere, or a byte changed anywhere: each text is its translation, or damaged, and never an error."""
    path = made(tmp_path, "de", TEXTS)
    whole = path.read_bytes()
    damaged = [whole[:end] for end in range(0, len(whole), 7)]
    damaged += [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(0, len(whole), 5)]
    for data in damaged:
        path.write_bytes(data)
        language = Language("de", tmp_path)
        assert language("Stop")
        assert "8:15" in language("Again from {time}.").format(time="8:15")
        assert language.plural(ONE, MANY, 2).format(n=2)
    assert languages(tmp_path) == ("de", "en")
    path.unlink()
    assert Language("de", tmp_path)("Stop") == "Stop"


@pytest.mark.parametrize(
    ("ids", "forms", "right"),
    [
        (("a {n}",), ("b {n}",), True),
        (("a {n}",), ("b",), False),
        (("a",), ("b {n}",), False),
        (("1", "{n}"), ("eins", "{n}"), True),
        (("1", "{n}"), ("{n}", "viele"), False),
        (("1", "{n}"), ("{x}", "{n}"), False),
        (("1", "{n}"), ("eins", "{n"), False),
    ],
)
def test_which_placeholders_fit(ids: tuple[str, ...], forms: tuple[str, ...], right: bool) -> None:
    """The last form has all of them, another one none that is new."""
    assert fits(ids, forms) is right


def test_placeholders_have_names() -> None:
    """A number or nothing between the braces cannot be filled in by name."""
    assert fields("{day}, {time}: {{}}") == frozenset(("day", "time"))
    assert [fields(text) for text in ("{", "{}", "{0}", "{a.b}")] == [None] * 4


@pytest.mark.parametrize("code", languages())
def test_what_ships_is_whole(code: str) -> None:
    """No text of a shipped language stands in English without being meant to."""
    assert words(code).missing() == ()
    assert words(code).wrong == ()
    assert (paths.assets() / "locale" / code / "LC_MESSAGES" / "kiosk.mo").exists()
