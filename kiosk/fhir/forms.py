"""Observations of steps and repetitions as entries of a bundle, in JSON: each form is made once, and filled in then.

A record has sixty such entries in each session, and a handful of forms. What a form says comes from
``SessionResources``, asked for a session and a row whose values are marks: where those stand in the JSON is a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from kiosk.fhir.resources import MEASURES, SPACE, Named, SessionResources, resource_name, uuid_of
from kiosk.records.daytime import UNSET

PERSON, START = "?person", "?start"
"""Marks of words: none of ours holds a question mark."""
NUMBERS = range(8_000_000_000_000_000, 8_000_000_000_000_010)
"""Marks of numbers, which none of ours reaches."""
STEP = ("done_repetitions_count", "planned_repetitions_count", "hold_target_s")
"""The numbers of a step, in the order in which its observation has them."""

Asked = Callable[[SessionResources, Sequence[int]], Named]
"""Asks for the observation of a step or a repetition whose numbers are these."""
Words = tuple[str, str, str]
"""Region, side and exercise of a step."""
NOWHERE: Words = ("", "", "")
"""Those of a step that is not there."""


def entry(named: Named) -> str:
    """A resource as an entry of a bundle, in JSON."""
    name, resource = named
    return msgspec.json.encode({"fullUrl": f"urn:uuid:{name}", "resource": {**resource, "id": name}}).decode()


class SessionEntries:
    """Entries of one session of a kiosk, a row of its table by column. ``forms``: those made so far, for all sessions.

    Every text is what ``entry`` makes of the same of ``SessionResources``.
    """

    def __init__(self, row: Mapping[str, Any], device_id: str, forms: dict[Any, str]) -> None:
        self._device_id, self._forms = device_id, forms
        self._dated, self._final = row["clock_status"] != UNSET, bool(row["end_reason"])
        self._names = hashlib.sha1(SPACE + f"{device_id}/{row['session_id']}/".encode(), usedforsecurity=False)
        self._shared = (_text(row["patient_code"]), resource_name(device_id, row["session_id"]))
        self._start = (_text(row["start_utc"]),) if self._dated else ()

    def step(self, step: Mapping[str, Any]) -> str:
        """A step."""
        words = (step["region"], step["side"], step["exercise"])

        def asked(told: SessionResources, numbers: Sequence[int]) -> Named:
            return told.step({**step, **dict(zip(STEP, numbers, strict=True))})

        form = self._form((words,), len(STEP), asked)
        return self._filled(form, f"done-repetitions/{step['order']}", [str(step[name]) for name in STEP])

    def measured(self, order: str, repetition: str, quality: str, values: Sequence[str], words: Words) -> str:
        """A repetition of the step ``order``, with what was measured, as ``MEASURES`` has it; not all of it empty.

        Numbers are texts, as a CSV of ours has them: nearly all of them are JSON as they are.
        """
        there = tuple(map(bool, values))

        def asked(told: SessionResources, numbers: Sequence[int]) -> Named:
            left = iter(numbers)
            marked = {name: next(left) if is_there else None for name, is_there in zip(MEASURES, there, strict=True)}
            row = {"step_order": order, "repetition": repetition, "quality": quality, **marked}
            return told.measured(row, dict(zip(("region", "side", "exercise"), words, strict=True)))

        form = self._form((words, quality, there), sum(there), asked)
        return self._filled(form, f"repetition/{order}.{repetition}", filter(None, values))

    def _filled(self, form: str, key: str, numbers: Iterable[str]) -> str:
        own = self._names.copy()
        own.update(key.encode())
        name = uuid_of(own.hexdigest())
        told = [_number(text) if "e" in text else text for text in numbers]
        return form % (name, *self._shared, *told, *self._start, name)

    def _form(
        self, kind: tuple[Any, ...], count: int, asked: Callable[[SessionResources, Sequence[int]], Named]
    ) -> str:
        key = (self._dated, self._final, *kind)
        found = self._forms.get(key)
        if found is None:
            row = {
                "session_id": "",
                "patient_code": PERSON,
                "clock_status": "" if self._dated else UNSET,
                "start_utc": START,
                "end_reason": "completed" if self._final else None,
            }
            numbers = NUMBERS[:count]
            named = asked(SessionResources(row, self._device_id), numbers)
            session = resource_name(self._device_id, "")
            start = (START,) if self._dated else ()
            found = _gaps(named, (named[0], PERSON, session, *map(str, numbers), *start, named[0]))
            self._forms[key] = found
        return found


def _gaps(named: Named, marks: Sequence[str]) -> str:
    """The entry of a resource, to be formatted with what belongs where the ``marks`` stand in it, in their order."""
    pieces, rest = [], entry(named).replace("%", "%%")
    for mark in marks:
        piece, found, rest = rest.partition(mark)
        if not found:
            raise ValueError(f"an observation of ours without {mark}: it says its parts in another order than its form")
        pieces.append(piece)
    return "%s".join((*pieces, rest))


def _number(text: str) -> str:
    """A number with an exponent, which Python and JSON write differently."""
    return msgspec.json.encode(float(text)).decode()


def _text(word: str) -> str:
    return msgspec.json.encode(word)[1:-1].decode()
