"""The files for people that a package holds, in the order in which they are written."""

from __future__ import annotations

from kiosk.handover.package import Document

DOCUMENTS: tuple[Document, ...] = ()
"""``report.pdf`` and ``sessions.xlsx``, as soon as there is something that writes them."""
