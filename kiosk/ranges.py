"""Ranges of whole numbers as sets of them: what they hold together, and what is left of them without others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Range = tuple[int, int]


def united(ranges: Iterable[Range]) -> Iterator[Range]:
    """Ranges in order of their first numbers, which may overlap and touch, as ranges that do neither."""
    low = high = None
    for first, last in ranges:
        if last < first:
            continue
        if low is None or high is None:
            low, high = first, last
        elif first <= high + 1:
            high = max(high, last)
        else:
            yield low, high
            low, high = first, last
    if low is not None and high is not None:
        yield low, high


def minus(these: Iterable[Range], those: Iterable[Range]) -> Iterator[Range]:
    """Yield the ranges in ``these`` and not in ``those``; both as ``united`` gives them."""
    taken = iter(those)
    low, high = next(taken, (None, None))
    for first, last in these:
        at = first
        while low is not None and high is not None and low <= last:
            if at < low:
                yield at, low - 1
            at = max(at, high + 1)
            if high > last:
                break
            low, high = next(taken, (None, None))
        if at <= last:
            yield at, last
