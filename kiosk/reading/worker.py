"""A process that reads packages for another one: ``python -m kiosk.reading.worker DESCRIPTOR`` (of its socket)."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import pyrage

from kiosk.errors import PackageError
from kiosk.package.csv_cells import is_alike
from kiosk.package.protection import Keys
from kiosk.package.read import Package
from kiosk.package.verify import stumbled, verify
from kiosk.reading.messages import ENCODER, Checked, Headed, Job, Judged, KeysMessage, Refused, Rows, Told

_PR_SET_PDEATHSIG = 1
_SELDOM = 100_000
"""Values that hold others, made and not let go of, until rings of them are looked for: reading makes none."""


def main() -> None:
    """Read for whoever has started this interpreter."""
    if die_with(os.getppid()):
        serve(Connection(int(sys.argv[1])))


def die_with(parent: int) -> bool:
    """Whoever asks may be killed in the middle: then nobody waits for this. Whether ``parent`` is there still."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent


def serve(link: Connection) -> None:
    """Read one package after the other, until whoever asks hangs up."""
    gc.set_threshold(_SELDOM)
    try:
        told = msgspec.msgpack.decode(link.recv_bytes(), type=KeysMessage)
        identities = tuple(map(pyrage.x25519.Identity.from_str, told.identities))
        keys = Keys(told.passphrases, identities, told.plain)
        while True:
            job = msgspec.msgpack.decode(link.recv_bytes(), type=Job)
            path = Path(os.fsdecode(job.path))
            if job.judge:
                link.send_bytes(ENCODER.encode(Judged(replace(verify(path, keys), path=Path()))))
            else:
                _read(link, path, keys, told.kept_bytes)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # nobody asks any more


def _read(link: Connection, path: Path, keys: Keys, kept_bytes: int) -> None:
    kept: list[bytes] = []
    size = 0
    try:
        for message in _told(path, keys):
            kept.append(ENCODER.encode(message))
            size += len(kept[-1])
            if size > kept_bytes:
                _hand_on(link, kept)
    except OSError:
        raise
    except PackageError as why:
        kept = [ENCODER.encode(Refused(str(why)))]
    except Exception as why:
        kept = [ENCODER.encode(Refused(stumbled(path, why)))]
    _hand_on(link, kept)


def _hand_on(link: Connection, kept: list[bytes]) -> None:
    for message in kept:
        link.send_bytes(message)
    kept.clear()


def _told(path: Path, keys: Keys) -> Iterator[Told]:
    with Package(path, keys) as package:
        yield Headed(package.head)
        for name, columns in package.everything():
            if count := len(columns[0]):
                yield Rows(name, count, [cells[:1] if is_alike(cells) else cells for cells in columns])
        yield Checked(list(package.plans_as_json()))


if __name__ == "__main__":
    main()
