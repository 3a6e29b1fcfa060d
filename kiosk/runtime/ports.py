"""The outer world as the runtime reaches it: one of each, real or simulated; and slow work, done beside it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kiosk.care.model import OwnPicture
from kiosk.clock import Clock
from kiosk.desk.pin import Tries
from kiosk.devices.buttons import Debounced
from kiosk.devices.buttons_pedal import Pedal
from kiosk.devices.camera_frame import Frame
from kiosk.devices.inbox import InboxSource
from kiosk.devices.lights import Lights
from kiosk.devices.sound import Speaker
from kiosk.face.model import Reading, Task
from kiosk.faults import Fault
from kiosk.records.store import Store
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.signals import DecodedPicture, Done, PedalMeaning, SignalSource
from kiosk.usb.service import StickService
from kiosk.voice.kept import VoiceShelf
from kiosk.voice.studio import VoiceStudio

log = logging.getLogger(__name__)


class Workshop(InboxSource):
    """A source of ``Done``. With ``aside`` False the work is done on the spot, for simulated days."""

    def __init__(self, *, aside: bool = True) -> None:
        super().__init__()
        self._aside = aside

    def give(self, token: int, work: Callable[[], bool]) -> None:
        """Have ``work`` done; its answer comes as ``Done(token, answer)``, and "no" where the work broke."""
        if self._aside:
            threading.Thread(target=self._do, args=(token, work), name="workshop", daemon=True).start()
        else:
            self._do(token, work)

    def _do(self, token: int, work: Callable[[], bool]) -> None:
        try:
            answer = work()
        except Exception:  # whoever waits for the answer would wait for ever
            log.exception("work given away under %d broke", token)
            answer = False
        self._inbox.put(Done(token, answer))


class SettableClock(Clock, Protocol):
    """A clock that staff may set."""

    def set_by_staff(self, wall_utc: datetime) -> None: ...


class Mirror(SignalSource, Protocol):
    """A camera, real or simulated. ``active_name``: the backend that is open."""

    active_name: str | None

    @property
    def is_open(self) -> bool: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def latest(self) -> Frame | None: ...


class Looking(SignalSource, Protocol):
    """Whoever looks at the pictures, real or simulated; tells by ``FaceState``, ``SightState`` and ``Filmed``.

    Nothing here blocks. ``open`` and ``close`` go with the camera's. ``how`` is ``mesh`` or ``fallback``, empty while
    nobody looks; ``lacking`` says for staff what the looker lacks. ``watch`` says what to look for from now on (None:
    nothing, and no more news of a face); ``offer`` that the camera has a frame of ``t_ms``. ``latest`` is the newest
    reading, None when it is older than a second; ``between`` gives those from ``from_ms`` to ``to_ms``, oldest first.
    ``record`` begins a film of what is looked at, one that runs is finished first; ``finish`` ends it; ``films`` says
    what became of each since the last call. Only ``settle``, for the kiosk's own end, waits: until every film is over,
    at most so long.
    """

    @property
    def how(self) -> str: ...

    @property
    def lacking(self) -> str: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def record(self, wanted: FilmOrder) -> None: ...

    def finish(self) -> None: ...

    def films(self) -> tuple[ClipKept | ClipLost, ...]: ...

    def settle(self, patience_ms: int) -> None: ...

    def watch(self, task: Task | None) -> None: ...

    def offer(self, t_ms: int) -> None: ...

    def latest(self, now_ms: int) -> Reading | None: ...

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]: ...


class OwnPictures(SignalSource, Protocol):
    """The clinic's own pictures, decoded: ``pictures.pictures.Pictures``; tells by ``PictureState``.

    Nothing here blocks. ``want`` says which are shown soon, the first first; ``ready`` are those of them that can be
    shown now. ``prove`` has each looked into once; ``faults`` says why some cannot be shown.
    """

    @property
    def ready(self) -> Mapping[OwnPicture, DecodedPicture]: ...

    @property
    def faults(self) -> tuple[Fault, ...]: ...

    def want(self, pictures: Sequence[OwnPicture]) -> None: ...

    def prove(self, pictures: Sequence[OwnPicture]) -> None: ...


class Pedals(Protocol):
    """The reader of pedals and keyboards: ``devices.buttons_pedal.PedalButtons``."""

    @property
    def pedals(self) -> tuple[Pedal, ...]: ...

    def learn(self, meanings: Iterable[PedalMeaning]) -> None: ...


class PaintedScreen(Protocol):
    """The screen with its painter, as far as its size can be set: ``width_mm`` is that of the picture's longer side."""

    def use_width(self, width_mm: int) -> None:
        """Size letters by it from now on."""

    def near_m(self, width_mm: int) -> float:
        """Return the distance, m, from which the person's letters are large enough there."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the runtime lets effects reach."""

    clock: SettableClock
    """The clock, which staff may set."""
    store: Store
    """The record."""
    sound: Speaker
    """The loudspeaker."""
    camera: Mirror
    """The camera of the mirror."""
    lights: Lights
    """The lamps."""
    workshop: Workshop
    """The worker for what takes its time."""
    sight: Looking | None = None
    """The looker; None: nobody looks at the pictures, and nothing is measured."""
    pictures: OwnPictures | None = None
    """The clinic's own pictures; None: there are none."""
    voice: VoiceShelf | None = None
    """The site's own recordings; None: there are none."""
    studio: VoiceStudio | None = None
    """The recording of them; None: nothing can be recorded."""
    stick_service: StickService | None = None
    """The service for sticks; None: nothing can be handed over."""
    buttons: tuple[Debounced, ...] = ()
    """Everything that is pressed, read by the times of the person's hand."""
    pedals: Pedals | None = None
    """The reader of pedals; None: no pedal is read, or keys come through the window."""
    painted: PaintedScreen | None = None
    """The screen, whose true width may be set; None: it has none."""
    tries: dict[str, Tries] = field(default_factory=dict)
    """Slot → the tries at its PIN as counted since this start: newer than the record, which may be taking nothing."""
