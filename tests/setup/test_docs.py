"""The documents tell the truth about the program, because they are compared with it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec
import pytest
from PIL import Image

from kiosk.cli import cli
from kiosk.config import SECTIONS, VARIABLES
from tests.setup.reference import PAGES

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_current(name: str) -> None:
    """A changed command or setting cannot be committed without its page."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_command_and_option_has_help() -> None:
    """Nobody has to read the source to learn what a command or an option does."""
    groups = [command for command in cli.commands.values() if isinstance(command, click.Group)]
    inner = [command for group in groups for command in group.commands.values()]
    for command in (*cli.commands.values(), *inner):
        assert command.help, command.name
        for parameter in command.params:
            told = isinstance(parameter, click.Argument) or getattr(parameter, "help", None)
            assert told, f"{command.name} {parameter.name}"


def test_every_setting_has_a_row() -> None:
    """Each setting stands in the reference with its variable."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for variable, (_, key) in VARIABLES.items():
        assert re.search(rf"^\| `{key}` .*`{variable}` \|$", page, re.MULTILINE), variable


def test_links_lead_somewhere() -> None:
    """Every relative link in the documents names a file that exists."""
    dead = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert dead == []


def test_commands_in_documents_exist() -> None:
    """A `kiosk …` or `make …` command that a document shows can be typed."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        text = "\n".join(m[0] for m in re.finditer(r"`[^`\n]+`|(?s:```.*?```)", document.read_text(encoding="utf-8")))
        for command in re.findall(r"(?:^|`|sudo )kiosk ([a-z]+)", text, re.MULTILINE):
            assert command in cli.commands, f"{document.name}: kiosk {command}"
        for target in re.findall(r"(?:^|`|sudo )make ([a-z-]+)", text, re.MULTILINE):
            assert target in targets, f"{document.name}: make {target}"


def test_wiring_page_shows_the_default_pins() -> None:
    """Whoever wires by the page gets buttons and lights that work without any setting."""
    header = {17: 11, 27: 13, 22: 15, 5: 29, 6: 31, 13: 33, 19: 35, 26: 37}
    names = {"alert": "lamp that asks staff to come"}
    page = (ROOT / "docs" / "wiring.md").read_text(encoding="utf-8")
    drawing = (ROOT / "docs" / "wiring.svg").read_text(encoding="utf-8")
    for section, what in (("buttons", "button"), ("lights", "light")):
        for field in msgspec.structs.fields(SECTIONS[section]):
            if field.name in ("green", "amber", "red", "camera", "alert"):
                name, pin = names.get(field.name, f"{field.name} {what}"), header[field.default]
                row = rf"^\| {name}\b.*\| {field.default} \| {pin} \|"
                assert re.search(row, page, re.MULTILINE), f"{section}.{field.name}"
                assert f"GPIO{field.default}, pin {pin}<" in drawing


def test_readme_says_what_it_is_not() -> None:
    """No medical claim, and the therapist's review, stand where a buyer reads first."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "no medical claim" in text
    assert "facial therapist" in text
    assert "make run" in text
    assert "make test" in text


def test_no_machine_is_named() -> None:
    """Nothing that a person reads points into somebody's home."""
    hits = [d.name for d in DOCUMENTS if re.search(r"/root/|(?<!\w)/home/[a-z]", d.read_text(encoding="utf-8"))]
    assert hits == []


def test_the_readmes_pictures_are_small_and_one_of_them_moves() -> None:
    """Whoever would rather look than read sees a movement, on a slow line too: `make pictures` writes them."""
    told = re.findall(r"\]\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    kept = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "pictures").iterdir())
    assert sorted(told) == kept
    assert sum((ROOT / path).stat().st_size for path in told) < 2 << 20
    with Image.open(ROOT / told[0]) as moving:
        assert getattr(moving, "n_frames", 1) >= 50
