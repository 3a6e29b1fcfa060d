"""What is heard next, and what the simulated voice heard: newest wins, nothing overlaps, nothing comes late."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.clock import SimClock
from kiosk.devices.sound import Speaker
from kiosk.devices.sound_queue import CUE_LATE_MS, TONE_LATE_MS, Playlist, SoundKind, SoundOrder
from kiosk.devices.sound_sim import TONE_MS, Heard, SimSound
from kiosk.signals import Spoken

LENGTHS = {f"{kind}{n}": ms for kind in ("say", "cue", "hold") for n, ms in enumerate((200, 900, 3_000))}
"""How long a prompt of the random walk is heard; one without a length has no file."""


def prompt(name: str, t_ms: int = 0, *, hold: bool = False, droppable: bool = False) -> SoundOrder:
    return SoundOrder(SoundKind.PROMPT, name, t_ms, hold, droppable)


def test_the_newest_waiting_prompt_wins() -> None:
    """Of two prompts that wait, the older one is forgotten."""
    playlist = Playlist()
    playlist.ask(prompt("old"))
    playlist.ask(prompt("new"))
    assert playlist.next(0) == prompt("new")
    playlist.finished(10)
    assert playlist.next(10) is None


def test_a_newer_prompt_ends_the_one_that_plays() -> None:
    """Nothing is spoken about a picture that is gone, and nothing overlaps."""
    playlist = Playlist()
    playlist.ask(prompt("old"))
    playlist.next(0)
    assert not playlist.must_end()
    playlist.ask(prompt("new", 100))
    assert playlist.must_end()
    assert playlist.next(100) is None
    playlist.finished(180)
    assert playlist.next(180) == prompt("new", 100)


def test_a_late_cue_is_dropped_and_a_question_is_not() -> None:
    """At 80 ms a cue is spoken, after that it would be about something else; questions and what is held always are."""
    for order, at_ms, spoken in (
        (prompt("cue", droppable=True), CUE_LATE_MS, True),
        (prompt("cue", droppable=True), CUE_LATE_MS + 1, False),
        (prompt("ask.paused"), 60_000, True),
        (prompt("relax-eyes.end", hold=True), 60_000, True),
    ):
        playlist = Playlist()
        playlist.ask(order)
        assert (playlist.next(at_ms) is not None) is spoken


def test_a_cue_takes_nobodys_place() -> None:
    """It cuts no question and replaces none that waits; another cue it does, and a question replaces and cuts it."""
    playlist = Playlist()
    playlist.ask(prompt("ask.comfort"))
    playlist.ask(prompt("cue", droppable=True))
    assert playlist.next(0) == prompt("ask.comfort")
    playlist.ask(prompt("cue", 10, droppable=True))
    assert not playlist.must_end()
    playlist.ask(prompt("newer cue", 20, droppable=True))
    playlist.finished(90)
    assert playlist.next(90) == prompt("newer cue", 20, droppable=True)
    playlist.ask(prompt("third cue", 310, droppable=True))
    assert playlist.must_end()
    playlist.ask(prompt("ask.paused", 320))
    playlist.finished(390)
    assert playlist.next(390) == prompt("ask.paused", 320)


def tone(name: str, t_ms: int = 0) -> SoundOrder:
    return SoundOrder(SoundKind.TONE, name, t_ms)


def test_an_end_is_heard_although_the_next_step_begins_with_it() -> None:
    """An arm rest and a quiet stretch have no lead-in: their start may not take the place of the end before them."""
    for heard_first in (False, True):
        playlist = Playlist()
        playlist.ask(tone("end"))
        if heard_first:
            assert playlist.next(0) == tone("end")
        playlist.ask(prompt("quiet.start"))
        playlist.ask(tone("start"))
        assert not playlist.must_end()
        if not heard_first:
            assert playlist.next(0) == tone("end")
        playlist.finished(580)
        assert playlist.next(580) == prompt("quiet.start", 580)


def test_a_danger_takes_the_place_of_an_end() -> None:
    """And so does a start that comes later than the end's own moment."""
    playlist = Playlist()
    playlist.ask(tone("end"))
    playlist.ask(tone("danger"))
    assert playlist.next(0) == tone("danger")
    playlist = Playlist()
    playlist.ask(tone("end"))
    playlist.next(0)
    playlist.ask(tone("start", TONE_LATE_MS + 1))
    assert playlist.must_end()


def test_what_waits_is_known_before_it_is_taken() -> None:
    """A device that was closed is opened first, and then it is too late for a cue, or not."""
    playlist = Playlist()
    waited = [playlist.waits]
    playlist.ask(prompt("cue", droppable=True))
    waited.append(playlist.waits)
    assert playlist.next(CUE_LATE_MS + 1) is None
    assert [*waited, playlist.waits] == [False, True, False]


def test_a_held_prompt_is_heard_to_its_end() -> None:
    """The red flags are read out whatever else is said meanwhile; silence and being asked for again still end them."""
    playlist = Playlist()
    playlist.ask(prompt("flags", 0, hold=True))
    playlist.ask(prompt("other", 0))
    assert playlist.next(0) == prompt("flags", 0, hold=True)
    playlist.ask(prompt("other", 5))
    playlist.ask(SoundOrder(SoundKind.TONE, "end", 5))
    assert not playlist.must_end()
    playlist.ask(prompt("flags", 9, hold=True))
    assert playlist.must_end()
    playlist.finished(89)
    playlist.next(90)  # the tone
    playlist.finished(95)
    assert playlist.next(95) == prompt("flags", 9, hold=True)


def test_what_ends_a_step_is_said_before_what_begins_the_next() -> None:
    """Both are asked for in the same moment, after the end's tone: "Open your eyes" used to be replaced each time."""
    playlist = Playlist()
    playlist.ask(SoundOrder(SoundKind.TONE, "end", 0))
    playlist.ask(prompt("relax-eyes.end", hold=True))
    playlist.ask(prompt("glasses-on", hold=True))
    playlist.ask(prompt("relax-cheeks.start"))
    heard = []
    for t_ms in (0, 400, 1_700, 3_000):
        order = playlist.next(t_ms)
        heard.append(order.name if order else "")
        playlist.finished(t_ms + 350)
    assert heard == ["end", "relax-eyes.end", "glasses-on", "relax-cheeks.start"]


def test_hush_ends_everything() -> None:
    """Stop means silence: what plays ends, what waits is forgotten, and the next prompt is heard again."""
    playlist = Playlist()
    playlist.ask(prompt("flags", 0, hold=True))
    playlist.next(0)
    playlist.ask(prompt("more", 1))
    playlist.hush()
    assert playlist.must_end()
    playlist.finished(80)
    assert playlist.next(80) is None
    playlist.ask(prompt("next", 90))
    assert playlist.next(90) == prompt("next", 90)
    assert not playlist.must_end()


def test_a_tone_goes_before_its_prompt_and_makes_it_not_late() -> None:
    """A step's tone and its words come in this order, even if the tone is longer than a prompt may wait."""
    playlist = Playlist()
    playlist.ask(prompt("words"))
    playlist.ask(SoundOrder(SoundKind.TONE, "start", 0))
    assert playlist.next(0) == SoundOrder(SoundKind.TONE, "start", 0)
    assert not playlist.must_end()
    playlist.finished(600)
    assert playlist.next(600) == prompt("words", 600)


def test_the_simulated_voice_tells_when_words_ended() -> None:
    """Spoken comes at the end of the prompt by the injected clock, not before, and the wait knows when."""
    clock = SimClock(t_ms=1_000)
    voice: Speaker = SimSound(clock, {"hello": 1_500}.get)
    voice.say("hello", clock.now_ms())
    assert voice.deadline_ms() == 2_500
    clock.advance(1_499)
    assert list(voice.drain(clock.now_ms())) == []
    clock.advance(1)
    assert list(voice.drain(clock.now_ms())) == [Spoken("hello", 2_500)]
    assert voice.deadline_ms() is None


def test_the_simulated_voice_fades_and_never_overlaps() -> None:
    """A cut prompt is heard 40 ms longer, the next one begins after that, and a cut one is never told as spoken."""
    clock = SimClock(t_ms=0)
    voice = SimSound(clock)
    voice.say("one", 0)
    clock.advance(500)
    voice.say("two", 500)
    clock.advance(5_000)
    assert list(voice.drain(clock.now_ms())) == [Spoken("two", 2_540)]
    assert voice.heard == [Heard(SoundKind.PROMPT, "one", 0, 540, cut=True), Heard(SoundKind.PROMPT, "two", 540, 2_540)]


def test_the_simulated_voice_is_silent_when_it_has_to_be() -> None:
    """Hush, volume 0 and a missing file: nothing is heard and nothing is told as spoken."""
    clock = SimClock(t_ms=0)
    voice = SimSound(clock, {"known": 1_000}.get)
    voice.say("unknown", 0)
    assert voice.duration_ms("unknown") is None
    assert voice.missing == ["unknown"]
    assert "unknown" in str(voice.problem)
    voice.say("known", 0)
    voice.tone("start")
    voice.hush()
    voice.set_volume(0)
    assert not voice.audible
    voice.say("known", 0)
    voice.tone("end")
    clock.advance(5_000)
    assert list(voice.drain(clock.now_ms())) == []
    assert voice.heard == []
    voice.close()


@example([("tone", 0, 0), ("cue", 0, 0), ("tone", 1, 0), ("tone", 400, 0)])  # 881 ms late, before
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["say", "cue", "hold", "tone", "hush", "wait"]), st.integers(0, 1_500), st.integers(0, 3)
        ),
        max_size=40,
    )
)
def test_whatever_is_asked_two_sounds_never_overlap(moves: list[tuple[str, int, int]]) -> None:
    """In any order of asking, one thing is heard at a time; only whole prompts are told; no cue begins late.

    What is held is heard whole and in its order, and the newest prompt is heard, unless silence was wanted.
    """
    clock = SimClock(t_ms=0)
    voice = SimSound(clock, LENGTHS.get)
    asked: dict[str, int] = {}
    held: list[str] = []
    newest = ""
    told: list[Spoken] = []
    for what, dt, which in moves:
        clock.advance(dt)
        now = clock.now_ms()
        if what in ("say", "cue", "hold"):
            name = f"{what}{which}"
            voice.say(name, now, hold=what == "hold", droppable=what == "cue")
            asked[name] = now
            held += [name] if what == "hold" and LENGTHS.get(name) else []
            newest = newest if what == "cue" else name if what == "say" and name in LENGTHS else ""
        elif what == "tone":
            voice.tone("start")
            newest = ""  # it may be cut by it
        elif what == "hush":
            voice.hush()
            held, newest = [], ""
        told += [s for s in voice.drain(now) if isinstance(s, Spoken)]
    clock.advance(30_000)
    told += [s for s in voice.drain(clock.now_ms()) if isinstance(s, Spoken)]
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(voice.heard))
    assert all(h.start_ms < h.end_ms for h in voice.heard)
    whole = [(h.name, h.end_ms) for h in voice.heard if h.kind is SoundKind.PROMPT and not h.cut]
    assert [(s.prompt, s.t_ms) for s in told] == whole
    for h in voice.heard:
        if h.name.startswith("cue") and h.start_ms >= asked[h.name]:
            assert h.start_ms - asked[h.name] <= CUE_LATE_MS + TONE_MS
    assert not set(held) - {name for name, _ in whole}
    assert not newest or newest in {name for name, _ in whole}
