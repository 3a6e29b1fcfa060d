"""The process that decodes a clinic's own pictures: ``python -m kiosk.pictures.child SOCKET``.

It is given a file and memory as descriptors, writes the decoded pictures into the memory, and says how many there are.
Its memory is bounded, and it opens nothing by itself.
"""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from kiosk.devices.child_bounds import confine
from kiosk.devices.supervised import die_with_the_kiosk
from kiosk.errors import PictureError
from kiosk.pictures.bounds import DECODED_BYTES, Refusal
from kiosk.pictures.decode import I420, decode
from kiosk.pictures.messages import ENCODER, ORDER, DecoderNews, DecoderReady, PictureDecoded, PictureRefused

log = logging.getLogger(__name__)

_MOST_BYTES = 4_096

Decode = Callable[[Path, bool], Iterator[I420]]


def obey(order: bytes, fds: Sequence[int], decoder: Decode) -> DecoderNews:
    """Decode one file into memory; the answer."""
    wanted = ORDER.decode(order)
    # By its descriptor: no name of a file ever comes here.
    with open(fds[0], "rb") as file, open(fds[1], "r+b", buffering=0) as memory:
        width = height = count = 0
        try:
            for picture in decoder(Path(f"/proc/self/fd/{file.fileno()}"), wanted.mirrored):
                if memory.tell() + picture.nbytes > DECODED_BYTES:
                    return PictureRefused(Refusal.MEMORY.value)
                height, width = picture.shape[0] * 2 // 3, picture.shape[1]
                memory.write(picture.data.cast("B"))
                count += 1
        except PictureError as why:
            return PictureRefused(str(why))
        return PictureDecoded(width, height, count)


def serve(args: Sequence[str], decoder: Decode = lambda path, mirrored: decode(path, mirrored=mirrored)) -> None:
    """Run with the child's command line: the number of its socket."""
    with socket.socket(fileno=int(args[0])) as link:
        die_with_the_kiosk(link)
        confine()
        with suppress(BrokenPipeError, ConnectionResetError):
            link.send(ENCODER.encode(DecoderReady()))
            while True:
                message, fds, _, _ = socket.recv_fds(link, _MOST_BYTES, 2)
                if not message:
                    return
                link.send(ENCODER.encode(obey(message, fds, decoder)))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="pictures: %(levelname)s %(message)s")
    serve(sys.argv[1:])
