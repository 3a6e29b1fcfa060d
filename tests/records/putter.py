"""A kiosk that does nothing but practise: puts rows without end and prints what has been acknowledged. To be killed.

``python -m tests.records.putter DATA RUN``: every put is a repetition and two events with the same mark ``RUN.n``; each
line of output is the n up to which everything was acknowledged.
"""

from __future__ import annotations

import select
import sys
from pathlib import Path

from kiosk.clock import SimClock
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow
from kiosk.signals import Stored
from tests.records.helpers import SMALL, repetition, session, step


def main(data: Path, run: str) -> None:
    store = Store.open(data, SimClock(boot_id=f"life-{run}"), SMALL)
    name = f"run-{run}"
    numbers = {store.put(session(name), step(0, name)): 0}
    number = 0
    while True:
        if len(numbers) < 40:
            number += 1
            mark = f"{run}.{number}"
            token = store.put(EventRow("info", "a", mark), repetition(number, 0, name), EventRow("info", "b", mark))
            numbers[token] = number
        else:
            select.select([store.fileno()], [], [], 5)
        for signal in store.drain(0):
            if isinstance(signal, Stored):
                safe = [token for token in numbers if token <= signal.token]
                if safe:
                    sys.stdout.write(f"{max(numbers.pop(token) for token in safe)}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
