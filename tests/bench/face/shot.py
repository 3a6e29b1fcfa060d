"""What does a camera make of a drawn face: light from one side, too much or too little, blur, grain, few pixels?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn.person import DrawnPicture

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is taken. The light stays in the room: a face moves through it."""

    side_light: float = 0.0
    """How much brighter one cheek (50 mm off the midline) is than the middle, and the other darker."""
    exposure: float = 1.0
    contrast: float = 1.0
    """Below 1, as through haze: what there is of light and dark comes nearer to the middle."""
    blur_px: float = 0.0
    """Standard deviation of the blur."""
    noise: float = 1.5
    """Standard deviation of each pixel in each picture, of 255, at mid grey; it grows with the root of the light."""
    half: bool = False
    """Half as many pixels each way."""

    def of(self, drawing: DrawnPicture, rng: np.random.Generator) -> Pixels:
        """The picture (height, width, 3) B, G, R."""
        picture = drawing.pixels[..., :3].astype(np.float32)
        height, width = picture.shape[:2]
        if self.side_light:
            across = (np.arange(width, dtype=np.float32) - width / 2) / (50 * drawing.px_per_mm)
            picture *= (1 + self.side_light * np.clip(across, -1.6, 1.6))[None, :, None].clip(0.05)
        if self.exposure != 1 or self.contrast != 1:
            picture = (picture * self.exposure - 128) * self.contrast + 128
        if self.blur_px:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self.blur_px), np.float32)
        if self.half:
            picture = np.asarray(
                cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32
            )
        if self.noise:
            grain = rng.standard_normal(picture.shape[:2], np.float32)[..., None] * np.float32(
                self.noise / math.sqrt(128)
            )
            picture += grain * np.sqrt(picture.clip(8, 255))
        return np.asarray(np.round(picture.clip(0, 255)), np.uint8)
