"""The process that decodes a site's own recordings: ``python -m kiosk.voice.child SOCKET``.

It is given a file and memory as descriptors, writes samples into the memory, and says how many there are. Its memory is
bounded, and it opens nothing by itself.
"""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO

from kiosk.devices.child_bounds import confine
from kiosk.devices.supervised import die_with_the_kiosk
from kiosk.errors import RecordingError
from kiosk.voice.decode import decode
from kiosk.voice.judge import RawVoice
from kiosk.voice.messages import ENCODER, ORDER, SoundHeard, SoundUnheard

_MOST_BYTES = 4_096


def obey(order: bytes, fds: Sequence[int], decoder: Callable[[BinaryIO], RawVoice]) -> SoundHeard | SoundUnheard:
    """Decode one file into memory; the answer."""
    ORDER.decode(order)
    with open(fds[0], "rb") as file, open(fds[1], "r+b", buffering=0) as memory:
        try:
            heard = decoder(file)
        except RecordingError as why:
            return SoundUnheard(str(why))
        memory.write(heard.samples.data.cast("B"))
        return SoundHeard(len(heard.samples), heard.clipped)


def serve(args: Sequence[str], decoder: Callable[[BinaryIO], RawVoice] = decode) -> None:
    """Run with the child's command line: the number of its socket."""
    with socket.socket(fileno=int(args[0])) as link:
        die_with_the_kiosk(link)
        import av  # noqa: F401 (what the libraries take is not counted as memory of a file)

        confine()
        with suppress(BrokenPipeError, ConnectionResetError):
            while True:
                message, fds, _, _ = socket.recv_fds(link, _MOST_BYTES, 2)
                if not message:
                    return
                link.send(ENCODER.encode(obey(message, fds, decoder)))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="recordings: %(levelname)s %(message)s")
    serve(sys.argv[1:])
