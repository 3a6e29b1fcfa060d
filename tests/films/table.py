"""Writes docs/films.md from the table of kinds and from what the tests found: ``make docs``."""

from __future__ import annotations

from tests import figures
from tests.films.kinds import KINDS
from tests.films.made import LEFT_MM, RIGHT_MM, RISES_S, FilmKind, drawn

HEAD = """# Films that can be read

<!-- Written by `make docs` from tests/films/. Change it there. -->

For whoever measures recordings with `kiosk measure`, or plays one as the camera (`camera.video`). One drawn person
smiles in every film of this table, and each film is written by the tests as phones, browsers, webcams, recorders and
editors would write it. For each a test compares every picture and its time with what was drawn (`make test`); `make
test-slow` measures it.

* **Right** would be: the person's own right {right:.1f} mm, left {left:.1f} mm, a ratio of {ratio:.2f}, {speed:.1f}
  mm/s (63 mm between the pupils are assumed).
* **Measured** is what `kiosk measure` found, and **OpenCV's reader** what its `VideoCapture` makes of the same file:
  its pictures, their times, the rate that it promises, and how its pictures stand.
  It was our reader until November 2026; [why it is no more](decisions/films-one-reader.md).
* A figure is a test's own; `–` where none was kept yet. No film of a real device is among them.

"""
TAIL = """
## What is no whole film

A wrong file ends with 1 and one sentence: no such file, a folder, an empty one, a picture, sound alone, no picture,
encrypted by a shop or by age, no times (a bare stream), pictures beyond 8192 × 4320, an angle that is no right one,
pixels more than four times as wide as high, a recording that was never ended.

A film that ends too early ends with 1 as well, before anything is measured; with `--partial` what is there is
measured. Behind a damaged place reading goes on. What builds on it, up to the next key picture, is not used, and how
many pictures are missing is said (`frames_missing`). Pictures on which no later time stands, or whose shape is not
that of the first, are left out and counted.

## What cannot be noticed

* HEVC, VP8, VP9 and AV1 hold no checksums. A lost sector (zeros) is found; a few changed bytes may decode to a wrong
  picture without complaint.
* The end of an MPEG program stream or of Windows Media that was cut between two pictures; of MPEG-TS and of a
  browser's WebM that was cut exactly between two parts.
* AVI has an order and a rate, no times: behind a lost picture all are early by one.
* A film that was mirrored before it was written, and does not say so: left and right are then exchanged.
"""
MEASURED = "tests/films/test_measured.py::test_each_kind_is_measured"


def films_page() -> str:
    """The page."""
    unit = 63 / drawn().pupils_mm
    head = HEAD.format(
        right=RIGHT_MM * unit, left=LEFT_MM * unit, ratio=LEFT_MM / RIGHT_MM, speed=RIGHT_MM / RISES_S * unit
    )
    rows = [
        "| film | as written by | stored | pictures | measured | OpenCV's reader |",
        "|---|---|---|---|---|---|",
        *map(_row, KINDS),
    ]
    return head + "\n".join(rows) + "\n" + TAIL


def _row(kind: FilmKind) -> str:
    kept = figures.read().get(f"{MEASURED}[{kind.name.replace(' ', '-')}]", {}).get("figure", "–; –")
    measured, _, other = kept.partition("; ")
    stored = f"{kind.suffix} {kind.codec.removeprefix('lib')} {kind.pix}"
    shown = f"{len(kind.right_times)} in {kind.right_times[-1]:.2f} s, {kind.size[0]} × {kind.size[1]}"
    return f"| {kind.name} | {kind.by} | {stored} | {shown} | {measured} | {other} |"
