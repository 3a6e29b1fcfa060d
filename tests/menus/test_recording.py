"""Being recorded, at the desk: words before a consent, one choice to take it back, and drawings to look at."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.care.consent import CONSENTS, WORDING, WORDINGS
from kiosk.care.model import Permission
from kiosk.desk.effects import Bind, Change, SavePerson
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import ReplayLine
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import recording, staff
from kiosk.screens.scene import LineDrawing, NoteScene
from kiosk.signals import Button
from tests.care.people import PARETIC, SYNKINETIC
from tests.menus.menus import AtDesk, staff_data

AGREED = replace(PARETIC, permissions=(Permission.NECK, Permission.CLIPS, Permission.REPLAYS))
LINES = (ReplayLine("s2/0/1", "Small smile", "Mon 2 March 09:41", 2), ReplayLine("s1/0/0", "Small smile"))


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


def test_both_consents_are_off_until_they_are_given() -> None:
    """A new person agrees to nothing, and the two are asked for apart."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("consent")
    assert staff.options(desk.state) == ("clips", "replays")
    assert desk.state.frame.cursor is None


def test_a_consent_is_given_only_after_its_words_were_on_the_screen() -> None:
    """Every paragraph of them; then who wrote it down and which version it was go with the change."""
    for consent in CONSENTS:
        desk = AtDesk.entered(staff_data(PARETIC))
        desk.choose("consent", consent)
        scene = present_staff(desk.state, "", same)
        assert isinstance(scene, NoteScene)
        assert scene.lines == WORDINGS[consent]
        assert (scene.strip.green, scene.strip.amber) == ("They agree", "They do not")
        assert desk.of(SavePerson) == []
        desk.choose("yes")
        (saved,) = desk.of(SavePerson)
        assert saved.person.permissions == (consent,)
        assert saved.changes == (Change(f"permission.{consent}", "yes", WORDING),)
        assert saved.by == "therapist-1"


def test_whoever_does_not_agree_has_agreed_to_nothing() -> None:
    """Amber and red both lead back, and nothing is kept."""
    for answer in (Button.AMBER, Button.RED):
        desk = AtDesk.entered(staff_data(PARETIC))
        desk.choose("consent", "clips")
        desk.press(answer)
        assert desk.at(StaffPlace.CONSENT)
        assert desk.of(SavePerson) == []


def test_one_choice_takes_both_back() -> None:
    """No "are you sure", by any staff member; what staff ticked besides stays, and it cannot be undone."""
    for slot in ("therapist-1", "nurse-1"):
        desk = AtDesk.entered(staff_data(AGREED, replays=LINES), slot)
        desk.choose("consent", "withdraw")
        (saved,) = desk.of(SavePerson)
        assert saved.person.permissions == (Permission.NECK,)
        assert set(saved.changes) == {Change("permission.clips", "no"), Change("permission.replays", "no")}
        assert saved.by == slot
        assert staff.options(desk.state) == ("ok",)
        assert desk.state.undo is None
        desk.choose("ok")
        assert "replays" not in staff.options(desk.state), "what is deleted is no longer offered"


def test_a_nurse_takes_back_but_gives_nothing() -> None:
    """With nothing to take back there is no such entry for a nurse."""
    assert "consent" not in staff.options(AtDesk.entered(staff_data(PARETIC), "nurse-1").state)
    desk = AtDesk.entered(staff_data(replace(PARETIC, permissions=(Permission.CLIPS,))), "nurse-1")
    desk.choose("consent")
    assert staff.options(desk.state) == ("withdraw",)


def test_somebody_discharged_can_take_it_back() -> None:
    """By their code, whoever the kiosk is bound to now; it stays bound to whom it was."""
    left = replace(AGREED, code="23456X")
    for bound in (None, SYNKINETIC):
        desk = AtDesk.entered(staff_data(bound, former=(left, replace(PARETIC, code="A2345B"))), "nurse-1")
        desk.choose("consent", "former")
        assert staff.options(desk.state) == ("23456X",)
        desk.choose("23456X")
        (saved,) = desk.of(SavePerson)
        assert (saved.person.code, saved.person.permissions) == ("23456X", (Permission.NECK,))
        assert desk.of(Bind) == []
        assert desk.state.person == bound
        desk.choose("ok")
        assert "consent" not in staff.options(desk.state)


def test_a_change_saved_afterwards_brings_no_consent_back() -> None:
    """The plan that is changed next is the one without it, and taking that change back leaves it so."""
    desk = AtDesk.entered(staff_data(AGREED))
    desk.choose("consent", "withdraw", "ok", "person", "change", "graft", "yes", "save", "undo")
    assert [saved.person.permissions for saved in desk.of(SavePerson)] == [(Permission.NECK,)] * 3


def test_line_drawings_are_a_therapists() -> None:
    """The newest first, green plays one, red leads back; a nurse does not see the shape of a face."""
    assert "replays" not in staff.options(AtDesk.entered(staff_data(AGREED, replays=LINES), "nurse-1").state)
    assert "replays" not in staff.options(AtDesk.entered(staff_data(AGREED)).state)
    desk = AtDesk.entered(staff_data(AGREED, replays=LINES))
    desk.choose("replays", "s2/0/1")
    assert recording.replay(desk.state) == LINES[0]
    scene = present_staff(desk.state, "", same, (((0, 0), (10, 10)),))
    assert isinstance(scene, LineDrawing)
    assert (scene.title, scene.left, scene.right) == ("Small smile, repetition 2", "their left", "their right")
    assert "more even than the face is" in scene.note
    assert scene.lines == (((0, 0), (10, 10)),)
    broken = present_staff(desk.state, "", same)
    assert isinstance(broken, LineDrawing)
    assert broken.note == "This drawing cannot be shown."
    desk.press(Button.RED)
    assert recording.replay(desk.state) is None
    assert desk.at(StaffPlace.REPLAYS)
