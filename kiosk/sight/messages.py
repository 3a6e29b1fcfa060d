"""What the kiosk and the process that looks at pictures say to each other, one message a datagram.

As msgpack: a reading may carry bytes, and a number that is none must arrive as such to be refused.
"""

from __future__ import annotations

import msgspec

from kiosk.face.model import Reading, Task
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder

LOOKERS = ("mesh", "fallback")
"""Who may look: with the three models, or without."""
MOST_BYTES = 65_536
"""No message is longer."""


class Memory(msgspec.Struct, frozen=True, tag="memory"):
    """The camera's pictures lie in the memory whose descriptor comes with this; ``size`` is width, height."""

    size: tuple[int, int]


class LookOrder(msgspec.Struct, frozen=True, tag="look-order"):
    """Look at the newest picture."""

    task: Task


class Finish(msgspec.Struct, frozen=True, tag="finish"):
    """The film that was begun is over."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Pictures can be looked at. ``how``: one of ``LOOKERS``; ``lacking``: a sentence for staff, or empty."""

    how: str
    lacking: str = ""


class SightSeen(msgspec.Struct, frozen=True, tag="seen"):
    """What the picture showed; None: there was no newer one. ``cost_ms``: processor time that looking took.

    Not the time that passed: on a busy machine that tells what others do, and looking less often would help nobody.
    """

    reading: Reading | None
    cost_ms: float = 0.0


class SightFailed(msgspec.Struct, frozen=True, tag="failed"):
    """The child ends because of this."""

    cause: str


Asked = Memory | LookOrder | FilmOrder | Finish
SightMessage = Ready | SightSeen | SightFailed | ClipKept | ClipLost

ENCODER = msgspec.msgpack.Encoder()
ASKED = msgspec.msgpack.Decoder(Asked)
TOLD = msgspec.msgpack.Decoder(SightMessage)
