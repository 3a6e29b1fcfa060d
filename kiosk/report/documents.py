"""The files for people that a package holds, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.package.write import PeopleFile
from kiosk.report.pages import Report
from kiosk.report.workbook import Workbook


def documents(
    words: Callable[[str], str] = str, language: str = "en", site: str = "", label: str = ""
) -> tuple[PeopleFile, ...]:
    """``report.pdf`` and ``sessions.xlsx`` in ``words``; ``site`` and ``label`` say where they come from.

    A long record goes on in ``sessions-2.xlsx`` and so on.
    """
    book = Workbook(words)
    return (
        PeopleFile("report.pdf", Report(words, language, site, label)),
        PeopleFile("sessions.xlsx", book, book.split),
    )
