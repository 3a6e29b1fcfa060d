"""The tables of real people at the head of ``docs/face-accuracy.md``, made again by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from kiosk.face.nets import Nets, read_models
from tests.bench.face import changed, moving
from tests.bench.face.moving import Bent
from tests.bench.face.people import film

BEGIN, END = "## Faces whose look does not change", "## Bars"
HEAD = """# How well the kiosk sees a movement

Written by `python -m tests.bench.face` (drawn faces) and `python -m tests.bench.face --people` (what stands before the
bars); do not edit.

* **Where a face keeps its look** while it moves, the ratio of the sides is right within some hundredths: drawn faces,
  and photographs of real people that were bent by known amounts.
* **Where a person really moves**, teeth and folds change the look: a small movement is followed by links of pictures,
  a large or quick one is lost. That is said ("larger than can be measured: smaller", "something moved that could not be
  followed") and leaves no figure.

No person with facial palsy, no Raspberry Pi and no bedside light has been tried. All figures are errors unless a
heading says otherwise; r is the affected side over the other; millimetres rest on 63 mm between the pupils."""
NO_PEOPLE = "The films are not here: run `python -m tests.bench.face.people` with a network."


def tables(models: Path, say: Callable[[str], None]) -> str:
    """Measure, and write the tables. SystemExit, with a sentence, where models or films are missing."""
    cv2.setNumThreads(1)
    nets, why = read_models(models)
    if nets is None:
        raise SystemExit(why)
    if not film("cap13").is_file():
        raise SystemExit(NO_PEOPLE)
    return "\n\n".join([*_still(nets, say), *_moving(nets, say)]) + "\n\n"


def put(page: str, made: str) -> str:
    """Return ``page`` with its first lines and these tables before its bars."""
    return f"{HEAD}\n\n{made}{page[page.index(END) :]}"


def _still(nets: Nets, say: Callable[[str], None]) -> list[str]:
    say("bent photographs")
    found = moving.bent(nets, moving.HELD_OUT, changed=False)
    return [
        BEGIN,
        f"Photographs of {len(moving.HELD_OUT)} real people who were not used to tune, bent by known amounts (a smile\n"
        "of one side and 1, 0.5 or 0.2 of it on the other), with noise: skin keeps its look. Of them "
        f"{max(one.refused for one in found.values()) // len(moving.RATIOS)} was\nrefused as no face at rest.",
        _bent_table(found),
        f"Of {len(moving.STRAIGHT)} photographs of as many people who, by eye, look straight, {moving.straight(nets)} "
        "are taken for a face at rest.",
    ]


def _moving(nets: Nets, say: Callable[[str], None]) -> list[str]:
    say("photographs with teeth and folds")
    found = moving.bent(nets, moving.HELD_OUT, changed=True)
    answers = moving.answered(nets, moving.STRETCHES, say)
    (unseen, taken), apart = moving.unseen(nets, say), changed.table(nets, say)
    rows = [
        [f"{low}–{high} mm" if high < 99 else f"over {low} mm", _share(answers[low, high]), _share(unseen[low, high])]
        for low, high in moving.BINS_MM
    ]
    return [
        "## Moving people",
        "The same photographs with teeth and folds drawn in as the mouth moves:",
        _bent_table(found),
        "Real films, by how far the mesh sees a corner of the mouth go (it sees some 0.6 of the truth): the share of\n"
        "pictures that were answered, and their number. *Tuned on*: two films of one man. *Held back*: one of another\n"
        f"man, who talks and smiles, in {len(moving.UNSEEN_FROM)} stretches at an even distance; {taken} of them begin "
        "with a face that is\ntaken for one at rest. Pictures of a turned head are not counted; what is not answered "
        "is said to be larger\nthan can be measured, or not to have been followed.",
        _table(["the mesh sees", "tuned on", "held back"], rows),
        "One movement of the first of these films (a mouth that opens; 0.7 px to a millimetre, 150 kbit/s), changed\n"
        "in ways that change no movement: how far r then is from what it was, and the corners (the middle of all\n"
        "pictures). Played from its end, or coded anew and coarsely, r may be off by more than 0.05.",
        _table(["changed", "r", "mm"], [[name, f"{r:.3f}", f"{mm:.2f}"] for name, (r, mm) in apart.items()]),
    ]


def _bent_table(found: dict[float, Bent]) -> str:
    rows = [
        [f"{size:g} mm", *map(_figure, (one.r, one.r and [max(one.r)], one.reach)), f"{len(one.r)} of {one.asked}"]
        for size, one in found.items()
    ]
    head = ["the other side goes", "r, mean error", "r, largest", "reach, share", "answered"]
    return _table(head, rows)


def _figure(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f}" if values else "–"


def _share(answers: Sequence[bool]) -> str:
    return f"{np.mean(answers):.2f} of {len(answers)}" if answers else "–"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
