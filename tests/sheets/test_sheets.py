"""Each sheet is one page in each language, says first whom to call, and a ward reads it from paper."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.errors import ContentError
from kiosk.sheets.sheets import SMALLEST, SheetPlace, pdf_of
from kiosk.sheets.texts import SHEETS, SheetReader
from kiosk.words import languages, words
from tests.screens.paint_samples import longer

EDGE_PT = 45.0
CALL = ("Drücken Sie die Klingel", "oder rufen Sie 1234")


@dataclass(frozen=True, slots=True)
class Paper:
    """A page as poppler reads it: its words, and of each its box in points, x0, y0, x1, y1."""

    text: str
    boxes: list[tuple[float, float, float, float]]
    size: tuple[float, float]


def _page(raw: bytes) -> Paper:
    told = [
        subprocess.run(["pdftotext", *how, "-", "-"], input=raw, capture_output=True, check=True).stdout.decode()
        for how in ((), ("-bbox",))
    ]
    assert told[0].count("\f") == 1
    numbers = [float(number) for number in re.findall(r'(?:width|height|[xy]M(?:in|ax))="([\d.]+)"', told[1])]
    boxes = [(numbers[n], numbers[n + 1], numbers[n + 2], numbers[n + 3]) for n in range(2, len(numbers), 4)]
    return Paper(_plain(told[0]), boxes, (numbers[0], numbers[1]))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reader", SheetReader)
def test_a_sheet_is_one_page_with_all_its_words(reader: SheetReader, language: str) -> None:
    """Nothing is cut off, nothing runs off the paper, no letter is too small."""
    said = words(language)
    page = _page(pdf_of(reader, said, language, SheetPlace("Zimmer 12", CALL)))
    text = page.text
    sheet = SHEETS[reader](said)
    told = [sheet.title, sheet.call, *sheet.buttons, *sheet.blanks, "Zimmer 12", *CALL]
    told += [line for part in sheet.parts for line in (part.heading, *part.lines)]
    assert [line for line in told if _plain(line) not in text] == []
    body = [y1 - y0 for _, y0, _, y1 in page.boxes if y1 < page.size[1] - EDGE_PT - 20]
    assert min(body) >= SMALLEST[reader]
    for x0, y0, x1, y1 in page.boxes:
        assert x0 > EDGE_PT
        assert y0 > EDGE_PT / 2
        assert x1 < page.size[0] - EDGE_PT
        assert y1 < page.size[1] - EDGE_PT / 2
    assert text.index(CALL[0]) < min(text.index(_plain(line)) for line in sheet.buttons)


@pytest.mark.parametrize("reader", SheetReader)
def test_a_language_that_is_two_fifths_longer_fits(reader: SheetReader) -> None:
    """A fourth language must not need another page."""
    page = _page(pdf_of(reader, longer, "en", SheetPlace("Room 12", CALL)))
    assert _plain(longer(SHEETS[reader](str).title)) in page.text


def test_a_call_text_that_fills_the_page_is_named() -> None:
    """Better no sheet than one that ends in the middle."""
    with pytest.raises(ContentError, match="make the text on whom to call shorter"):
        pdf_of(SheetReader.PERSON, str, "en", SheetPlace("", ("Call somebody, and then somebody else " * 20,) * 4))


def test_the_command_writes_every_language_with_the_sites_own_words(tmp_path: Path) -> None:
    """Whom to call as the settings file says, in the language it says it in; elsewhere the kiosk's own words first."""
    (tmp_path / "kiosk.toml").write_text(
        '[site]\ndevice_label = "Room 12"\nemergency_text = ["Ring the bell", "de: Rufen Sie 1234"]\n', encoding="utf-8"
    )
    out = tmp_path / "sheets"
    told = CliRunner().invoke(cli, ["sheets", "--data", str(tmp_path), str(out)])
    assert told.exit_code == 0, told.output
    made = sorted(path.name for path in out.iterdir())
    assert made == sorted(f"{reader}-{language}.pdf" for reader in SheetReader for language in languages())
    said = {language: _page((out / f"person-{language}.pdf").read_bytes()).text for language in ("en", "de", "es")}
    assert "Ring the bell" in said["en"]
    assert "1234" not in said["en"]
    assert "Rufen Sie 1234" in said["de"]
    assert "Ring the bell" not in said["de"]
    assert said["es"].index(words("es")("Your kiosk")) < said["es"].index("Ring the bell")


def test_an_unknown_language_is_said(tmp_path: Path) -> None:
    """The value, and what is known."""
    told = CliRunner().invoke(cli, ["sheets", "--language", "fr", "--data", str(tmp_path), str(tmp_path / "out")])
    assert told.exit_code == 1
    assert "there is no language fr; known are de, en, es" in told.output
