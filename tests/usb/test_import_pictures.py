"""Pictures and films in ``FK-IMPORT.zip``: looked into before they come in, each by its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.desk.model import StaffPlace
from kiosk.paths import assets
from kiosk.usb.import_read import Parcel
from tests.pictures.made import encoded, film, halves, seconds, table
from tests.usb.test_import_offer import brought, desk, zipped
from tests.usb.test_import_read import opened
from tests.usb.test_service import AtStick

__all__ = ["desk"]

PNG = encoded(halves())
RELAX = (assets() / "programmes" / "relax.toml").read_bytes()
OURS = (table("left.png") + table("right.mp4", side="right")).encode()
ALONE = "no programme file names it in a [[picture]] table that can be used."


def states(parcel: Parcel) -> list[str]:
    return [one.state for one in parcel.programmes] + [one.state for one in parcel.pictures]


def test_they_come_with_the_file_that_names_them() -> None:
    """New ones, for exercises that ship: the file holds nothing else, and each picture is a line on the screen."""
    clip = film(seconds(1))
    found = opened(("programmes/ours.toml", OURS), ("programmes/left.png", PNG), ("programmes/right.mp4", clip))
    assert (found.refused, found.problem) == ((), "")
    assert found.files == {"ours.toml": OURS, "left.png": PNG, "right.mp4": clip}
    assert [(one.picture.file, one.title, one.state) for one in found.pictures] == [
        ("left.png", "Cheek release", "new"),
        ("right.mp4", "Cheek release", "new"),
    ]


def test_one_that_cannot_be_shown_is_left_out_and_the_others_come_in() -> None:
    """By its own name, with its own reason; so is one that nothing names, and one that nobody reviewed."""
    unseen = table("new.png", "massage-chin", "both").replace("A. Reader", "").encode()
    found = opened(
        ("programmes/ours.toml", OURS + unseen),
        ("programmes/left.png", PNG),
        ("programmes/right.mp4", film(seconds(14, (64, 64), 10), 10)),
        ("programmes/new.png", PNG),
        ("programmes/spare.png", PNG),
        ("programmes/notes.txt", b"x"),
    )
    assert found.files.keys() == {"ours.toml", "left.png"}
    assert [one.picture.file for one in found.pictures] == ["left.png"]
    told = "\n".join(found.refused)
    assert "right.mp4: the film is longer than 12 seconds; cut it to one repetition." in told
    assert "nobody has reviewed this picture" in told
    assert f"spare.png: {ALONE}" in told
    assert f"new.png: {ALONE}" in told
    assert '"programmes/notes.txt": the kiosk takes' in told
    assert len(found.refused) == 5


def test_all_together_are_never_more_than_their_bound() -> None:
    """Zeros are packed small: what would not fit is left out by its name before it is unpacked, the rest is read."""
    large = bytes(15 << 20)
    found = opened(
        *((f"programmes/p{n}.png", large) for n in range(5)),
        ("programmes/ours.toml", OURS),
        ("programmes/left.png", PNG),
    )
    told = [line for line in found.refused if "come to more than 64 MiB" in line]
    assert [line.partition(":")[0] for line in told] == ["programmes/p4.png"]
    assert found.files.keys() == {"ours.toml", "left.png"}


def test_a_picture_beside_a_programme_makes_it_another_one(tmp_path: Path) -> None:
    """The programme file names it; its bytes are held against those that are here."""
    text = RELAX + table("jaw.png", "relax-jaw", "both").encode()
    parts = ("programmes/relax.toml", text), ("programmes/jaw.png", PNG)
    assert [one.state for one in opened(*parts, site=tmp_path).programmes] == ["replaces"]
    (tmp_path / "relax.toml").write_bytes(text)
    (tmp_path / "jaw.png").write_bytes(PNG)
    again = opened(*parts, site=tmp_path)
    assert states(again) == ["same", "same"]
    other = opened(parts[0], ("programmes/jaw.png", encoded(halves(size=(200, 300)))), site=tmp_path)
    assert states(other) == ["changed", "changed"]
    alone = opened(("programmes/jaw.png", encoded(halves(size=(200, 300)))), site=tmp_path)
    assert [one.state for one in alone.pictures] == ["changed"]
    assert alone.files.keys() == {"jaw.png"}


def test_a_picture_file_with_cards_needs_a_programme() -> None:
    """What would come in without having been on the screen stays out, pictures or not."""
    card = b'[[card]]\nid = "site-card"\ntitle = "Ours"\norder = 90\npages = ["Tell staff."]\n'
    found = opened(("programmes/ours.toml", OURS + card), ("programmes/left.png", PNG))
    assert found.files == {}
    assert "it holds no programme" in found.refused[0]


@pytest.mark.parametrize("name", ["a.svg", "x/a.png", "../a.png", ".png", "a.png/b.png"])
def test_other_names_are_left_aside(name: str) -> None:
    found = opened((f"programmes/{name}", PNG))
    assert found.files == {}
    assert "was left aside" in found.refused[0]


def test_pictures_come_in_by_presses_and_are_used_at_once(desk: AtStick, tmp_path: Path) -> None:
    """Passed one by one on the screen, stored byte for byte, audited, and in the library that the runtime goes by."""
    raw = zipped({"programmes/ours.toml": OURS, "programmes/left.png": PNG, "programmes/right.mp4": b"none"})
    brought(desk, tmp_path / "stick", raw)
    assert desk.state.brought is not None
    assert [(one.file, one.state) for one in desk.state.brought.programmes] == [("left.png", "new")]
    assert "this is no PNG, JPEG or MP4 file" in desk.state.brought.refused[0]
    desk.choose("programmes")
    assert any("left.png" in scene for scene in desk.scenes)
    desk.choose("take")
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    folder = desk.data / "programmes"
    assert (folder / "left.png").read_bytes() == PNG
    assert {path.name for path in folder.iterdir()} == {"ours.toml", "left.png"}
    assert desk.stick_service.library is not None
    assert [picture.file for picture in desk.stick_service.library.pictures] == ["left.png"]
