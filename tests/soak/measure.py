"""What is measured while the days go by, and the line through it."""

from __future__ import annotations

import ctypes
import gc
import os
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from kiosk.records.folder import DATABASE

MOST_MB_PER_H = 1.0
DAY_H = 24
SHORT = "Less than a day says little about a slope: one cache that is filled late is a step of some megabytes."
WARM_UP = 0.25
"""The first part of the samples, which says nothing about a slope: caches and pictures are still being made in it."""
MOST_SLOWER = 2.0
"""Processor time of a turn in the last third, at most so many times that of the first after the warm-up."""
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at one moment: after ``hours`` of powered simulated time and ``real_s`` seconds."""

    hours: float
    real_s: float
    rss_mb: float
    pss_mb: float
    descriptors: int
    threads: int
    database_kb: float
    sessions: int
    fonts: int
    """Open files of letters, one for each size that was drawn: a cache with a bound of its own, so not a descriptor."""
    turn_us: float
    """Processor time of a turn of the loop since the sample before, median."""


def sample(hours: float, real_s: float, data: Path, turn_us: float) -> Sample:
    """Look at this process and at the record in ``data``.

    What is free is given back first: what is left is held. How much the allocator keeps for later differs from run to
    run by tens of megabytes and hides a leak of one.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with sqlite3.connect(f"file:{data / DATABASE}?mode=ro", uri=True) as db:
        (sessions,) = db.execute("SELECT count(*) FROM sessions").fetchone()
    files = [path for path in data.glob(f"{DATABASE}*") if not path.name.endswith("-shm")]
    held = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    letters = [one for one in held if one.resolve().suffix in (".ttf", ".otf")]
    return Sample(
        hours,
        real_s,
        int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB,
        _pss_mb(),
        len(held) - len(letters),
        threading.active_count(),
        sum(path.stat().st_size for path in files) / 1024,
        sessions,
        len(letters),
        turn_us,
    )


def _pss_mb() -> float:
    """Proportional share of memory; not a number where the kernel does not tell."""
    try:
        rollup = Path("/proc/self/smaps_rollup").read_text()
    except OSError:
        return float("nan")
    return int(rollup.partition("\nPss:")[2].split()[0]) / 1024


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The line of least squares through ``points``: how much y grows with each x. 0 where all x are one."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0.0


@dataclass
class Report:
    """What a soak of ``hours`` with ``seed`` has shown."""

    hours: float
    seed: int
    boots: int = 0
    cuts: int = 0
    presses: int = 0
    acts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    frames: int = 0
    late: int = 0
    saved: int = 0
    """How often "It is saved." stood on the screen, each looked up in the record in the same moment."""
    carried: int = 0
    """How often "Handed over" did, each verified as a clinic would."""
    wrong_done: list[str] = field(default_factory=list)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def settled(self) -> list[Sample]:
        """The samples after the warm-up."""
        return self.samples[int(len(self.samples) * WARM_UP) :]

    def slopes(self) -> dict[str, float]:
        """MB by simulated and by real hour, descriptors and threads by simulated hour."""
        settled = self.settled
        return {
            "rss_mb_per_simulated_h": slope([(one.hours, one.rss_mb) for one in settled]),
            "pss_mb_per_simulated_h": slope([(one.hours, one.pss_mb) for one in settled]),
            "rss_mb_per_real_h": slope([(one.real_s / 3600, one.rss_mb) for one in settled]),
            "descriptors_per_simulated_h": slope([(one.hours, one.descriptors) for one in settled]),
            "threads_per_simulated_h": slope([(one.hours, one.threads) for one in settled]),
        }

    @property
    def kb_per_session(self) -> float:
        """How much the record grows with each session, KiB."""
        return slope([(one.sessions, one.database_kb) for one in self.settled])

    @property
    def slower(self) -> float:
        """Processor time of a turn in the last third, as a multiple of that in the first after the warm-up."""
        part = max(1, len(self.settled) // 3)
        first, last = self.settled[:part], self.settled[-part:]
        return median(one.turn_us for one in last) / max(median(one.turn_us for one in first), 1e-9)

    def wrong(self) -> list[str]:
        """A sentence for each bound that does not hold."""
        slopes, found = self.slopes(), []
        if (by := slopes["rss_mb_per_simulated_h"]) > MOST_MB_PER_H:
            found.append(f"memory grows by {by:.2f} MB in a simulated hour, at most {MOST_MB_PER_H} is allowed")
        for what in ("descriptors", "threads"):
            least = [getattr(one, what) for one in self.settled]
            half = len(least) // 2
            # A few are open while something is under way: what leaks is there at the best of times as well.
            if half and min(least[half:]) > min(least[:half]):
                found.append(f"open {what} grow: at least {min(least[:half])}, later at least {min(least[half:])}")
        if self.slower > MOST_SLOWER:
            found.append(f"a turn of the loop costs {self.slower:.1f} times as much at the end as after the warm-up")
        if self.late:
            found.append(f"{self.late} of {self.frames} mirror pictures were late")
        found += [f"said to be done, and it was not: {what}" for what in self.wrong_done]
        found += [f"acknowledged and lost: {what}" for what in self.lost[:10]]
        return found

    def everything(self) -> dict[str, object]:
        """Everything, for JSON."""
        return {
            **asdict(self),
            "slopes": self.slopes(),
            "kb_per_session": self.kb_per_session,
            "slower": self.slower,
            "wrong": self.wrong(),
        }


def told(report: Report) -> str:
    """The report in one sentence."""
    by, wrong = report.slopes()["rss_mb_per_simulated_h"], len(report.wrong_done)
    return (
        f"{report.samples[-1].hours:.0f} simulated hours, {sum(report.faults.values())} faults, {report.cuts} of them "
        f"power cuts: memory {by:+.2f} MB a simulated hour, {report.acknowledged} acknowledged rows, "
        f"{len(report.lost)} lost, {report.saved} sessions and {report.carried} packages said to be done, {wrong} "
        f"wrong, {report.late} late pictures"
    )


def page(report: Report) -> str:
    """The report for whoever reads it."""
    slopes, first, last = report.slopes(), report.settled[0], report.settled[-1]
    lines = [
        "# Soak",
        "",
        f"{last.hours:.1f} hours of powered simulated time in {last.real_s:.0f} seconds, seed {report.seed}: "
        f"{report.boots} power-ons, {report.cuts} of them after a power cut, {last.sessions} sessions, "
        f"{report.presses} presses. Time and hardware are simulated; the runtime, the loop, the drawing and the record "
        "are the real ones. Memory is what is held: what was free was given back "
        "before each look. Slopes are lines of least squares through the samples after the warm-up (the first "
        f"{WARM_UP:.0%}). This is no run of a day on a Raspberry Pi.",
        "",
        "| measured | value | bound |",
        "|---|---|---|",
        f"| memory (RSS), per simulated hour | {slopes['rss_mb_per_simulated_h']:+.3f} MB | {MOST_MB_PER_H} MB |",
        f"| memory (PSS), per simulated hour | {slopes['pss_mb_per_simulated_h']:+.3f} MB | |",
        f"| memory (RSS), per hour of this machine | {slopes['rss_mb_per_real_h']:+.1f} MB | |",
        f"| memory (RSS), after the warm-up and at the end | {first.rss_mb:.1f} and {last.rss_mb:.1f} MB | |",
        f"| open descriptors, likewise | {first.descriptors} and {last.descriptors} | do not grow |",
        f"| files of letters, likewise | {first.fonts} and {last.fonts} | one for each size, a cache |",
        f"| threads, likewise | {first.threads} and {last.threads} | do not grow |",
        f"| record, per session | {report.kb_per_session:.1f} KiB | |",
        f"| processor time of a turn, end against beginning | {report.slower:.2f} | {MOST_SLOWER} |",
        f"| mirror pictures, late ones | {report.frames}, {report.late} | none late |",
        f"| acknowledged rows, lost ones | {report.acknowledged}, {len(report.lost)} | none lost |",
        f'| "It is saved." and "Handed over", wrong ones | {report.saved} and {report.carried}, '
        f"{len(report.wrong_done)} | none wrong |",
        "",
        "Acts: " + ", ".join(f"{name} {number}" for name, number in sorted(report.acts.items())) + ".",
        "Faults: " + ", ".join(f"{name} {number}" for name, number in sorted(report.faults.items())) + ".",
        "",
        *(report.wrong() or ["All bounds hold."]),
        *(["", SHORT] if last.hours < DAY_H else []),
        "",
    ]
    return "\n".join(lines)
