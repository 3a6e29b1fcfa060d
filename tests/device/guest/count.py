"""Runs in the device: numbered rows into the product's own store; each one that is acknowledged is marked on the disk.

The mark is one sector, written past the cache (O_DIRECT) behind the file system: it is in the log of the disk exactly
where the row counted as stored. Arguments: the data folder, the disk, the offset of the mark, seconds.
"""

import mmap
import os
import struct
import sys
import time
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.records.store import Limits, Store
from kiosk.rows.kinds import EventRow

folder, disk, offset, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
store = Store.open(folder, SystemClock(), Limits(ballast_bytes=1 << 16))
device = os.open(disk, os.O_RDWR | os.O_DIRECT)
sector = mmap.mmap(-1, 512)
number = 0
until = time.monotonic() + seconds
while time.monotonic() < until:
    number += 1
    if not (store.put(EventRow("device", "counter", str(number))) and store.flush(30)):
        sys.exit(f"row {number} was not stored")
    sector.seek(0)
    sector.write(b"ROWSTORE" + struct.pack("<Q", number))
    os.pwritev(device, [sector], offset)
