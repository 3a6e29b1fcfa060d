"""``kiosk clinic browse``: a copy of the clinic's database in a browser on this computer, read-only, with five answers.

Datasette shows it. The copy is in SQLite's plain journal mode: a file that is read as immutable while a ``-wal`` of
before lies beside it shows part of its rows, and says nothing.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kiosk.clinic.database import Clinic, saying
from kiosk.errors import ClinicError
from kiosk.warehouse.parquet import MISSING
from kiosk.warehouse.questions import QUESTIONS
from kiosk.warehouse.tables import OF_WEEK, OF_WEEK_NUMBER, PUBLISHED, UNDATED, sites

HERE = "127.0.0.1"
NAME = "clinic"
FOLDER = "kiosk-browse-"
LIMIT_MS = 120_000
"""Time that a question may take, of a large file."""
OPEN = "/-/open"
"""The page on which a browser begins."""


def copied(clinic: Clinic, folder: Path) -> Path:
    """A copy of the database in ``folder``, with the columns that the questions ask for. Raises ClinicError."""
    copy = folder / f"{NAME}.db"
    with saying(clinic.path), closing(sqlite3.connect(copy, isolation_level=None)) as target:
        clinic.connection.backup(target)
        # Whatever the original is in: nothing may lie beside a file that is read as immutable.
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("PRAGMA synchronous = OFF")
        target.execute("BEGIN")
        target.execute("CREATE TEMP TABLE site_of (device_id TEXT PRIMARY KEY, site TEXT)")
        target.executemany("INSERT INTO site_of VALUES (?, ?)", sites(target).items())
        for one in sorted(PUBLISHED.values(), key=lambda one: one.of_session):
            for column in (
                "site",
                "month",
                *(column.name for column in one.columns if column not in one.table.columns),
            ):
                whole = " INTEGER" if column == "week_number" else " TEXT"
                target.execute(f'ALTER TABLE "{one.name}" ADD COLUMN "{column}"{whole}')
            if one.of_session:
                target.execute(
                    f'UPDATE "{one.name}" AS t SET (site, month, patient_code, day, week, week_number) ='  # noqa: S608 our own names
                    " (SELECT site, month, patient_code, day, week, week_number FROM sessions s"
                    " WHERE s.device_id = t.device_id AND s.session_id = t.session_id)"
                )
            else:
                site = "(SELECT site FROM site_of o WHERE o.device_id = t.device_id)"
                for news in (
                    f"day = {one.day}, site = {site}",
                    f"week = {OF_WEEK}, month = coalesce(substr(day, 1, 7), '{UNDATED}')",
                    f"week_number = {OF_WEEK_NUMBER}",
                ):
                    target.execute(f'UPDATE "{one.name}" AS t SET {news}')  # noqa: S608 our own names
        target.execute("COMMIT")
    return copy


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that only this user may look into; gone afterwards, and so are those of programs that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        if left.is_dir() and not left.is_symlink() and left.stat().st_uid == os.getuid():
            with _held(left) as free:
                if free:
                    shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=FOLDER) as made, _held(Path(made)):
        yield Path(made)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder, if nobody else does."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def reader(copy: Path, source: str, token: str) -> Any:
    """The Datasette of a copy of ``source``; it tells nothing to who has not come by the ``token``, which opens once.

    Raises ClinicError where Datasette is not installed.
    """
    try:
        from datasette.app import Datasette
        from datasette.plugins import pm
    except ImportError:
        raise ClinicError(MISSING, package="Datasette") from None
    from kiosk.warehouse import browse_pages

    queries = {one.name: {"title": one.title, "description": one.about, "sql": one.sql.strip()} for one in QUESTIONS}
    made = Datasette(
        immutables=[str(copy)],
        metadata={"title": "Kiosks", "allow": {"id": browse_pages.READER}, "databases": {NAME: {"queries": queries}}},
        settings={"sql_time_limit_ms": LIMIT_MS, "allow_download": False, "num_sql_threads": 1},
        template_dir=str(Path(__file__).parent / "templates"),
    )
    if not pm.is_registered(browse_pages):
        pm.register(browse_pages, name="kiosk")
    made.kiosk = browse_pages.Opening(token, source)
    return made


def browse(clinic: Clinic, port: int, opened: Callable[[str], None]) -> None:
    """Show a copy of ``clinic`` on this computer until it is told to end; ``opened`` hears the address to begin at.

    ``port`` 0: one that is free. Raises ClinicError, OSError.
    """
    with own_folder() as folder, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        token = secrets.token_urlsafe(32)
        copy = copied(clinic, folder)
        datasette = reader(copy, clinic.path.name, token)
        clinic.close()
        import uvicorn

        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HERE, port))
        listening.listen()
        opened(f"http://{HERE}:{listening.getsockname()[1]}{OPEN}?token={token}")
        uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="off")).run(sockets=[listening])
