"""Words and tones, as well as it goes: never overlapping, cues never late, and never in anybody's way.

One worker thread alone owns pygame's mixer, which may hang with its device; whoever wants a sound leaves a note.
Nobody else may call ``pygame.init`` or ``pygame.quit``: they open and close the mixer as well.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.devices.sound_files import VoiceFiles
from kiosk.devices.sound_queue import Playlist, SoundKind, SoundOrder
from kiosk.errors import SoundError
from kiosk.signals import SignalSource, Spoken

log = logging.getLogger(__name__)

RATE, SIZE, CHANNELS, BUFFER = 24_000, -16, 1, 1_024
FADE_MS = 40
"""The time in which a cut sound fades: short enough that the cue which cuts another is not late itself."""
RAMP_MS = 60
"""Sound starts softly: the side with the palsy may be over-sensitive to it."""
LOUDNESS = (0.0, 0.25, 0.5, 1.0)
RETRY_MS = 30_000
"""A device that could not be opened is tried again no sooner than this, and only when there is something to say."""
STALL_S = 2.0
"""A device that has not come to the end of a sound this long after its end is not playing it."""
POLL_S = 0.02
CLOSE_S = 2.0
CLOSE_MS = 5_000
"""An open device wakes the processor two dozen times a second, heard or not: it is given back after such a silence."""

HELP = (
    f"Check the loudspeaker's plug and the sound output of this computer; it is tried again every {RETRY_MS // 1_000} s"
)

RECORDING = "recording"
"""The id under which a recording that lies in no folder is heard."""

OwnVoice = Callable[[str], Mapping[str, Path]]
"""A language → the site's own recordings in it, by their prompts."""


class Speaker(SignalSource, Protocol):
    """The kiosk's voice. Nothing here blocks, and nothing raises because of sound.

    As a source it tells ``Spoken`` when a prompt was heard to its end, and only then: not when it was cut, late or
    missing, and not when nothing can be heard (``audible`` says so; a reading time takes its place). Ask all the same:
    asking is what makes a device that failed be tried again.
    """

    @property
    def problem(self) -> SoundError | None:
        """The reason for which nothing, or not everything, can be heard; for staff."""

    @property
    def audible(self) -> bool:
        """Words asked for now would be heard, as far as the kiosk can know."""

    def say(self, prompt_id: str, now_ms: int, *, hold: bool = False, droppable: bool = False) -> None:
        """Speak a prompt; a newer one takes its place. ``hold``: to its end, whatever is asked for meanwhile.

        ``droppable``: a cue or a count, which is not said late and takes nobody's place; all others are said late
        rather than not at all, until ``hush``.
        """

    def play(self, recording: bytes, now_ms: int) -> None:
        """Let a WAV file that lies in memory be heard, as a prompt that is called ``RECORDING``."""

    def tone(self, kind: str) -> None:
        """Sound a tone: ``start``, ``end`` or ``danger``. A prompt that is asked for with it follows it."""

    def hush(self) -> None:
        """Silence, now."""

    def wake(self) -> None:
        """Somebody has pressed, and a sound may come of it: have the device open by then."""

    def keep_open(self, kept: bool) -> None:
        """``kept``, as it is at first: the device stays open, so that every sound comes at its moment.

        Else it is given back after ``CLOSE_MS`` without sound or ``wake``; whatever is asked for then opens it.
        """

    def set_volume(self, level: int) -> None:
        """Set the loudness, 0 silent to 3 loud, from the next sound on; silence at once."""

    def set_language(self, language: str) -> None:
        """The voice of another language from the next prompt on; also where recordings have come or gone."""

    def duration_ms(self, prompt_id: str) -> int | None:
        """Return the time for which a prompt is heard, or None where it cannot be."""

    def close(self) -> None:
        """Silence, and the device given back. Closing twice is fine."""


def opened_mixer() -> Any:
    """pygame's mixer with this machine's sound output open. Raises SoundError."""
    try:
        mixer = importlib.import_module("pygame.mixer")
        mixer.init(RATE, SIZE, CHANNELS, BUFFER)
    # pygame.error is a RuntimeError; a build without mixer, too.
    except (RuntimeError, OSError, ImportError) as exc:
        raise SoundError(f"no sound can be made: {exc}") from exc
    return mixer


class Sound(InboxSource):
    """The real voice. ``assets`` holds voice/ and tones/; ``own_voice`` gives the site's recordings of a language."""

    def __init__(
        self, clock: Clock, assets: Path, language: str = "en", own_voice: OwnVoice = lambda _language: {}
    ) -> None:
        super().__init__()
        self._clock = clock
        self._assets, self._own_voice = assets, own_voice
        self._files = self._voice(language)
        self._level = 2
        self._list = Playlist()
        self._recording = b""
        self._change = threading.Condition()
        self._closed = False
        self._device_problem: SoundError | None = None
        self._file_problems: dict[str, SoundError] = {}
        self._mixer: Any = None
        self._failed_ms: int | None = None
        self._opening_ms: int | None = None
        self._works = False
        self._kept, self._woken = True, False
        self._worker = threading.Thread(target=self._run, name="sound", daemon=True)
        self._worker.start()

    @property
    def problem(self) -> SoundError | None:
        if self._hangs():
            return SoundError(f"the sound device does not open within {STALL_S:g} s. {HELP}")
        return self._device_problem or next(iter(list(self._file_problems.values())), None)

    @property
    def audible(self) -> bool:
        return self._level > 0 and self._works and not self._hangs()

    def say(self, prompt_id: str, now_ms: int, *, hold: bool = False, droppable: bool = False) -> None:
        self._ask(SoundOrder(SoundKind.PROMPT, prompt_id, now_ms, hold, droppable))

    def play(self, recording: bytes, now_ms: int) -> None:
        self._recording = recording
        self._ask(SoundOrder(SoundKind.PROMPT, RECORDING, now_ms))

    def tone(self, kind: str) -> None:
        self._ask(SoundOrder(SoundKind.TONE, kind, self._clock.now_ms()))

    def wake(self) -> None:
        if self._level == 0:
            return
        with self._change:
            self._woken = True
            self._change.notify_all()

    def keep_open(self, kept: bool) -> None:
        if kept == self._kept:
            return
        with self._change:
            self._kept = kept
            self._woken |= kept and self._level > 0
            self._change.notify_all()

    def hush(self) -> None:
        with self._change:
            self._list.hush()
            self._recording = b""
            self._change.notify_all()

    def set_volume(self, level: int) -> None:
        self._level = max(0, min(level, len(LOUDNESS) - 1))
        if self._level == 0:
            self.hush()

    def set_language(self, language: str) -> None:
        self._files = self._voice(language)

    def duration_ms(self, prompt_id: str) -> int | None:
        return self._files.duration_ms(prompt_id)

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._list.hush()
            self._change.notify_all()
        # A worker that hangs in its device is left behind: it is a daemon and holds nothing anybody waits for.
        self._worker.join(CLOSE_S)
        super().close()

    def _voice(self, language: str) -> VoiceFiles:
        return VoiceFiles(language, self._assets / "voice", self._own_voice(language))

    def _ask(self, order: SoundOrder) -> None:
        if self._level == 0:
            return
        with self._change:
            self._list.ask(order)
            self._change.notify_all()

    # From here on everything runs on the worker's thread.

    def _run(self) -> None:
        self._open_device()
        while (order := self._wait_for_order()) is not None:
            heard = self._play(order)
            with self._change:
                now_ms = self._clock.now_ms()
                self._list.finished(now_ms)
            if heard and order.kind is SoundKind.PROMPT:
                self._inbox.put(Spoken(order.name, now_ms))
        self._give_back()

    def _wait_for_order(self) -> SoundOrder | None:
        while not self._closed:
            if not self._wait_until_wanted():
                continue
            if self._mixer is None and not self._closed:
                # Before the order is taken: opening takes its time, and a cue that is late by then is not said.
                self._open_device()
            with self._change:
                order = self._list.next(self._clock.now_ms())
                if order is not None and not self._closed:
                    return order
        return None

    def _wait_until_wanted(self) -> bool:
        """Wait for an order or a press; False after too long a silence, which closes the device, and other changes."""
        with self._change:
            kept = self._kept
            quiet_s = None if kept or self._mixer is None else CLOSE_MS / 1_000
            if self._change.wait_for(lambda: self._news or self._kept is not kept, quiet_s):
                wanted, self._woken = self._news, False
                return wanted
        self._give_back()
        return False

    @property
    def _news(self) -> bool:
        return self._closed or self._list.waits or self._woken

    def _open_device(self) -> None:
        now_ms = self._clock.now_ms()
        if self._failed_ms is not None and now_ms - self._failed_ms < RETRY_MS:
            return
        self._opening_ms = now_ms
        try:
            self._mixer = opened_mixer()
        except SoundError as exc:
            self._failed_ms = now_ms
            self._device_fault(str(exc))
        else:
            self._device_problem, self._failed_ms, self._works = None, None, True
            if not self._kept:
                with self._change:
                    # It was at rest, so a tone is no part of a sequence: somebody is called, and waits for it.
                    self._list.excuse(self._clock.now_ms() - now_ms)
        self._opening_ms = None

    def _give_back(self) -> None:
        """Close the device."""
        if self._mixer is not None:
            self._mixer.quit()
            self._mixer = None

    def _hangs(self) -> bool:
        """Whether the device is being opened, and that for too long."""
        since_ms = self._opening_ms
        return since_ms is not None and self._clock.now_ms() - since_ms > STALL_S * 1_000

    def _device_fault(self, what: str) -> None:
        self._works = False
        if self._device_problem is None or not str(self._device_problem).startswith(what):
            log.warning("%s", what)
        self._device_problem = SoundError(f"{what}. {HELP}")

    def _play(self, order: SoundOrder) -> bool:
        """Make ``order`` heard; True if it was, to its end."""
        if order.kind is SoundKind.PROMPT and order.name == RECORDING:
            files: list[Path | BytesIO] = [BytesIO(self._recording)]
        else:
            files = [*self._paths(order)]
        sound = None if self._mixer is None else self._loaded(order, files)
        if sound is None:
            return False
        sound.set_volume(LOUDNESS[self._level])
        channel = self._mixer.Channel(0)
        # Reading the file took its time as well.
        if self._interrupted(0) or self._list.too_late(self._clock.now_ms()):
            return False
        channel.play(sound, fade_ms=RAMP_MS if order.kind is SoundKind.PROMPT else 0)
        if not self._interrupted(sound.get_length()):
            late = 0.0
            while channel.get_busy() and late < STALL_S:
                if self._interrupted(POLL_S):
                    break
                late += POLL_S
            else:
                return self._ended(channel)
        channel.fadeout(FADE_MS)
        self._let_fade(channel)
        return False

    def _loaded(self, order: SoundOrder, files: list[Path | BytesIO]) -> Any:
        """The first of these files that can be played; None: none can."""
        for file in files:
            try:
                return self._mixer.Sound(file if isinstance(file, BytesIO) else str(file))
            except (RuntimeError, OSError) as exc:
                path = order.name if isinstance(file, BytesIO) else file
                self._file_fault(order, f"{path} is no sound that can be played ({exc}): replace it")
        return None

    def _interrupted(self, seconds: float) -> bool:
        """Wait; True as soon as what is playing has to end."""
        with self._change:
            return self._change.wait_for(self._list.must_end, seconds)

    def _let_fade(self, channel: Any) -> None:
        pause = threading.Event()
        for _ in range(round(STALL_S / POLL_S)):
            if not channel.get_busy():
                return
            pause.wait(POLL_S)
        self._ended(channel)

    def _ended(self, channel: Any) -> bool:
        """Whether the device came to the end of its sound; if not, it is closed, and opened again later."""
        if not channel.get_busy():
            return True
        self._device_fault("the sound device has stopped playing")
        self._give_back()
        return False

    def _paths(self, order: SoundOrder) -> list[Path]:
        files = self._files
        if order.kind is SoundKind.TONE:
            path = self._assets / "tones" / f"{order.name}.wav"
            found = [path] if path.is_file() else []
        else:
            found = files.paths(order.name)
        if not found:
            self._file_fault(
                order,
                f"there is no sound file for {order.kind} {order.name!r} in language {files.language!r}: nothing is "
                "said. Record it for this site, or install the kiosk again",
            )
        return found

    def _file_fault(self, order: SoundOrder, what: str) -> None:
        key = f"{self._files.language}/{order.kind}/{order.name}"
        if key not in self._file_problems:
            self._file_problems[key] = SoundError(what)
            log.warning("%s", what)
