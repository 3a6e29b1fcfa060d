"""A process in the place of ``kiosk.reading.worker`` that is killed with each package: memory has run out, say."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection

if __name__ == "__main__":
    link = Connection(int(sys.argv[1]))
    link.recv_bytes()
    link.recv_bytes()
    os.kill(os.getpid(), signal.SIGKILL)
