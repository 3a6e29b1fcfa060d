"""A picture of a screen holds every pixel of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pygame

from kiosk.demo.png import png_bytes


def test_every_pixel_is_in_the_file(tmp_path: Path) -> None:
    """Rows of noise, which repeat nothing, and flat ones: another program reads back what was on the screen."""
    surface = pygame.Surface((70, 40), 0, 32)
    surface.fill((12, 200, 99))
    noise = np.random.default_rng(1).integers(0, 256, (70, 20, 3), np.uint8)
    surface.blit(pygame.surfarray.make_surface(noise), (0, 7))
    (tmp_path / "x.png").write_bytes(png_bytes(surface))
    read = cv2.imread(str(tmp_path / "x.png"))
    assert read is not None
    assert (read[:, :, ::-1] == pygame.surfarray.array3d(surface).swapaxes(0, 1)).all()
