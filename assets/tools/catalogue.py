"""Gather every text of the kiosk for translators: ``python assets/tools/catalogue.py``; ``--check`` only compares.

Writes the template ``assets/locale/kiosk.pot`` and the English catalogue, and compiles every language. Other languages
are brought up to date with ``pybabel update``.
"""

from __future__ import annotations

import io
import sys
from functools import cache
from pathlib import Path

import click
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from assets.tools.care_sentences import catalogue
from kiosk.care import library
from kiosk.care.outcomes import TOLD
from kiosk.session.prompts import PROMPTS, RED_FLAGS, TEXTS

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
KEYWORDS = {"_": None, "marked": None, "PackageError": None, "HandoverError": None, "UpdateError": None}
"""Calls whose first argument is a text for people: of an error it is the template, which ``said`` looks up."""


@cache
def texts() -> dict[str, set[str]]:
    """Every text, and the rooms it comes from."""
    found: dict[str, set[str]] = {}
    methods = [("**.py", "python")]
    for name, _, message, _, _ in extract_from_dir(str(ROOT / "kiosk"), methods, {}, KEYWORDS):
        for text in (message,) if isinstance(message, str) else message:
            found.setdefault(text, set()).add(f"kiosk/{name}")
    for text in catalogue(library.load(ASSETS / "programmes")):
        found.setdefault(text, set()).add("assets/programmes")
    shown = [text for said in TEXTS.values() for text in (said.title, said.text) if text]
    for text in (*PROMPTS.values(), *RED_FLAGS, *shown):
        found.setdefault(text, set()).add("kiosk/session/prompts.py")
    for text in (text for told in TOLD.values() for text in (told.inbox, told.report)):
        found.setdefault(text, set()).add("kiosk/care/outcomes.py")
    return found


def build(language: str | None) -> Catalog:
    """The template (None) or the English catalogue, in which each text stands for itself."""
    made = Catalog(locale=language, project="facial-rehab-kiosk", fuzzy=False, charset="utf-8")
    made.creation_date = made.revision_date = None
    for text, places in sorted(texts().items()):
        made.add(text, string=text if language == "en" else "", locations=[(place, 0) for place in sorted(places)])
    return made


def as_text(made: Catalog) -> str:
    """A catalogue as a .po file, without what changes by itself."""
    out = io.BytesIO()
    pofile.write_po(out, made, omit_header=False, width=110, sort_output=False, include_lineno=False)
    lines = out.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By', "# Copy"))
    )


def files() -> dict[Path, str]:
    """What the catalogue files should contain."""
    english = ASSETS / "locale" / "en" / "LC_MESSAGES" / "kiosk.po"
    return {ASSETS / "locale" / "kiosk.pot": as_text(build(None)), english: as_text(build("en"))}


@click.command()
@click.option("--check", is_flag=True, help="Only say which files are not up to date; exit 1 if any.")
def main(check: bool) -> None:
    """Write the template and the English catalogue, and compile every language."""
    old = [path for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in old:
            click.echo(f"{path.relative_to(ROOT)} is not up to date: run python assets/tools/catalogue.py")
        sys.exit(1 if old else 0)
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in sorted((ASSETS / "locale").glob("*/LC_MESSAGES/kiosk.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, pofile.read_po(source))
    click.echo(f"{len(texts())} texts")


if __name__ == "__main__":
    main()
