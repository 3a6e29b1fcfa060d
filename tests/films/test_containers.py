"""Every kind of film that people bring shows its pictures upright, in their own colours, at their own times."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.films.film import FilmFile
from tests.films.kinds import KINDS
from tests.films.made import FilmKind, Pixels, written

LATE_S = 0.001
"""A container that counts in milliseconds is off by up to half of one, at both ends of a time."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "-"))
def test_a_film_is_read_as_it_was_made(kind: FilmKind, tmp_path: Path) -> None:
    """As many pictures as it has, each at its time, of the right shape, and each the one that was drawn for it."""
    film = FilmFile(written(kind, tmp_path))
    pictures = [(picture.t_s, picture.pixels()) for picture in film.pictures()]
    assert [t for t, _ in pictures] == pytest.approx(kind.right_times, abs=LATE_S)
    assert film.times_s == pytest.approx(kind.right_times, abs=LATE_S)
    assert film.rate == pytest.approx((len(kind.right_times) - 1) / kind.right_times[-1], rel=0.001)
    assert {picture.shape for _, picture in pictures} == {(kind.size[1], kind.size[0], 3)}
    apart = [
        float(np.abs(picture.astype(np.int16) - right).mean())
        for (_, picture), right in zip(pictures, kind.right_pictures(), strict=True)
    ]
    assert max(apart) < kind.apart
    assert (film.missing, film.cut) == (0, "")
    assert [note for note in film.notes() if not note.startswith(f"the film has {kind.tracks} tracks")] == []


def test_of_two_fields_one_is_seen(tmp_path: Path) -> None:
    """They are of two moments. Here the second is black: nothing of it is in any picture."""

    def blind(picture: Pixels) -> Pixels:
        picture = picture.copy()
        picture[1::2] = 0
        return picture

    (kind,) = (kind for kind in KINDS if kind.interlaced)
    kind = replace(kind, store=blind, times=kind.times[:10])
    shown = [picture.pixels() for picture in FilmFile(written(kind, tmp_path)).pictures()]
    for picture, right in zip(shown, kind.right_pictures(), strict=True):
        assert float(np.abs(picture.astype(np.int16) - right).mean()) < 2 * kind.apart


def test_there_are_many_kinds() -> None:
    """A table that was cut short would pass."""
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40
