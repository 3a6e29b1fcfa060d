"""Draws the recorded demo face, assets/demo/face.mp4: a calm loop of a person who does not exist.

    .venv/bin/python assets/tools/demo_face.py [--truth-only] [OUT.mp4]

Beside it, in face.json, goes what is true of each picture: the simulated sight tells it. ``--truth-only`` leaves the
film as it is. The person rests, smiles a little more on their own right side, lets the eyes close, lifts the brows,
nods and drifts. The last picture leads back to the first.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import cv2

from kiosk.drawn.person import DrawnFace, DrawnPicture
from kiosk.drawn.pose import Pose

FPS = 15
SECONDS = 40
SIZE = (1280, 720)
AFFECTED = 0.45
"""How far the person's own left side follows the right."""


def ease(x: float) -> float:
    """0 to 1 with a soft beginning and end."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def held(t: float, start: float, rise: float, hold: float, fall: float) -> float:
    """0 → 1 → 0: begins at ``start`` s, takes ``rise`` s, stays ``hold`` s, leaves in ``fall`` s."""
    return ease((t - start) / rise) * (1 - ease((t - start - rise - hold) / fall))


def blink(t: float, start: float) -> float:
    return held(t, start, 0.14, 0.06, 0.22)


def pose_at(t: float) -> Pose:
    """The face ``t`` seconds into the loop."""
    turn = 2 * math.pi * t / SECONDS
    smile = 6.0 * held(t, 6, 3, 3, 3) + 6.5 * held(t, 32.6, 2.4, 1.6, 2.6)
    closing = held(t, 18, 2.2, 3.6, 2.0)
    lid = max(closing, *(blink(t, s) for s in (2.6, 16.2, 27.4, 32.4, 39.3)))
    brows = 4.5 * held(t, 26.4, 1.2, 0.8, 1.2)
    nod = 5.0 * (held(t, 30.2, 0.7, 0.0, 0.8) + 0.7 * held(t, 31.7, 0.6, 0.0, 0.8))
    return Pose(
        corner_right_mm=smile,
        corner_left_mm=AFFECTED * smile,
        lid_right=lid,
        lid_left=0.92 * lid,
        brow_right_mm=brows,
        brow_left_mm=AFFECTED * brows,
        gaze_x_mm=0.5 * math.sin(3 * turn),
        gaze_y_mm=0.3 + 0.3 * math.sin(5 * turn),
        roll_deg=1.6 * math.sin(2 * turn) + 0.4 * math.sin(5 * turn),
        yaw_deg=1.4 * math.sin(3 * turn + 1),
        pitch_deg=nod + 0.8 * math.sin(4 * turn),
        shift_x_mm=5 * math.sin(turn) + 1.0 * math.sin(4 * turn),
        # A quiet breath every four seconds.
        shift_y_mm=2.0 * math.sin(2 * turn + 2) + 0.5 * math.sin(10 * turn),
        zoom=1 + 0.015 * math.sin(turn + 0.5),
    )


COLUMNS = (
    *("corner_left_x", "corner_left_y", "corner_right_x", "corner_right_y"),
    *("brow_left_x", "brow_left_y", "brow_right_x", "brow_right_y", "aperture_left", "aperture_right"),
    *("roll_deg", "yaw_deg", "pitch_deg", "eyes_px", "centre_x", "centre_y", "midline_x", "midline_y"),
)
"""As a reading of ``kiosk.face.model`` means them: movements in mm from rest, apertures as shares of the open eye."""


def truth_of(pose: Pose, drawing: DrawnPicture) -> list[float]:
    """One row of ``COLUMNS``."""
    where, moved = drawing.landmarks, drawing.moved_mm
    right, left = where["pupil_right"], where["pupil_left"]
    return [
        *(round(mm, 2) for part in ("corner", "brow") for side in ("left", "right") for mm in moved[f"{part}_{side}"]),
        *(round(1 - lid, 3) for lid in (pose.lid_left, pose.lid_right)),
        *(round(deg, 2) for deg in (pose.roll_deg, pose.yaw_deg, pose.pitch_deg)),
        round(math.dist(right, left), 1),
        *(round((a + b) / 2, 1) for a, b in zip(right, left, strict=True)),
        *(round(px, 1) for px in where["nose_bridge"]),
    ]


def main(out: Path, *, film: bool) -> None:
    face = DrawnFace(size=SIZE)
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE) if film else None
    if writer is not None and not writer.isOpened():
        raise SystemExit(f"cannot write {out}: this OpenCV has no MPEG-4 encoder, install opencv-python from PyPI")
    rows = []
    for i in range(FPS * SECONDS):
        pose = pose_at(i / FPS)
        drawing = face.draw(pose)
        rows.append(json.dumps(truth_of(pose, drawing)))
        if writer is not None:
            writer.write(cv2.cvtColor(drawing.pixels, cv2.COLOR_BGRA2BGR))
        sys.stderr.write(f"\r{i + 1}/{FPS * SECONDS}")
    if writer is not None:
        writer.release()
    head = json.dumps({"fps": FPS, "size": SIZE, "columns": COLUMNS})
    truth = f'{head[:-1]}, "frames": [\n' + ",\n".join(rows) + "\n]}\n"
    out.with_suffix(".json").write_text(truth, encoding="ascii")
    sys.stderr.write(f"\n{out}: {out.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent / "demo" / "face.mp4"
    names = [name for name in sys.argv[1:] if name != "--truth-only"]
    main(Path(names[0]) if names else here, film="--truth-only" not in sys.argv)
