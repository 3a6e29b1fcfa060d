"""Looking into a clinic's pictures all at once, for whoever can wait: a command, or the worker that reads a stick."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from kiosk.care.model import OwnPicture
from kiosk.clock import Clock
from kiosk.devices.supervised import Link
from kiosk.faults import Fault
from kiosk.pictures.pictures import Pictures, start_child
from kiosk.safefiles import open_file


def in_folder(folder: Path, brought: Mapping[str, bytes] | None = None) -> Callable[[OwnPicture], int]:
    """Open pictures by their names in ``folder``; bytes that were ``brought`` take the place of a file."""

    def opened(picture: OwnPicture) -> int:
        raw = (brought or {}).get(picture.file)
        if raw is None:
            return open_file(folder / picture.file)
        fd = os.memfd_create("kiosk-brought", os.MFD_CLOEXEC)
        with open(fd, "wb", closefd=False) as file:
            file.write(raw)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    return opened


def faults_of(
    pictures: Sequence[OwnPicture],
    opened: Callable[[OwnPicture], int],
    clock: Clock,
    start: Callable[[], Link] = start_child,
) -> tuple[Fault, ...]:
    """The faults of those ``pictures`` that cannot be shown. It takes seconds for each film, and ends in any case."""
    if not pictures:
        return ()
    with closing(Pictures(clock, opened, start)) as looking:
        looking.prove(pictures)
        while looking.busy:
            _wait(looking, clock)
        found, unseen = looking.faults, looking.unproved
        looking.close()
        while not looking.gone:
            _wait(looking, clock)
    rule = "nobody could look into it: the program that decodes pictures does not start"
    return (*found, *(Fault(picture.file, "", "", rule, "run `kiosk doctor`") for picture in unseen))


def _wait(looking: Pictures, clock: Clock) -> None:
    due = looking.deadline_ms()
    patience = 1.0 if due is None else max(0, due - clock.now_ms()) / 1000
    select.select([looking], [], [], patience)
    looking.drain(clock.now_ms())
