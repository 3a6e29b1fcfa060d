"""``kiosk measure VIDEO``: the movements in a recording, how far and how fast each side went.

The same looker and the same arithmetic as at the bedside. Approximate, and no medical measure.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
import cv2

from kiosk.errors import MeasureError
from kiosk.face.metrics import measure
from kiosk.face.model import Measure, Quality, Reading, UnseenReason, Zone
from kiosk.face.nets import Nets, folder_of, read_models
from kiosk.face.regions import LEAST_RESTING, RegionLookers, RegionSeen
from kiosk.face.segments import MovementSpan
from kiosk.films.film import FilmFile

MOST_HZ = 30.0
"""More pictures a second than this say nothing new about a slow movement."""
_LARGEST_PX = 1280
_CLOSEST_S = 1 / 45
"""A picture that comes sooner after the last one is not looked at; near ``MOST_HZ`` every one is."""
NEUTRAL_S = 1.0
_AWAY = 5
"""Number of pictures without the face that are no slip of the looker."""

WHY = {
    UnseenReason.NO_FACE: "there is no face to be found",
    UnseenReason.TWO_FACES: "there are two faces in the picture",
    UnseenReason.TURNED: "the head is turned away from where it was at rest",
    UnseenReason.TOO_FAR: "the face is too small in the picture",
    UnseenReason.TOO_NEAR: "the face is not wholly in the picture",
    UnseenReason.TOO_DARK: "the picture is too dark",
    UnseenReason.TOO_BRIGHT: "the picture is too bright",
    UnseenReason.COVERED: "too little of the face can be followed",
    UnseenReason.NO_NEUTRAL: "the face was not seen at rest at the beginning",
    UnseenReason.TOO_FEW: "there are too few usable pictures",
    UnseenReason.NO_MODEL: "the face models are missing",
    UnseenReason.SMALL: "the movement is too small to compare the sides",
    UnseenReason.BOTH_SIDES: "both sides are affected",
    UnseenReason.NOT_WATCHED: "nothing was watched",
    UnseenReason.NOT_FOLLOWED: "something moved that could not be followed",
    UnseenReason.RESTLESS: "the head did not keep still",
    UnseenReason.LARGE: "larger than can be measured: smaller",
    UnseenReason.LIDS: "the lids cannot be made out",
    UnseenReason.LIDS_UNLIKE: "the eyes rest unlike when their lids were taken",
    UnseenReason.STAYS_OPEN: "an eye does not close",
    UnseenReason.CUT_OFF: "it was not seen from its beginning to its end",
}


_REFUSED = {
    UnseenReason.TURNED: "the face was turned away",
    UnseenReason.RESTLESS: "the head did not keep still",
    UnseenReason.NO_NEUTRAL: "the mouth or the brows moved",
}
"""Refused face at rest → what it did instead."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """One movement; the person's own left and right, None for what was not measured.

    It lasts from ``start_s`` to ``end_s`` and is about one ``region``. The other fields are those of
    ``face.model.Measure``: ``excursion_left_mm``, ``excursion_right_mm``, ``symmetry``, ``peak_speed_mm_s``,
    ``onset_lag_ms``, ``closure_left``, ``closure_right``, ``quality`` and ``reason``.
    """

    start_s: float
    end_s: float
    region: str
    excursion_left_mm: float | None
    excursion_right_mm: float | None
    symmetry: float | None
    peak_speed_mm_s: float | None
    onset_lag_ms: int | None
    closure_left: float | None
    closure_right: float | None
    quality: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegionAnswer:
    """The pictures of one region: ``frames_measured`` were, those at rest included.

    Of ``frames_after_rest`` with a face in them ``frames_not_measured`` were not, mostly for ``reason``. ``known``: few
    enough to say that nothing else moved there.
    """

    frames_measured: int
    frames_after_rest: int
    frames_not_measured: int
    reason: str
    known: bool


@dataclass(slots=True)
class Measured:
    """The content of the recording ``video``. ``notes`` are sentences for people; the rest is the JSON.

    In ``frames_measured`` of ``frames_total`` pictures, ``fps`` a second by their own times, each region was measured
    that can be; ``frames_missing`` more could not be read, those behind the end of a cut file not counted. ``regions``
    says how it stands with each. ``repetitions`` were found. ``no_movement_asymmetry_mm``: the difference of the mouth
    corners while nothing moves.
    """

    video: str
    fps: float
    frames_total: int = 0
    frames_measured: int = 0
    frames_missing: int = 0
    regions: dict[str, RegionAnswer] = field(default_factory=dict)
    repetitions: list[Repetition] = field(default_factory=list)
    no_movement_asymmetry_mm: float | None = None
    notes: list[str] = field(default_factory=list)


def measure_video(
    path: Path,
    nets: Nets | None,
    affected: str = "",
    neutral_s: float = NEUTRAL_S,
    went_on: Callable[[int, int], None] | None = None,
    partial: bool = False,
) -> Measured:
    """Measure the unmirrored video at ``path``; the face rests for ``neutral_s`` s from where it is first seen.

    ``affected``: ``left``, ``right`` or empty (the sides are then not compared). ``went_on`` hears how many pictures of
    about how many are done. ``partial``: a film that is cut off is measured as far as it goes. MeasureError or
    FilmError, with a sentence, where nothing could be measured.
    """
    cv2.setNumThreads(1)
    film = FilmFile(path, _LARGEST_PX)
    if film.cut and not partial:
        raise MeasureError(f"{path}: {film.cut}; copy it again, or measure what is there with --partial")
    answer = Measured(str(path), round(film.rate, 3))
    resting_s = max(neutral_s, LEAST_RESTING / min(film.rate or MOST_HZ, MOST_HZ))
    watch = RegionLookers(nets, resting_s)
    looked_s = -1.0
    for done, picture in enumerate(film.pictures(), 1):
        answer.frames_total = done
        if picture.t_s - looked_s >= _CLOSEST_S:
            looked_s = picture.t_s
            watch.look(picture.t_s, picture.pixels())
        if went_on:
            went_on(done, len(film.times_s))
    answer.frames_missing = film.missing
    seen = [watch.seen(zone) for zone in Zone]
    if not any(one.measured for one in seen):
        raise MeasureError(f"{path}: nothing could be measured: {_why_not(watch, answer.frames_total, resting_s)}")
    answer.frames_measured = watch.measured
    answer.regions = {
        one.zone.value: RegionAnswer(one.measured, one.after_rest, one.silent, one.reason.value, one.known)
        for one in seen
    }
    answer.notes = [*([film.cut] if film.cut else []), *film.notes(), *_notes(watch, seen, resting_s)]
    found = watch.movements()
    unrested = {one.zone for one in seen if not one.rested}
    answer.repetitions = [
        _repetition(zone, stretch, None if zone in unrested else watch.between(zone, stretch), affected)
        for zone, stretch in found
    ]
    if Zone.MOUTH not in unrested:
        answer.no_movement_asymmetry_mm = watch.resting_difference([stretch for _, stretch in found])
    return answer


def run_measure(path: Path, data: Path, affected: str, neutral_s: float, as_json: bool, partial: bool = False) -> int:
    """Measure, answer on stdout, say on stderr what a reader should know. MeasureError where nothing could be.

    Returns 0; 1 where so little of a region was seen that more may have moved there than the answer says.
    """
    nets, why = read_models(folder_of(data))
    if nets is None:
        click.echo(f"{why}; until then eyes are not measured, and the rest less surely", err=True)
    with click.progressbar(length=1, label=path.name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def went_on(done: int, of: int) -> None:
            bar.length = max(of, done)
            bar.update(done - bar.pos)

        answer = measure_video(path, nets, affected, neutral_s, went_on, partial)
    for note in answer.notes:
        click.echo(note, err=True)
    click.echo(to_json(answer) if as_json else as_table(answer))
    return 1 if _unknown(answer) else 0


def _why_not(watch: RegionLookers, total: int, resting_s: float) -> str:
    """The sentence for a recording in which nothing could be measured."""
    readings = watch.readings[Zone.MOUTH]
    if total < LEAST_RESTING:
        return f"it has only {total} picture{'s' if total > 1 else ''}"
    if not any(r.present for r in readings):
        return WHY[UnseenReason.NO_FACE]
    reasons = Counter(r.reason for r in readings if r.reason not in (UnseenReason.NONE, UnseenReason.NO_NEUTRAL))
    if watch.refused is not UnseenReason.NONE and not reasons:
        told = _REFUSED.get(watch.refused, "there are too few usable pictures")
        when = f"in the first {resting_s:g} s after the face was seen"
        return f"{told} {when}: begin the recording at rest, facing the camera"
    if not reasons:
        return f"the face is seen for less than the {resting_s:g} s at rest (--neutral)"
    reason, count = reasons.most_common(1)[0]
    return f"{WHY[reason]} ({count} of {len(readings)} pictures)"


def _notes(watch: RegionLookers, seen: Sequence[RegionSeen], resting_s: float) -> list[str]:
    """Sentences that a reader should know about the pictures that were not measured."""
    found = [
        f"{one.zone}: {WHY[one.reason]} ({one.silent} of {one.after_rest} pictures after rest were not measured)"
        for one in seen
        if one.silent and one.rested and one.reason is not UnseenReason.NO_MODEL
    ]
    found += [
        f"{one.zone}: for most of the time it lies below where it was in the first {resting_s:g} s: that was no rest, "
        "so nothing can be measured against it; begin the recording at rest"
        for one in seen
        if not one.rested
    ]
    readings = watch.readings[Zone.MOUTH]
    present = [i for i, r in enumerate(readings) if r.present]
    away = [i for i, r in enumerate(readings) if not r.present and present and i > present[0]]
    if len(away) >= _AWAY:
        found.append(f"the face leaves the picture (first at {readings[away[0]].t_ms / 1000:.1f} s)")
    return found


def _repetition(zone: Zone, span: MovementSpan, readings: Sequence[Reading] | None, affected: str) -> Repetition:
    """``readings`` None: there is no face at rest to measure against."""
    found = Measure(reason=UnseenReason.NO_NEUTRAL) if readings is None else measure(readings, zone, affected)
    if found.quality is not Quality.NONE and not (span.begun and span.ended):
        found = Measure(reason=UnseenReason.CUT_OFF)

    def rounded(value: float | None, digits: int) -> float | None:
        return None if value is None else round(value, digits)

    return Repetition(
        start_s=round(span.start_s, 3),
        end_s=round(span.end_s, 3),
        region=zone.value,
        excursion_left_mm=rounded(found.excursion_left_mm, 2),
        excursion_right_mm=rounded(found.excursion_right_mm, 2),
        symmetry=rounded(found.symmetry, 3),
        peak_speed_mm_s=rounded(found.peak_speed_mm_s, 2),
        onset_lag_ms=found.onset_lag_ms,
        closure_left=rounded(found.closure_left, 3),
        closure_right=rounded(found.closure_right, 3),
        quality=found.quality.value,
        reason=found.reason.value,
    )


def _unknown(answer: Measured) -> list[str]:
    """Regions of which so little was seen that more may have moved there; not those that no model is there for."""
    return [
        name
        for name, region in answer.regions.items()
        if not region.known and region.reason != UnseenReason.NO_MODEL.value
    ]


def to_json(answer: Measured) -> str:
    """``Measured`` without its notes; ``regions`` by name, ``repetitions`` as a list."""
    content = asdict(answer)
    del content["notes"]
    return json.dumps(content, indent=2, ensure_ascii=False)


_HEAD = ("", "seconds", "left mm", "right mm", "left closed", "right closed", "symmetry", "mm/s", "later by ms", "")


def as_table(answer: Measured) -> str:
    """The answer as text for people: one line for each movement, and what the figures are not."""
    rows = [_HEAD, *map(_cells, answer.repetitions)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = [f"{answer.video}: {answer.frames_measured} of {answer.frames_total} pictures measured"]
    lines += ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    unknown = _unknown(answer)
    if not answer.repetitions:
        calm = [name for name, region in answer.regions.items() if region.known]
        lines[1:] = ["No movement was found" + (f" of: {', '.join(calm)}." if unknown else ".")] if calm else []
    if unknown:
        what = "anything else" if answer.repetitions else "anything"
        lines.append(f"Whether {what} moved is not known of: {', '.join(unknown)}.")
    if answer.no_movement_asymmetry_mm is not None:
        lines.append(
            f"At rest the sides differ by {answer.no_movement_asymmetry_mm:.2f} mm: smaller differences say nothing."
        )
    lines.append(
        "Left and right are the person's own, in a video that is not mirrored. Millimetres are approximate: 63 mm "
        "between the pupils is assumed. This is no medical measure."
    )
    return "\n".join(lines)


def _cells(one: Repetition) -> tuple[str, ...]:
    def figure(value: float | None, digits: int) -> str:
        return "–" if value is None else f"{value:.{digits}f}"

    told = WHY.get(UnseenReason(one.reason), "")
    return (
        one.region,
        f"{one.start_s:.1f}–{one.end_s:.1f}",
        figure(one.excursion_left_mm, 1),
        figure(one.excursion_right_mm, 1),
        figure(one.closure_left, 2),
        figure(one.closure_right, 2),
        figure(one.symmetry, 2),
        figure(one.peak_speed_mm_s, 1),
        figure(one.onset_lag_ms, 0),
        told or ("some pictures are missing" if one.quality == Quality.PARTIAL else ""),
    )
