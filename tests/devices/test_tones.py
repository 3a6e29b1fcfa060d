"""The tones as they lie in the files: in the range that old ears hear, soft, and not to be taken for one another."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from assets.tools import tones
from kiosk.paths import assets

KINDS = ("start", "end", "danger")
LOWEST_HZ, HIGHEST_HZ = 500, 2_000
HOP_S = 0.005
LOUDEST_DB = -12.0
SWELL_S = 0.03
"""A sound that needs at least this long to its loudest does not startle; a clap needs a millisecond."""


def read(kind: str) -> tuple[npt.NDArray[np.float64], int]:
    with wave.open(str(assets() / "tones" / f"{kind}.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32_768, file.getframerate()


def envelope(samples: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """The loudest sample of each 5 ms."""
    hop = round(HOP_S * rate)
    return np.asarray(np.abs(samples[: len(samples) // hop * hop]).reshape(-1, hop).max(axis=1))


def notes(kind: str) -> list[tuple[float, float]]:
    """Each note that can be heard: its frequency in Hz and its length in s. Between two there is a dip to nothing."""
    samples, rate = read(kind)
    loud = envelope(samples, rate) > 0.1 * np.abs(samples).max()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(int)))
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        part = samples[round(first * HOP_S * rate) : round(last * HOP_S * rate)]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
        found.append((float(power.argmax()) * rate / (8 * len(part)), len(part) / rate))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_a_tone_lies_where_old_ears_hear(kind: str) -> None:
    """500 to 2000 Hz, every note; no power worth the name outside."""
    assert all(LOWEST_HZ <= hertz <= HIGHEST_HZ for hertz, _ in notes(kind))
    samples, rate = read(kind)
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    outside = power[(hertz < LOWEST_HZ * 0.9) | (hertz > HIGHEST_HZ)].sum()
    assert outside < 1e-3 * power.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_no_tone_startles(kind: str) -> None:
    """Quieter than the voice's peaks, and it swells: 30 ms at least from silence to its loudest, and back."""
    samples, rate = read(kind)
    assert 20 * np.log10(np.abs(samples).max()) <= LOUDEST_DB
    shape = envelope(samples, rate) / np.abs(samples).max()
    steepest = max(abs(after - before) for before, after in pairwise((0.0, *shape, 0.0)))
    assert steepest <= HOP_S / SWELL_S * np.pi / 2


def test_an_end_cannot_be_mistaken() -> None:
    """A start rises and is short; an end falls, thrice and long; a danger repeats. Each tells itself in two ways."""
    start, end, danger = (notes(kind) for kind in KINDS)
    assert len({len(start), len(end), len(danger)}) == 3
    assert all(after > before for (before, _), (after, _) in pairwise(start))
    assert all(after < before for (before, _), (after, _) in pairwise(end))
    assert [round(hertz, -1) for hertz, _ in danger[::2]] == [round(danger[0][0], -1)] * 3
    assert end[-1][1] > 1.5 * max(length for _, length in (*start, *danger))
    assert end[-1][0] < 0.8 * min(hertz for hertz, _ in (*start, *danger))


def test_the_shipped_tones_are_the_script_s(tmp_path: Path) -> None:
    """The tones in the repository are what the script makes."""
    tones.render(tmp_path)
    for kind in KINDS:
        assert (tmp_path / f"{kind}.wav").read_bytes() == (assets() / "tones" / f"{kind}.wav").read_bytes()
