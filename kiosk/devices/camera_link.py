"""The kiosk's end of one camera child: start it, hear it, see its newest picture, end it. Nothing here waits."""

from __future__ import annotations

from typing import Protocol

import msgspec

from kiosk.devices.camera_child import Failed, News, Opened, Picture, Rejected, Trying
from kiosk.devices.camera_frame import Plan
from kiosk.devices.camera_memory import Seen, Slots
from kiosk.devices.child import ChildProcess

__all__ = ["ChildLink", "Failed", "Link", "News", "Opened", "Picture", "Rejected", "Trying"]

_DECODER = msgspec.json.Decoder(News)


class Link(Protocol):
    """One run of a camera child, seen from the kiosk."""

    @property
    def ended(self) -> bool:
        """The child has hung up."""
        ...

    def fileno(self) -> int:
        """Readable while there is news."""
        ...

    def news(self) -> list[News]:
        """All it has said so far."""
        ...

    def newest(self, after: int) -> Seen | None:
        """Its newest picture, if it is newer than the one with the number ``after``."""
        ...

    @property
    def memory(self) -> Slots | None:
        """Where its pictures lie."""
        ...

    def hang_up(self) -> None:
        """Ask it to give the device back and end."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...

    def gone(self) -> bool:
        """Whether the process has ended; it holds no device any more."""
        ...

    def epitaph(self) -> str:
        """How it ended, for staff."""
        ...


class ChildLink(ChildProcess):
    """A real child. ``module`` is what it runs: the tests have children that misbehave."""

    def __init__(self, plan: Plan, module: str = "kiosk.devices.camera_child") -> None:
        self._slots = Slots.create(plan.size)
        fd = self._slots.fd
        super().__init__("camera", module, lambda link: (msgspec.json.encode(plan), str(link), str(fd)), (fd,))

    @property
    def memory(self) -> Slots:
        return self._slots

    def news(self) -> list[News]:
        heard: list[News] = []
        for message in self.messages():
            news = _DECODER.decode(message)
            # One ring is enough for any number of pictures.
            if not (isinstance(news, Picture) and heard and isinstance(heard[-1], Picture)):
                heard.append(news)
        return heard

    def newest(self, after: int) -> Seen | None:
        return self._slots.newest(after)
