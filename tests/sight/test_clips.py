"""Films of a movement: whole or not there, bounded, and with keys no plain byte of them on the disk."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pyrage
import pytest

from kiosk.sight import clips
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder, Recorder
from tests.patience import PATIENCE_S

MB = 1 << 20


def picture(number: int, noise: int = 0) -> npt.NDArray[np.uint8]:
    """A small picture whose brightness tells its number; with ``noise``, one that no encoder makes small."""
    flat = np.full((*clips.SIZE[::-1], 3), 40 + 5 * number % 160, np.int16)
    if noise:
        flat += np.random.default_rng(number).integers(-noise, noise, flat.shape, np.int16)
    return np.clip(flat, 0, 255).astype(np.uint8)


def film(wanted: FilmOrder, frames: int = 20, every_ms: int = 80, noise: int = 0) -> ClipKept | ClipLost:
    """A whole film and what became of it."""
    recorder = Recorder(wanted)
    for number in range(frames):
        recorder.write(picture(number, noise), 70_000 + every_ms * number)
    recorder.close()
    result = recorder.result(PATIENCE_S)
    assert result is not None
    return result


def shown(content: bytes) -> list[tuple[float, float]]:
    """When each picture of a film is shown, s, and how bright it is."""
    with av.open(io.BytesIO(content), "r") as opened:
        assert [stream.type for stream in opened.streams] == ["video"]
        return [(frame.time or 0.0, frame.to_ndarray(format="gray").mean()) for frame in opened.decode(video=0)]


def test_a_film_opens_and_holds_every_picture_at_its_moment(tmp_path: Path) -> None:
    """Any player shows it, without sound, as slowly as it was; what the record says of it is true."""
    kept = film(FilmOrder(str(tmp_path / "AB3D7" / "s1-2-0.mp4"), 8 * MB))
    assert isinstance(kept, ClipKept)
    content = Path(kept.path).read_bytes()
    seen = shown(content)
    assert [round(at * 1000) for at, _ in seen] == [80 * number for number in range(20)]
    assert all(abs(light - picture(n).mean()) < 12 for n, (_, light) in enumerate(seen))
    assert (kept.frames, kept.size, kept.cut, kept.encrypted) == (20, len(content), False, False)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert [path.name for path in Path(kept.path).parent.iterdir()] == ["s1-2-0.mp4"]
    assert os.stat(kept.path).st_mode & 0o077 == 0


def test_pictures_that_come_too_fast_or_twice_are_left_out(tmp_path: Path) -> None:
    """At most some 15 a second, in rising order, whatever the camera delivers; other sizes are made to fit."""
    recorder = Recorder(FilmOrder(str(tmp_path / "a.mp4"), 8 * MB))
    for t_ms in (0, 20, 70, 70, 60, 140, 300):
        recorder.write(np.full((720, 1280, 3), 90, np.uint8), t_ms)
    recorder.close()
    kept = recorder.result(PATIENCE_S)
    assert isinstance(kept, ClipKept)
    assert [round(at * 1000) for at, _ in shown(Path(kept.path).read_bytes())] == [0, 70, 140, 300]


def test_a_film_ends_at_its_limit_and_can_be_played(tmp_path: Path) -> None:
    """A forgotten recording fills no card: what came before the limit is whole, and the record says it was cut."""
    kept = film(FilmOrder(str(tmp_path / "a.mp4"), MB), frames=120, noise=100)
    assert isinstance(kept, ClipKept)
    assert kept.cut
    assert kept.size <= MB
    assert len(shown(Path(kept.path).read_bytes())) == kept.frames < 120


CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from kiosk.sight import clips
if sys.argv[2] == "syncing":
    clips.os.fsync = lambda fd: (print("now", flush=True), time.sleep(600))
recorder = clips.Recorder(clips.FilmOrder(sys.argv[1], 8 << 20))
for number in range(30):
    recorder.write(np.full((360, 640, 3), number, np.uint8), 80 * number)
if sys.argv[2] == "encoding":
    print("now", flush=True)
    time.sleep(600)
recorder.close()
recorder.result(600)
"""


@pytest.mark.parametrize("moment", ["encoding", "syncing"])
def test_killed_half_way_there_is_no_film_under_its_name(tmp_path: Path, moment: str) -> None:
    """Whoever finds a film finds a whole one; what a crash leaves is called ``.part``, to be swept away."""
    target = tmp_path / "a.mp4"
    with subprocess.Popen([sys.executable, "-c", CHILD, str(target), moment], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"now\n"
        child.send_signal(signal.SIGKILL)
        child.wait(PATIENCE_S)
    assert not target.exists()
    assert {path.name for path in tmp_path.iterdir()} <= {"a.mp4.part"}


def test_with_keys_no_plain_byte_reaches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either clinic key opens it and no other does; not even the half-written file is a film."""
    seen: list[bytes] = []
    sync = os.fsync

    def look(fd: int) -> None:
        for path in tmp_path.rglob("*"):
            if path.is_file():
                seen.append(path.read_bytes())
        sync(fd)

    monkeypatch.setattr(os, "fsync", look)
    keys = [pyrage.x25519.Identity.generate() for _ in range(2)]
    recipients = tuple(str(key.to_public()) for key in keys)
    kept = film(FilmOrder(str(tmp_path / "a.mp4.age"), 8 * MB, recipients))
    assert isinstance(kept, ClipKept)
    assert kept.encrypted
    content = Path(kept.path).read_bytes()
    assert len(seen) >= 1
    for written in (*seen, content):
        assert written.startswith(b"age-encryption.org/v1")
        assert b"ftyp" not in written
        assert b"mdat" not in written
    for key in keys:
        assert len(shown(pyrage.decrypt(content, [key]))) == 20
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [pyrage.x25519.Identity.generate()])


def test_a_bad_key_costs_the_film_and_writes_nothing_plain(tmp_path: Path) -> None:
    """Better no film than one that anybody can watch."""
    lost = film(FilmOrder(str(tmp_path / "a.mp4.age"), 8 * MB, ("age1nonsense", "age1nonsense")))
    assert lost == ClipLost(str(tmp_path / "a.mp4.age"), "keys")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("recipients", [(), (str(pyrage.x25519.Identity.generate().to_public()),)])
def test_a_full_disk_costs_the_film_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipients: tuple[str, ...]
) -> None:
    """Nothing is raised and nothing half-made is left; whoever records learns why."""

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    lost = film(FilmOrder(str(tmp_path / "a.mp4"), 8 * MB, recipients))
    assert lost == ClipLost(str(tmp_path / "a.mp4"), "disk")
    assert list(tmp_path.iterdir()) == []


def test_nonsense_costs_the_film_and_raises_nothing(tmp_path: Path) -> None:
    """A picture of the wrong shape, no picture at all, and closing twice."""
    recorder = Recorder(FilmOrder(str(tmp_path / "a.mp4"), 8 * MB))
    recorder.write(np.zeros((360, 640), np.uint8), 0)
    recorder.write(picture(1), 100)
    for _ in range(2):
        recorder.close()
    assert recorder.result(PATIENCE_S) == ClipLost(str(tmp_path / "a.mp4"), "encoder")
    empty = Recorder(FilmOrder(str(tmp_path / "b.mp4"), 8 * MB))
    assert empty.result() is None
    empty.close()
    assert empty.result() == ClipLost(str(tmp_path / "b.mp4"), "empty")
    assert list(tmp_path.iterdir()) == []
