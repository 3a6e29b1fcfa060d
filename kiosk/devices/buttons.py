"""Debouncing of contacts into what a person meant: pure; and buttons that only a simulated hand presses.

The first edge acts at once, then the contact has to lie open and quiet for the refractory time before it can act
again. Counting from the last edge, and not from the press, is what makes a trembling hand that chatters on a cap
for seconds one press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.errors import ButtonError
from kiosk.signals import Button, Chord, Edge, Press, Signal, SignalSource, Stuck, Typed

CHORD = (Button.GREEN, Button.AMBER)
GAP_MS = 60
"""While a minimum hold is being counted, a contact may be open this long: contacts bounce for 5 to 30 ms."""


@dataclass(frozen=True, slots=True)
class ButtonSettings:
    """The reading of a person's hand; whole milliseconds.

    ``refractory_ms``: 60, or 150 to 400 for tremor. ``minimum_hold_ms``: how long green and amber have to be held
    before they count; red never waits. After ``stuck_ms`` a held button is out of use; green and amber held together
    for ``chord_ms`` are a chord.
    """

    refractory_ms: int = 60
    minimum_hold_ms: int = 0
    stuck_ms: int = 10_000
    chord_ms: int = 3_000

    def __post_init__(self) -> None:
        for name, least, most in (
            ("refractory_ms", 1, 400),
            ("minimum_hold_ms", 0, 2_000),
            ("stuck_ms", 1_000, 60_000),
            ("chord_ms", 500, 10_000),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ButtonError(f"{name} = {value} in the button settings: choose between {least} and {most} ms")
        if not max(self.chord_ms, self.minimum_hold_ms) < self.stuck_ms:
            raise ButtonError(
                f"stuck_ms = {self.stuck_ms} in the button settings has to be longer than chord_ms = {self.chord_ms} "
                f"and minimum_hold_ms = {self.minimum_hold_ms}: make it longer"
            )


class ButtonSource(SignalSource, Protocol):
    """A source of edges that holds hardware, and lets go of it."""

    def close(self) -> None:
        """Give the hardware back; the descriptor is gone afterwards. Closing twice is fine."""


@dataclass(slots=True)
class _Contact:
    """One button's contact; ``since_ms`` is None while it lies open and quiet."""

    down: bool = False
    edge_ms: int | None = None
    since_ms: int | None = None
    hold_ms: int | None = None
    """The moment from which the minimum hold is counted, while a press waits for it."""
    stuck: bool = False
    mute: bool = False
    """A chord was made: this contact has to come free before it acts again."""


class Debouncer:
    """Edges in, presses, chords and stuck buttons out. One for each source: a stuck cap does not disturb a pedal.

    A chord is made of two first edges, and those have acted by then: what green and amber do on a first touch has to
    be harmless on every screen from which a chord leads away. After a chord neither acts until both have come free.
    Late calls of ``tick`` change nothing: what is due is worked out from the times, not from when it was asked.
    """

    def __init__(self, settings: ButtonSettings) -> None:
        self.settings = settings
        self._contacts = {button: _Contact() for button in Button}
        self._chord_done = False
        self._quiet = True
        """Whether nothing has been due since the last edge: for every picture it is asked twice."""

    def feed(self, edge: Edge) -> tuple[Signal, ...]:
        """Return the signals that follow from ``edge``; those that fell due before it come first."""
        contact = self._contacts[edge.button]
        # Two threads may hand in their news in the wrong order; time never runs backwards for one contact.
        t_ms = max(edge.t_ms, contact.edge_ms or edge.t_ms)
        out = list(self.tick(t_ms))
        self._quiet = False
        if edge.down == contact.down:
            return tuple(out)
        open_ms = None if contact.edge_ms is None else t_ms - contact.edge_ms
        contact.down, contact.edge_ms = edge.down, t_ms
        if not edge.down:
            return tuple(out)
        if contact.since_ms is None:
            contact.since_ms = t_ms
            # A tick may have run ahead of an edge that was still on its way: then the contact was not quiet after all.
            quiet = open_ms is None or open_ms >= self.settings.refractory_ms
            if quiet and not contact.mute and not edge.found:
                if self._hold_ms(edge.button):
                    contact.hold_ms = t_ms
                else:
                    out.append(Press(edge.button, t_ms))
        elif contact.hold_ms is not None and open_ms is not None and open_ms >= GAP_MS:
            contact.hold_ms = t_ms
        out += self.tick(t_ms)
        return tuple(out)

    def tick(self, now_ms: int) -> tuple[Signal, ...]:
        """Return the signals that fell due until ``now_ms`` without any edge, in the order of time."""
        out: list[Signal] = []
        while (due := self._next()) is not None and due[0] <= now_ms:
            out += self._fall_due(*due)
        return tuple(out)

    def deadline_ms(self) -> int | None:
        """The latest moment at which ``tick`` has something to say, or None."""
        due = self._next()
        return None if due is None else due[0]

    def _hold_ms(self, button: Button) -> int:
        return 0 if button is Button.RED else self.settings.minimum_hold_ms

    def _next(self) -> tuple[int, str, Button] | None:
        """The earliest thing that is due: when, what, and for which button."""
        if self._quiet:
            return None
        due: list[tuple[int, str, Button]] = []
        for button, contact in self._contacts.items():
            if contact.since_ms is None or contact.edge_ms is None:
                continue
            if not contact.down:
                due.append((contact.edge_ms + self.settings.refractory_ms, "free", button))
            elif contact.hold_ms is not None:
                # A contact that closed again after its hold was up acts at that edge.
                due.append((max(contact.hold_ms + self._hold_ms(button), contact.edge_ms), "hold", button))
            if not contact.stuck:
                due.append((contact.since_ms + self.settings.stuck_ms, "stuck", button))
        if not due:
            self._quiet = True
            return None  # contacts that could make a chord have something due: they may be stuck
        chord_ms = self._chord_ms()
        if chord_ms is not None:
            due.append((chord_ms, "chord", CHORD[0]))
        return min(due)

    def _chord_ms(self) -> int | None:
        """Return the moment at which green and amber, both down now, will have been held together long enough."""
        latest = 0
        for button in CHORD:
            contact = self._contacts[button]
            if self._chord_done or contact.stuck or not contact.down or contact.since_ms is None:
                return None
            latest = max(latest, contact.since_ms + self.settings.chord_ms, contact.edge_ms or 0)
        return latest

    def _fall_due(self, t_ms: int, what: str, button: Button) -> list[Signal]:
        contact = self._contacts[button]
        if what == "hold":
            contact.hold_ms = None
            return [Press(button, t_ms)]
        if what == "chord":
            self._chord_done = True
            for one in CHORD:
                self._contacts[one].mute, self._contacts[one].hold_ms = True, None
            return [Chord(t_ms)]
        if what == "stuck":
            contact.stuck, contact.hold_ms = True, None
            self._end_chord()
            return [Stuck(button, True, t_ms)]
        was_stuck = contact.stuck
        contact.since_ms, contact.hold_ms, contact.stuck = None, None, False
        self._end_chord()
        return [Stuck(button, False, t_ms)] if was_stuck else []

    def _end_chord(self) -> None:
        """A chord is over once neither of its buttons is held; a stuck one is not held, it is broken."""
        if self._chord_done and all(self._contacts[b].since_ms is None or self._contacts[b].stuck for b in CHORD):
            self._chord_done = False
            for button in CHORD:
                self._contacts[button].mute = False


class Debounced:
    """A source of edges, heard through a debouncer: a source of presses."""

    def __init__(self, source: ButtonSource, settings: ButtonSettings) -> None:
        self._source = source
        self._debouncer = Debouncer(settings)

    def use(self, settings: ButtonSettings) -> None:
        """Read by another hand's times from the next edge on."""
        self._debouncer.settings = settings

    def fileno(self) -> int:
        return self._source.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        out: list[Signal] = []
        for signal in self._source.drain(now_ms):
            if isinstance(signal, Edge):
                out += self._debouncer.feed(signal)
            else:
                out.append(signal)
        out += self._debouncer.tick(now_ms)
        return out

    def deadline_ms(self) -> int | None:
        both = (self._source.deadline_ms(), self._debouncer.deadline_ms())
        return min((t for t in both if t is not None), default=None)

    def close(self) -> None:
        self._source.close()


class SimButtons(InboxSource):
    """A source of edges that are stamped with ``clock`` at the moment of the call.

    Two presses of one button need the refractory time between them, as a real hand does: advance the clock.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def press(self, button: Button) -> None:
        """A short touch: down and up in the same millisecond."""
        self.hold(button)
        self.release(button)

    def hold(self, button: Button) -> None:
        """Put a finger on ``button`` and leave it there."""
        self._inbox.put(Edge(button, True, self._clock.now_ms()))

    def release(self, button: Button) -> None:
        """Take the finger away."""
        self._inbox.put(Edge(button, False, self._clock.now_ms()))

    def type(self, digit: int) -> None:
        """A staff member types ``digit``."""
        self._inbox.put(Typed(digit, self._clock.now_ms()))
