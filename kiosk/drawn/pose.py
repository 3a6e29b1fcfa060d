"""One moment of a drawn face, as numbers: the one way in which every drawing of a face is told how it moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

SMILE = (math.cos(math.radians(38)), -math.sin(math.radians(38)))
"""The way a mouth corner goes in a small closed smile, for the person's own left: outwards and up."""

LID_OPEN_MM = 10.6
"""Distance between the open lids at the pupil."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment of a drawn face. Right and left are the person's own.

    ``corner_left_mm``, ``lid_left`` and ``brow_left_mm`` are as those of the right. ``gaze_x_mm`` and ``gaze_y_mm``
    move the pupils, ``shift_x_mm`` and ``shift_y_mm`` the head; ``zoom`` brings it nearer.
    """

    corner_right_mm: float = 0.0
    """Way of the mouth corner along ``SMILE``; below 0 it comes in, as in lip rounding."""
    corner_left_mm: float = 0.0
    lid_right: float = 0.0
    """Closing of the lid: 0 open, 1 closed; in between the opening is exactly ``1 - lid`` of the open one."""
    lid_left: float = 0.0
    brow_right_mm: float = 0.0
    """Lift of the brow."""
    brow_left_mm: float = 0.0
    nose_mm: float = 0.0
    """Way up of the wings of the nose in a crinkle."""
    gaze_x_mm: float = 0.0
    gaze_y_mm: float = 0.0
    roll_deg: float = 0.0
    """Clockwise in the unmirrored picture."""
    yaw_deg: float = 0.0
    """The nose turns towards the person's own left."""
    pitch_deg: float = 0.0
    """The nose goes down: a nod."""
    shift_x_mm: float = 0.0
    shift_y_mm: float = 0.0
    zoom: float = 1.0
