"""How loud a recording is, by ITU-R BS.1770-5 and EBU R 128: libavfilter's ``ebur128`` does the measuring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""(count,), mono, full scale is 1."""

LEAST_S = 3.0
"""A shorter one is measured as if it were said again and again for so long.

The gate of BS.1770 works on blocks of 400 ms, and a part of the last block is not measured: of a single word nothing
would be left.
"""
NOTHING_DB = -120.0
_CHUNK_S = 0.1


@dataclass(frozen=True, slots=True)
class Loudness:
    """``lufs``: integrated loudness (-70 where all is below the absolute gate). ``peak_db``: true peak, dB FS."""

    lufs: float
    peak_db: float


def loudness(samples: Samples, rate: int) -> Loudness:
    """Measure ``samples``, taken ``rate`` times a second."""
    if not len(samples) or not np.any(samples):
        return Loudness(-70.0, NOTHING_DB)
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate))
    meter = graph.add("ebur128", "peak=true:metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    again = np.tile(samples, max(1, math.ceil(LEAST_S * rate / len(samples))))
    # The meter speaks of whole tenths of a second only.
    whole = np.pad(again, (0, -len(again) % round(rate * _CHUNK_S)))
    frame = av.AudioFrame.from_ndarray(whole[None].astype(np.float32), format="flt", layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    graph.push(frame)
    graph.push(None)
    said: dict[str, str] = {}
    try:
        while True:
            said = dict(graph.pull().metadata) or said
    except EOFError:
        pass
    peak = float(said["lavfi.r128.true_peak"])
    return Loudness(float(said["lavfi.r128.I"]), 20 * math.log10(peak) if peak > 0 else NOTHING_DB)
