"""Runs on aarch64 and marks where each thing begins and ends: ``python -m tests.bench.arm.counted WHAT [FOLDER]``.

The modules of the kiosk stand under other names in f456959: what is asked for is asked in both.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MARK = 0x5150
WARM, COUNTED = 31, 5
"""One picture in thirty is drawn as a whole, with all that stands beside the mirror: it is among the warm ones."""

REST_MS, EVERY_MS = 800, 80
RESTING, LOOKS = REST_MS // EVERY_MS + 2, 1_000 // EVERY_MS

_libc = ctypes.CDLL(None)


def mark(number: int) -> None:
    """Tell whoever counts that this moment has come."""
    _libc.syscall(ctypes.c_long(MARK), ctypes.c_long(number))


def either(*names: str) -> Any:
    """The first module of these that there is."""
    for name in names[:-1]:
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue
    return import_module(names[-1])


def counted(work: Callable[[int], object], warm: int = WARM, times: int = COUNTED) -> None:
    """Do it some times, then mark its beginning and each end."""
    for number in range(warm):
        work(number)
    gc.collect()
    gc.disable()
    mark(0)
    for number in range(times):
        work(warm + number)
        mark(number + 1)


def frame(what: str) -> None:
    """A picture into memory like the screen's: a bare copy, or the mirror with all that stands beside it."""
    draw = either("kiosk.bench.draw", "kiosk.support.bench_draw")
    opened = either("kiosk.bench.bench", "kiosk.support.bench").opened
    with opened(Path("nowhere")) as bench:
        surface, pictures = bench.screen.surface, draw.pictures()
        works = {
            "copy": lambda: draw.copy_draw(surface.copy(), pictures),
            "mirror": lambda: draw.mirror_draw(bench.painter, surface, pictures),
            "good-side": lambda: draw.mirror_draw(bench.painter, surface, pictures, draw.reflected),
        }
        counted(works[what]())


def look(folder: Path) -> None:
    """Looks at the demo face whose mouth is measured, as at the bedside. ``folder``: the models."""
    sight = either("kiosk.bench.sight", "kiosk.support.bench_sight")
    looker = import_module("kiosk.face.looker")
    model = import_module("kiosk.face.model")
    try:
        read = import_module("kiosk.face.nets").read_models
    except AttributeError:
        read = import_module("kiosk.sight.models").read_models
    nets, _ = read(folder)
    import_module("cv2").setNumThreads(1)
    pictures, looks = sight.faces(), looker.Looker(nets)
    task = model.Task(key="count", zone=model.Zone.MOUTH, neutral_from_ms=0, neutral_to_ms=REST_MS)
    # A resting face until it is known; then a second of looks, because not every one asks for the same.
    counted(lambda number: looks.look(pictures[number % len(pictures)], EVERY_MS * number, task), RESTING, LOOKS)


def export(folder: Path) -> None:
    """A package of the record in ``folder``, for everybody, with a passphrase: as staff hand it over."""
    made = import_module("tests.package.made")
    protection = import_module("kiosk.package.protection")
    files = either("kiosk.report.papers", "kiosk.report.pages").documents()
    # Documents are made by another process where one can be had; what that does would not be counted.
    sys.executable = "/nowhere/python"
    protected = protection.Protection("one two three four five six")
    mark(0)
    made.exported(folder / "data", folder / "out", protected, documents=files)
    mark(1)


def main(what: str, *folder: str) -> None:
    """Count one of them."""
    if what == "look":
        look(Path(folder[0]))
    elif what == "export":
        export(Path(folder[0]))
    else:
        frame(what)


if __name__ == "__main__":
    main(*sys.argv[1:])
