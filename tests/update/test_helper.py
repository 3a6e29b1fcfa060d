"""The helper takes an update in, counts starts, goes back with the data, and never goes back once it is confirmed."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kiosk.errors import UpdateError
from kiosk.update.asking import look_into, say_works, withdraw
from kiosk.update.disk import UpdateDisk
from kiosk.update.helper import RESERVE
from kiosk.update.make import make_key
from kiosk.update.notes import on_probation, probation_of
from kiosk.update.probation import MOST_STARTS, ProbationPhase, UpdateEnding
from tests.update.releases import NEW, NEWER, OLD, WORD, Appliance, resigned, rezip, tree


@pytest.fixture
def place(tmp_path: Path) -> Appliance:
    return Appliance(tmp_path)


def taken(place: Appliance, version: str = NEW) -> None:
    """An update was accepted and taken, and its release is about to start."""
    place.ask(place.make(version))
    place.helper().asked()
    assert place.started() == version


def confirmed(place: Appliance, version: str = NEW) -> None:
    taken(place, version)
    place.helper().starting()
    say_works(place.places.data, WORD)
    place.helper().asked()


def test_it_is_taken_started_and_confirmed(place: Appliance) -> None:
    """From a staged file to the proven release: nothing of the way stays but the release before."""
    place.ask(place.make())
    place.helper().asked()
    assert (place.started(), place.service.runs, place.service.starts) == (NEW, True, 1)
    probation = on_probation(place.places, NEW)
    assert probation is not None
    assert (probation.phase, probation.starts, probation.before) == (ProbationPhase.TRYING, 0, OLD)
    assert on_probation(place.places, OLD) is None
    place.helper().starting()
    place.write_rows(2)
    say_works(place.places.data, WORD)
    place.helper().asked()
    assert place.last().ending is UpdateEnding.CONFIRMED
    assert (place.started(), place.read_rows(), place.places.named("proven")) == (NEW, 5, NEW)
    assert {path.name for path in place.places.releases.iterdir()} == {OLD, NEW, "current", "proven"}
    assert {path.name for path in place.places.state.iterdir()} == {"lock", "last.json"}
    assert list((place.places.data / "update").iterdir()) == []


def test_three_starts_that_lead_to_nothing_go_back_with_the_data(place: Appliance) -> None:
    """What the release that was tried made of the record is gone; every row of before is there."""
    taken(place)
    for _ in range(MOST_STARTS):
        place.helper().starting()
        assert place.started() == NEW
        place.write_rows(1)
    place.helper().starting()
    assert (place.started(), place.read_rows(), place.places.named("proven")) == (OLD, 3, OLD)
    assert (place.last().ending, place.last().version) == (UpdateEnding.WENT_BACK, NEW)
    assert probation_of(place.places).phase is ProbationPhase.IDLE
    assert not place.places.release(NEW).exists()
    assert not (place.places.state / "copy").exists()
    assert (place.places.releases / ".going").exists(), "thousands of files are not removed in front of a dark screen"
    place.helper().asked()
    assert {path.name for path in place.places.releases.iterdir()} == {OLD, "current", "proven"}


def test_what_was_confirmed_never_goes_back(place: Appliance) -> None:
    """However often it is started afterwards."""
    confirmed(place)
    place.write_rows(4)
    for _ in range(3 * MOST_STARTS):
        place.helper().starting()
    assert (place.started(), place.read_rows()) == (NEW, 7)


def test_another_probations_token_confirms_nothing(place: Appliance) -> None:
    """A note that an older release left behind says nothing about this one."""
    taken(place)
    place.helper().starting()
    say_works(place.places.data, "another token")
    place.helper().asked()
    assert probation_of(place.places).phase is ProbationPhase.TRYING


def test_only_the_release_before_is_kept(place: Appliance) -> None:
    """Older ones are removed, once the newest is confirmed."""
    confirmed(place)
    confirmed(place, NEWER)
    assert {path.name for path in place.places.releases.iterdir()} == {NEW, NEWER, "current", "proven"}


def test_after_it_went_back_it_can_be_tried_again(place: Appliance) -> None:
    """The same update, once more, and this time it works."""
    taken(place)
    for _ in range(MOST_STARTS + 1):
        place.helper().starting()
    assert place.started() == OLD
    (place.folder / "maker" / f"{NEW}.zip").unlink()
    confirmed(place)
    assert place.started() == NEW


def test_a_package_that_is_installed_meanwhile_ends_the_probation(place: Appliance) -> None:
    """A technician puts another release in place: data never go back under it."""
    taken(place)
    place.helper().starting()
    tree(place.places.release("3.0"), "3.0")
    (place.places.releases / "current").unlink()
    (place.places.releases / "current").symlink_to("3.0")
    place.write_rows(5)
    place.helper().starting()
    assert (place.started(), place.read_rows(), place.last().ending) == ("3.0", 8, UpdateEnding.INTERRUPTED)
    assert not (place.places.state / "copy").exists()


def test_a_kiosk_that_was_started_again_is_not_stopped(place: Appliance) -> None:
    """While the files are unpacked the kiosk is killed and comes back: somebody may be in a session by now."""
    place.ask(place.make())
    before = place.picture()

    class Slow(UpdateDisk):
        def create(self, path: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> None:
            if path.name == "large.bin":
                withdraw(place.places.data)  # as a kiosk does that starts
            super().create(path, pieces, mode=mode)

    place.helper(disk=Slow()).asked()
    assert (place.service.runs, place.service.starts, place.picture()) == (True, 0, before)
    assert "started again" in place.last().template
    (place.folder / "maker" / f"{NEW}.zip").unlink()
    confirmed(place)
    assert place.started() == NEW


def test_a_wish_during_a_probation_is_refused(place: Appliance) -> None:
    """One at a time; the one that is tried goes on."""
    taken(place)
    place.helper().starting()
    place.ask(place.make(NEWER))
    place.helper().asked()
    assert (place.started(), probation_of(place.places).phase) == (NEW, ProbationPhase.TRYING)


# Refusals: a sentence, and nothing is changed.

Spoil = Callable[[Appliance, Path], Path]


def _cut(place: Appliance, made: Path) -> Path:
    made.write_bytes(made.read_bytes()[:-300])
    return made


def _written(raw: bytes) -> Spoil:
    def spoil(place: Appliance, made: Path) -> Path:
        made.write_bytes(raw)
        return made

    return spoil


def _cut_inside(place: Appliance, made: Path) -> Path:
    raw = bytearray(made.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 40] = bytes(40)
    made.write_bytes(raw)
    return made


def _wrong_key(place: Appliance, made: Path) -> Path:
    other, _ = make_key(place.folder, "other")
    with zipfile.ZipFile(made) as old:
        manifest = old.read("manifest.json")
    return resigned(made, place.folder / "spoilt.zip", other, manifest)


def _changed(**changed: str) -> Spoil:
    def spoil(place: Appliance, made: Path) -> Path:
        made.unlink()
        return place.make(to=made, **changed)

    return spoil


def _files(change: Callable[[list[dict[str, object]]], None]) -> Spoil:
    """The maker's own mistake: another list of files, and a signature that holds."""

    def spoil(place: Appliance, made: Path) -> Path:
        with zipfile.ZipFile(made) as old:
            manifest = json.loads(old.read("manifest.json"))
        change(manifest["files"])
        return resigned(made, place.folder / "spoilt.zip", place.private, json.dumps(manifest).encode())

    return spoil


def _renamed(path: str) -> Spoil:
    return _files(lambda files: files[0].update(path=path))


def _twice(place: Appliance, made: Path) -> Path:
    with zipfile.ZipFile(made, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr("payload/bin/kiosk", b"another one")
    return made


def _bomb(place: Appliance, made: Path) -> Path:
    """An entry that unpacks to 40 MB, and says that it is as large as was signed."""
    name = "payload/README.md"
    spoilt = rezip(made, place.folder / "spoilt.zip", {name: bytes(40 << 20)})
    raw = spoilt.read_bytes()
    return spoilt if spoilt.write_bytes(raw.replace(struct.pack("<I", 40 << 20), struct.pack("<I", 12))) else made


def _huge_list(place: Appliance, made: Path) -> Path:
    raw = bytearray(made.read_bytes())
    raw[-10:-6] = struct.pack("<I", 1 << 30)
    made.write_bytes(raw)
    return made


def _entry(name: str, raw: bytes | None) -> Spoil:
    return lambda place, made: rezip(made, place.folder / "spoilt.zip", {name: raw})


REFUSED: dict[str, tuple[Spoil, str]] = {
    "cut off": (_cut, "cut off or damaged"),
    "damaged inside": (_cut_inside, "FK-UPDATE.zip"),
    "no zip file": (_written(b"no zip"), "cut off or damaged"),
    "empty": (_written(b""), "cut off or damaged"),
    "wrong key": (_wrong_key, "not signed by a key that this kiosk knows"),
    "changed after signing": (_entry("payload/README.md", b"release 6.6\n"), "not as it was signed"),
    "other size": (_entry("payload/README.md", b"much longer than what was signed"), "not as it was signed"),
    "one file too many": (_entry("payload/lib/evil.pth", b"import os"), "nobody signed for"),
    "one file too few": (_entry("payload/README.md", None), "missing"),
    "no signature": (_entry("manifest.sig", None), "manifest.sig is missing"),
    "no manifest": (_entry("manifest.json", None), "manifest.json is missing"),
    "manifest changed": (_entry("manifest.json", b"{}"), "not signed"),
    "two entries of one name": (_twice, "two entries of one name"),
    "bomb": (_bomb, "damaged"),
    "a list that would fill the memory": (_huge_list, "too many files"),
    "older": (_changed(version="0.9"), "older"),
    "the same": (_changed(version="1.0.0"), "here already"),
    "another processor": (_changed(architecture="riscv64"), "another kind of computer"),
    "another Python": (_changed(python="2.7"), "needs Python 2.7"),
    "needs a newer one first": (_changed(comes_from="1.0.5"), "needs version 1.0.5 first"),
    "path upwards": (_renamed("../../etc/passwd"), "leave the release's folder"),
    "path from the root": (_renamed("/etc/passwd"), "leave the release's folder"),
    "path with a dot": (_renamed("bin/./kiosk"), "leave the release's folder"),
    "path with a backslash": (_renamed("bin\\kiosk"), "leave the release's folder"),
    "path with a line end": (_renamed("bin/a\nb"), "leave the release's folder"),
    "a file named twice": (_files(lambda files: files.append(dict(files[0]))), "names a file twice"),
    "a file in a file": (
        _files(lambda files: files.append({**files[0], "path": "bin/kiosk/inner"})),
        "in another file",
    ),
    "nothing to start": (_files(lambda files: files[1].update(path="bin/other")), "no program"),
    "other fields": (_files(lambda files: files[0].update(link="/etc")), "cannot be read"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_changes_nothing(place: Appliance, kind: str) -> None:
    """One sentence, the old release, the old data, and no running kiosk was touched."""
    spoil, words = REFUSED[kind]
    made = place.make()
    spoilt = spoil(place, made)
    before = place.picture()
    place.ask(spoilt)
    place.helper().asked()
    last = place.last()
    assert last.ending is UpdateEnding.REFUSED
    assert words in last.template.format(**last.fields)
    assert place.picture() == before
    assert (place.started(), place.service.runs, place.service.starts) == (OLD, True, 0)
    assert {path.name for path in place.places.state.iterdir()} == {"lock", "last.json"}


@pytest.mark.parametrize("kind", REFUSED)
def test_the_kiosk_itself_refuses_it_before_anybody_accepts(place: Appliance, kind: str) -> None:
    """Whoever stands at the desk reads the reason at once."""
    spoil, words = REFUSED[kind]
    place.stage(spoil(place, place.make()))
    with pytest.raises(UpdateError) as why:
        look_into(place.places, OLD, lambda _: None)
    assert words in str(why.value)


@pytest.mark.parametrize("version", ["../1", "1", "1.2.3.4.5", "01.2", "1.2\n", "1.2-rc1", ""])
def test_what_is_no_version_is_not_even_made(place: Appliance, version: str) -> None:
    """It becomes the name of a folder: numbers and dots."""
    with pytest.raises(UpdateError, match="version"):
        place.make(to=place.folder / "none.zip", version=version)
    assert not (place.folder / "none.zip").exists()


def test_no_key_no_update(place: Appliance) -> None:
    """A kiosk that knows no release key believes nobody."""
    made = place.make()
    place.ask(made)
    for path in place.places.keys.iterdir():
        path.unlink()
    place.helper().asked()
    assert "no release key" in place.last().template


@pytest.mark.parametrize("fault", ["others can write", "private", "too large", "link", "other curve", "no key"])
def test_a_key_that_others_could_have_written_is_none(place: Appliance, fault: str) -> None:
    """One key of doubtful origin is passed over, and said so."""
    from Cryptodome.PublicKey import ECC

    from kiosk.update.keys import read_keys

    key = next(place.places.keys.iterdir())
    if fault == "others can write":
        key.chmod(0o666)
    elif fault == "private":
        key.write_bytes(place.private.read_bytes())
    elif fault == "too large":
        key.write_bytes(key.read_bytes() + b"\n" * 5_000)
    elif fault == "link":
        key.rename(place.folder / "real.pub")
        key.symlink_to(place.folder / "real.pub")
    elif fault == "other curve":
        key.write_text(ECC.generate(curve="P-256").public_key().export_key(format="PEM"))
    else:
        key.write_text("-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n")
    keys, wrong = read_keys(place.places.keys)
    assert (keys, len(wrong)) == ((), 1)
    assert "no release key" in wrong[0]


def test_it_is_the_one_that_was_shown(place: Appliance) -> None:
    """A file that was changed between the look and the taking is another one, though it is signed as well."""
    other = place.make(NEWER)
    place.ask(place.make(), digest=place.digest(other))
    place.helper().asked()
    assert "another one" in place.last().template
    assert place.started() == OLD


@pytest.mark.parametrize("what", ["link to the file", "link to the folder", "pipe", "nothing"])
def test_the_kiosk_cannot_lead_root_elsewhere(place: Appliance, what: str) -> None:
    """Links and pipes in the folder through which it asks are not followed, and nothing is deleted there."""
    made = place.make()
    place.ask(made)
    folder = place.places.data / "update"
    elsewhere = place.folder / "elsewhere"
    if what == "link to the folder":
        folder.rename(elsewhere)
        folder.symlink_to(elsewhere)
    else:
        elsewhere.mkdir()
        (folder / "FK-UPDATE.zip").rename(elsewhere / "FK-UPDATE.zip")
        if what == "link to the file":
            (folder / "FK-UPDATE.zip").symlink_to(elsewhere / "FK-UPDATE.zip")
        elif what == "pipe":
            os.mkfifo(folder / "FK-UPDATE.zip")
    place.helper().asked()
    assert place.started() == OLD
    assert (elsewhere / "FK-UPDATE.zip").is_file()


class FailingDisk(UpdateDisk):
    """Fails at the step number ``at``, as a full disk does, and at nothing else."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.failed = ""

    def _step(self, name: str) -> None:
        self.left -= 1
        if self.left == -1:
            self.failed = name
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def create(self, *args: object, **more: object) -> None:
        self._step("create")
        super().create(*args, **more)  # type: ignore[arg-type]

    def sync_file(self, path: Path) -> None:
        self._step("sync_file")
        super().sync_file(path)

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        self._step("mkdir")
        super().mkdir(path, mode)

    def rename(self, old: Path, new: Path) -> None:
        self._step("rename")
        super().rename(old, new)

    def link(self, path: Path, target: str) -> None:
        self._step("link")
        super().link(path, target)


def test_a_full_disk_at_any_step_of_taking_in(place: Appliance) -> None:
    """Each step fails in its turn: the old release runs on, with all rows, and the reason is told as far as it fits."""
    made, seen = place.make(), set()
    for at in range(200):
        place.ask(made)
        disk = FailingDisk(at)
        place.helper(disk=disk).asked()
        if not disk.failed:
            break
        seen.add(disk.failed)
        assert place.service.runs
        place.helper().starting()  # the kiosk's own next start, or the one that the helper asked for
        assert (place.started(), place.read_rows(), probation_of(place.places).phase) == (
            OLD,
            3,
            ProbationPhase.IDLE,
        ), at
        assert not place.places.release(NEW).exists() or place.places.named() == NEW
    assert seen == {"create", "sync_file", "mkdir", "rename", "link"}
    assert place.started() == NEW


def test_no_room_is_said_with_numbers_before_anything_is_unpacked(place: Appliance) -> None:
    """How much is needed, how much there is."""
    place.ask(place.make())
    place.helper(room=lambda _: RESERVE + 10_000).asked()
    last = place.last()
    assert last.ending is UpdateEnding.REFUSED
    assert "MB are free" in last.template
    assert not (place.places.releases / ".coming").exists()


def test_a_kiosk_that_does_not_stop_is_left_alone(place: Appliance) -> None:
    """Data are copied only while nothing runs."""
    place.ask(place.make())
    place.service.refuses = True
    place.helper().asked()
    assert (place.started(), place.last().ending, place.service.runs) == (OLD, UpdateEnding.REFUSED, True)
    assert not place.places.release(NEW).exists()


def test_a_record_that_somebody_uses_is_not_copied(place: Appliance) -> None:
    """The lock of the data folder is asked for, as a kiosk does."""
    place.ask(place.make())
    with (place.places.data / "kiosk.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place.helper().asked()
    assert (place.started(), place.last().ending) == (OLD, UpdateEnding.REFUSED)
    assert "Another program" in place.last().template


def test_a_link_in_the_place_of_the_record_is_not_copied(place: Appliance) -> None:
    """A kiosk that was taken over could name any file of root's."""
    secret = place.folder / "secret"
    secret.write_text("root's own")
    (place.places.data / "kiosk.toml").unlink()
    (place.places.data / "kiosk.toml").symlink_to(secret)
    place.ask(place.make())
    place.helper().asked()
    assert (place.started(), place.last().ending) == (OLD, UpdateEnding.REFUSED)


def test_a_probation_that_nobody_can_read_is_none(place: Appliance) -> None:
    """A damaged note neither stops the kiosk nor leads data back."""
    confirmed(place)
    (place.places.state / "probation.json").write_bytes(b"\0" * 50)
    place.helper().starting()
    assert (place.started(), (place.places.state / "probation.json").exists()) == (NEW, False)
