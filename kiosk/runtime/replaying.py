"""Line drawings: those of a repetition are kept, and one is played, moment by moment."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.care.library import Library
from kiosk.care.words import moment_words
from kiosk.clock import ClockStatus, local_moment
from kiosk.desk.shown import ReplayLine
from kiosk.errors import ReplayError, StoreError
from kiosk.face.model import Reading
from kiosk.records.reader import Reader
from kiosk.rows.kinds import RepetitionRow, ReplayRow, utc_moment
from kiosk.runtime.ports import Ports
from kiosk.session.effects import RepetitionDone
from kiosk.words import Words

log = logging.getLogger(__name__)

LISTED = 30
"""Line drawings that the desk lists: the newest."""
EVERY_MS = 66
SLOWED = 2
STILL_MS = 1_000
"""Time for which the drawing stands still before it begins again."""

Lines = tuple[tuple[tuple[int, int], ...], ...]


def replay_lines(reader: Reader, library: Library, code: str, words: Words = str) -> tuple[ReplayLine, ...]:
    """The person's newest line drawings, for the list."""
    found = reader.replayed(code, LISTED)
    sessions = {row.session_id: row for row in reader.sessions(code, 100)} if found else {}
    steps = {
        (step.session_id, step.order): step.exercise
        for session_id in dict.fromkeys(row.session_id for row in found)
        for step in reader.steps(session_id)
    }
    lines = []
    for row in found:
        session = sessions.get(row.session_id)
        exercise = steps.get((row.session_id, row.step_order), "")
        known = library.exercises.get(exercise)
        dated = session is not None and session.clock_status != ClockStatus.UNSET
        when = moment_words(local_moment(utc_moment(session.start_utc)), words) if session is not None and dated else ""
        lines.append(ReplayLine(_key(row), known.title if known else exercise, when, row.repetition + 1))
    return tuple(lines)


def keep_lines(ports: Ports, session_id: str, done: RepetitionDone, seen: Sequence[Reading]) -> None:
    """Keep the lines of a repetition that was stored just now; aside, because packing takes longer than a picture.

    Not while the storage is in trouble: room and memory belong to what was practised.
    """
    if not seen or ports.store.problem:
        return

    def pack() -> bool:
        from kiosk.face import replay

        points = replay.of(seen)
        return points is None or bool(ports.store.put(ReplayRow(session_id, done.step, done.repetition, points)))

    ports.workshop.give(0, pack)


def _key(row: RepetitionRow | ReplayRow) -> str:
    return f"{row.session_id}/{row.step_order}/{row.repetition}"


class Replaying:
    """Plays one line drawing after the other, slowly and over and over. ``key`` is that of a ``ReplayLine``."""

    def __init__(self, reader: Reader, key: str, now_ms: int) -> None:
        from kiosk.face import replay  # numpy: not needed before somebody looks

        self.key, self._since_ms = key, now_ms
        self._replay: replay.Replay | None = None
        session_id, step, repetition = key.split("/")
        try:
            row = reader.replay(session_id, int(step), int(repetition))
            self._replay = None if row is None else replay.read(row.points)
        except (ReplayError, StoreError) as why:
            log.warning("%s: %s", key, why)

    def lines(self, now_ms: int) -> Lines:
        """The lines at this moment, in tenths of a millimetre; none where the drawing cannot be shown."""
        if self._replay is None:
            return ()
        shown = self._shown_ms(now_ms) % (self._replay.length_ms * SLOWED + STILL_MS)
        return tuple(_line(line.tolist()) for line in self._replay.lines_at(shown / SLOWED))

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return the moment at which the drawing moves on; None: none is played."""
        return None if self._replay is None else self._since_ms + self._shown_ms(now_ms) + EVERY_MS

    def _shown_ms(self, now_ms: int) -> int:
        return (now_ms - self._since_ms) // EVERY_MS * EVERY_MS


def _line(points: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    return tuple((round(10 * x), round(10 * y)) for x, y in points)
