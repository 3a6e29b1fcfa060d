"""Gather every text of the kiosk for translators: ``python assets/tools/catalogue.py``; ``--check`` only compares.

Writes the template ``assets/locale/kiosk.pot``, brings the catalogue of each language up to date with it (a text that
is new stands there without a translation, one that nobody says any more is gone) and compiles the languages that are
translated. ``--add fr`` begins a language. See docs/translating.md.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
from babel.core import Locale, UnknownLocaleError
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from assets.tools.care_sentences import catalogue
from kiosk.care.outcomes import TOLD
from kiosk.programmes import shelf
from kiosk.session.prompts import TEXTS
from kiosk.words import ENGLISH, fits

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
LOCALE = ASSETS / "locale"
KEYWORDS = {"_": None, "marked": None, "PackageError": None, "HandoverError": None, "UpdateError": None}
"""Calls whose first argument is a text for people: of an error it is the template, which ``said`` looks up."""
PLURALS = {"plural": (2, 3)}
"""Calls with the English forms for one and for many; looked for apart, because Babel loses a call with ``_`` in it."""
ANY_DATE = datetime(2026, 11, 29, tzinfo=UTC)
"""The compiled file holds a date; it shall not change by itself."""
LEAST_TRANSLATED = 0.95
"""A language is compiled, and so offered at the desk, from this share on: half a language helps nobody."""

Ids = tuple[str, ...]
"""The English text, or its forms for one and for many."""


@cache
def texts() -> dict[Ids, set[str]]:
    """Every text, and the rooms it comes from."""
    found: dict[Ids, set[str]] = {}
    methods = [("**.py", "python")]
    for keywords in (KEYWORDS, PLURALS):
        for name, _, message, _, _ in extract_from_dir(str(ROOT / "kiosk"), methods, {}, keywords):
            found.setdefault((message,) if isinstance(message, str) else tuple(message), set()).add(f"kiosk/{name}")
    for text in catalogue(shelf.load(ASSETS / "programmes")):
        found.setdefault((text,), set()).add("assets/programmes")
    for text in (part for said in TEXTS.values() for part in said.parts):
        found.setdefault((text,), set()).add("kiosk/session/prompts.py")
    for text in (text for told in TOLD.values() for text in (told.inbox, told.report)):
        found.setdefault((text,), set()).add("kiosk/care/outcomes.py")
    return found


def build(language: str | None, kept: Catalog | None = None) -> Catalog:
    """The template (None), or the catalogue of ``language`` with the translations of ``kept``.

    In the English one each text stands for itself.
    """
    made = Catalog(locale=language, project="facial-rehab-kiosk", fuzzy=False, charset="utf-8")
    made.creation_date = made.revision_date = ANY_DATE
    for ids, places in sorted(texts().items()):
        old = kept.get(ids[0]) if kept is not None else None
        said = ids if language == ENGLISH else ("",) * (made.num_plurals if len(ids) == 2 else 1)
        if language != ENGLISH and old is not None and len(forms_of(old)[0]) == len(ids):
            first, *more = forms_of(old)[1]
            # Babel may count forms anew (Spanish has a third one since 2.19): the last is the ordinary one.
            said = (first, *more) if len(more) + 1 == len(said) else (first, *[more[-1]] * (len(said) - 1))
        made.add(
            ids if len(ids) == 2 else ids[0],
            string=said if len(ids) == 2 else said[0],
            locations=[(place, 0) for place in sorted(places)],
            user_comments=old.user_comments if old is not None else (),
        )
    return made


def forms_of(message: Message) -> tuple[Ids, Ids]:
    """The English text and its translation, each as a tuple of one or of the plural forms."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    return ids, (message.string,) if isinstance(message.string, str) else tuple(message.string)


def translated(made: Catalog) -> float:
    """The share of texts that have a translation."""
    done = [all(forms_of(message)[1]) for message in made if message.id]
    return sum(done) / len(done)


def untranslated(made: Catalog) -> list[str]:
    """Texts of ``made`` without a translation."""
    return [forms_of(message)[0][0] for message in made if message.id and not all(forms_of(message)[1])]


def misfits(made: Catalog) -> list[str]:
    """Texts of ``made`` whose translation has other placeholders."""
    both = [forms_of(message) for message in made if message.id]
    return [ids[0] for ids, forms in both if all(forms) and not fits(ids, forms)]


def as_text(made: Catalog) -> str:
    """A catalogue as a .po file, without what changes by itself."""
    out = io.BytesIO()
    pofile.write_po(out, made, omit_header=False, width=110, sort_output=False, include_lineno=False)
    lines = out.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By', "# Copy"))
    )


def as_binary(made: Catalog) -> bytes:
    """A catalogue as the .mo file that the kiosk reads; what has no translation is not in it."""
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


def read(language: str) -> Catalog:
    """The catalogue of ``language`` as it lies there; an empty one where there is none yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, abort_invalid=True)


def po_file(language: str) -> Path:
    """Where the catalogue of ``language`` lies."""
    return LOCALE / language / "LC_MESSAGES" / "kiosk.po"


def known_languages() -> list[str]:
    """The languages that somebody has begun."""
    return sorted({ENGLISH, *(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/kiosk.po"))})


def files(added: tuple[str, ...] = ()) -> dict[Path, bytes | None]:
    """What the catalogue files should contain; None: this one should not be there."""
    made: dict[Path, bytes | None] = {LOCALE / "kiosk.pot": as_text(build(None)).encode()}
    for language in (*known_languages(), *added):
        catalog = build(language, read(language))
        made[po_file(language)] = as_text(catalog).encode()
        complete = translated(catalog) >= LEAST_TRANSLATED
        made[po_file(language).with_suffix(".mo")] = as_binary(catalog) if complete else None
    return made


def report(language: str) -> list[str]:
    """What a translator of ``language`` has still to do, a line for each kind."""
    catalog = read(language)
    lines = [f"{language}: {translated(catalog):.1%} of {len(texts())} texts are translated"]
    if translated(catalog) < LEAST_TRANSLATED:
        lines.append(f"{language}: not compiled, so not offered at the desk, before {LEAST_TRANSLATED:.0%}")
    lines += [f"{language}: no translation yet: {text!r}" for text in untranslated(catalog)[:20]]
    lines += [f"{language}: other placeholders than in English: {text!r}" for text in misfits(catalog)]
    return lines


@click.command()
@click.option("--check", is_flag=True, help="Only say which files are not up to date; exit 1 if any.")
@click.option("--add", metavar="CODE", help="Begin the catalogue of another language, such as fr.")
def main(check: bool, add: str | None) -> None:
    """Write the template, bring every language up to date with it, and compile what is translated."""
    if add is not None:
        try:
            locale = Locale.parse(add)
        except (UnknownLocaleError, ValueError) as exc:
            raise click.ClickException(f"{add!r} is no language that Babel knows: use a code such as fr") from exc
        if locale.text_direction == "rtl":
            raise click.ClickException(
                f"{locale.english_name} ({add}) is written from right to left, and the kiosk cannot show that: its "
                "font has no such letters, and lines are set from the left. docs/translating.md says what it would take"
            )
    made = files((add,) if add is not None else ())
    old = [path for path, data in made.items() if (path.read_bytes() if path.exists() else None) != data]
    if check:
        for path in old:
            click.echo(f"{path.relative_to(ROOT)} is not up to date: run python assets/tools/catalogue.py")
        sys.exit(1 if old else 0)
    for path in old:
        data = made[path]
        if data is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for language in known_languages():
        for line in report(language):
            click.echo(line)


if __name__ == "__main__":
    main()
