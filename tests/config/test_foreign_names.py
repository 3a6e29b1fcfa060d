"""Names and texts from outside, shown, logged, stored and sent on: spelled out where they could do something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.commands.check import to_json
from kiosk.config import load
from kiosk.desk.shown import StatusRow
from kiosk.doctor import check as doctor_check
from kiosk.errors import DeviceError, KioskError
from kiosk.faults import Fault, harmless, shown
from kiosk.paths import assets
from kiosk.programmes import shelf

ANY = st.text(st.characters(exclude_categories=()), max_size=30)
NAUGHTY = "a\udcff\x1b[31m\u202egnp\u2066\x00\x85\ufeff\u200f\n.toml"


@given(ANY, st.integers(2, 40))
def test_any_text_can_be_shown_and_stored(text: str, most: int) -> None:
    """One line of letters, of bounded length, that UTF-8 can write; ordinary names stay as they are."""
    told = harmless(text, most)
    assert told.isprintable()
    assert len(told) <= most
    told.encode()
    if text.isprintable() and len(text) <= most:
        assert told == text


@given(ANY)
def test_whatever_tells_of_it_is_harmless(text: str) -> None:
    """A fault of a file, an error of the kiosk and an answer of the doctor, whatever the name they are about."""
    fault = Fault(text, text, shown(text), text, text)
    as_json = to_json(Path("x"), [fault]).replace("\n", "")
    for told in (str(fault), as_json, str(KioskError(text)), str(DeviceError(text))):
        assert told.isprintable()
        told.encode()
    check = doctor_check.fault("name", text, text)
    assert check.found.isprintable()
    assert check.next_step.isprintable()


def test_an_error_of_the_system_is_still_one() -> None:
    """Number and file are those of an OSError, and its sentence too."""
    error = DeviceError(2, "No such file", "x\x1b")
    assert error.errno == 2
    assert str(error) == "[Errno 2] No such file: 'x\\x1b'"


@pytest.mark.parametrize("name", ["KIOSK_CAMERA_BACKEND", "KIOSK_SITE_EMERGENCY_TEXT", "KIOSK_SOUND_VOLUME"])
@pytest.mark.parametrize("value", ["\udcff", "a\x1b[2J", "\u202e"])
def test_a_bad_variable_is_left_out_and_named(name: str, value: str, tmp_path: Path) -> None:
    """A byte that is not UTF-8 ended every command with 70, against what the page about settings promises."""
    settings, faults = load(tmp_path / "kiosk.toml", {name: value})
    assert settings == load(tmp_path / "kiosk.toml", {})[0]
    (fault,) = faults
    assert fault.where == name
    assert str(fault).isprintable()


def test_a_bad_name_of_a_variable_is_named(tmp_path: Path) -> None:
    """Anything may stand in an environment."""
    (fault,) = load(tmp_path / "kiosk.toml", {"KIOSK_\udcff\x1b": "1"})[1]
    assert "KIOSK_\\udcff\\x1b" in str(fault)


def test_a_programme_with_a_bad_name_is_named_on_status(tmp_path: Path) -> None:
    """It ended the kiosk as soon as staff looked at the status."""
    (tmp_path / NAUGHTY.replace("\x00", "")).write_text("", encoding="utf-8")
    found = shelf.load(assets() / "programmes", tmp_path)
    (fault,) = found.faults
    assert "a\\udcff\\x1b[31m\\u202egnp" in str(fault)
    StatusRow("Fault", str(fault)).value.encode()


def test_a_line_of_the_log_stays_one() -> None:
    """Whoever names a stick "\\nERROR kiosk: all is lost" writes no line of the journal."""
    code = (
        "import logging, sys; from kiosk.cli import cli\n"
        "@cli.command()\n"
        "def tell():\n"
        "    logging.getLogger('kiosk').warning('%s', 'a\\nERROR kiosk: b\\x1b\\udcff')\n"
        "    print('stick \\udcff')\n"
        "sys.argv = ['kiosk', 'tell']\n"
        "cli(standalone_mode=False)\n"
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"stick \\udcff\n"
    assert done.stderr.count(b"\n") == 1
    assert b"a\\nERROR kiosk: b\\x1b\\udcff" in done.stderr
