"""All recordings of a folder or a parcel, looked at one by one: what can be played, and what cannot and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kiosk.faults import Fault
from kiosk.voice.bounds import RECORDING
from kiosk.voice.judge import judged
from kiosk.voice.kept import OwnRecording, unfit
from kiosk.voice.listen import VoiceListener
from kiosk.voice.prepare import FitVoice
from kiosk.voice.slots import Sentence


@dataclass(frozen=True, slots=True)
class VoiceFound:
    """The result of a look. ``fit``: prompt id → the recording as it would be played."""

    fit: Mapping[str, FitVoice] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    """A reason for each that is left out."""


def looked_at(
    names: Iterable[str],
    opened: Callable[[str], int | None],
    entries: Mapping[str, OwnRecording],
    said: Mapping[str, Sentence],
    listener: VoiceListener,
    *,
    as_is: bool = False,
) -> VoiceFound:
    """Look at the files ``names``. ``as_is``: they are played as they are.

    ``opened`` gives a descriptor, None where somebody was told why there is none. Raises OSError.
    """
    fit: dict[str, FitVoice] = {}
    faults: list[Fault] = []
    for name in sorted(names):
        found = RECORDING.fullmatch(name)
        if found is None:
            faults.append(Fault(name, "", "", "the name is not that of a prompt", "name it as the sheet does"))
            continue
        prompt = found[1]
        if prompt in fit:
            faults.append(Fault(name, "", "", f"there is another file for {prompt}", "take one of them out"))
            continue
        if fault := unfit(name, prompt, entries, said):
            faults.append(fault)
            continue
        try:
            file = opened(name)
        except OSError as why:
            rule = f"the file cannot be read ({why.strerror})"
            faults.append(Fault(name, "", "", rule, "check the file and its rights"))
            continue
        if file is None:
            continue
        heard = listener.hear(name, file)
        if isinstance(heard, Fault):
            faults.append(heard)
            continue
        voice, against = judged(name, heard, said[prompt], as_is=as_is)
        faults += against
        if voice is not None and not against:
            fit[prompt] = voice
    return VoiceFound(fit, tuple(faults))
