"""The one thread that owns the writing connection: it groups, commits, retries, and never claims what is not so."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
from typing import TYPE_CHECKING, Protocol

from kiosk.clock import Instant
from kiosk.errors import NewerSchema
from kiosk.records import staff_copy
from kiosk.records.folder import Folder, Limits, Problem, free_bytes, problem_of
from kiosk.records.inspection import Inspection
from kiosk.records.opening import UNSEEN_PAGES, as_it_is, is_left, open_database
from kiosk.records.queue import Handed, Queue
from kiosk.records.tidying import Tidying
from kiosk.records.upsert import Upserts, close_interrupted
from kiosk.rows.kinds import Doubt, Entry, EventRow, Order

if TYPE_CHECKING:
    from sqlite_utils import Database

LOG = logging.getLogger(__name__)
UNFIT = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    OverflowError,
)
"""Errors that a row raises and that no second try would make right."""
STARVED_BYTES = 64 << 10
"""SQLite calls it an I/O error when its shared memory file finds no room; below this the disk is full."""
STOP_S = 0.5
"""Most time that the end waits for whoever looks through the record."""
MOST_QUARANTINES = 3
"""Most files set aside in one run: a medium that spoils every new file is not helped by more of them."""


class Listener(Protocol):
    """The listener that the writer's thread tells of its work."""

    def stored(self, token: int) -> None: ...

    def state(self, problem: Problem) -> None: ...

    def notice(self, sentence: str) -> None: ...

    def opened(self) -> None: ...

    def inspected(self, whole: bool) -> None: ...


class Writer:
    """``run`` is the thread's body. ``opened`` is set after the first try to open, however that went."""

    def __init__(self, folder: Folder, limits: Limits, queue: Queue, listener: Listener, start: Instant) -> None:
        self._folder, self._limits, self._queue, self._listener = folder, limits, queue, listener
        self._at = start
        self._run = secrets.randbits(62) | 1
        self._db: Database | None = None
        self.condemned = self._suspect = False
        """The file is known to be damaged, and still in its place."""
        self._quarantines = 0
        self._recovered = False
        self._problem = Problem.NONE
        self._untold: list[Entry] = []
        self._inspection: Inspection | None = None
        self._inspects = self._inspection_told = False
        self._reached = (False, False)
        """Whether the inspection has looked through and named all that rules go by, and everything."""
        self.unchecked = True
        """Whether the record, no new one, has still to be looked through for what rules go by."""
        self.whole = threading.Event()
        """The whole record has been looked through, as it was opened."""
        self._retry_ms = 0
        self._abandoned = False
        self._refused_told = 0
        self._tidying = Tidying()
        self.unread: list[str] = []
        """The names (see ``rows.name_of``) of rows that cannot be read."""
        self.opened = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Write until the queue is closed and empty, or the writer is abandoned."""
        try:
            while not self._abandoned and self._turn():
                pass
        except NewerSchema as error:
            self.failure = error
        except Exception as error:
            # Nothing but the store's own faults come here. The rows stay unacknowledged, and the kiosk learns why.
            LOG.exception("the writer ended")
            self.failure = error
            self._become(Problem.IO_ERROR)
        finally:
            self._stop_inspection()
            self._drop_connection()
            self._say_opened()

    def _say_opened(self) -> None:
        if not self.opened.is_set():
            self.opened.set()
            self._listener.opened()

    @property
    def tidying(self) -> bool:
        """Whether the file is being made anew, which takes its time."""
        return self._tidying.underway

    def look_through(self) -> None:
        """Have the whole record looked through from now on, beside everything else."""
        self._inspects = True
        self._queue.nudge()

    def abandon(self) -> None:
        """Give up what cannot be stored now."""
        self._abandoned = True
        self._queue.close()

    def _turn(self) -> bool:
        """One try at whatever is to be done, and the wait for what comes next. False: there is nothing more to do."""
        try:
            self._hear_inspection()
            if self._db is None:
                self._open()
            group = self._queue.group(self._limits.group_rows)
            if group or self._untold:
                self._write(group)
            if self._db is not None and self._tidying.is_due(self._db, self._at):
                # Nobody waits for the first screen, or for the farewell, because of this.
                self._say_opened()
                self._tidying.tidy(self._db, self._at)
            self._look_after_reserve()
        except (sqlite3.Error, OSError) as error:
            self._trouble(error)
            if not self._retry_ms:
                return True
            self._say_opened()
            self._inspect()
            self._pass_inspection()
            self._queue.wait_for_close(self._retry_ms / 1000)
            if self._queue.closing:
                # The wait above ends at once from now on: without this, closing would turn it into a busy loop.
                threading.Event().wait(min(self._retry_ms, 50) / 1000)
            return True
        self._say_opened()
        self._inspect()
        self._pass_inspection()
        self._retry_ms = 0
        if self._untold:
            return True
        if self._queue.closing and not self._queue.group(1):
            return False
        self._queue.wait_for_rows(None if self._problem is Problem.NONE else self._limits.retry_most_ms / 1000)
        return True

    def _open(self) -> None:
        self._folder.make()
        self._folder.hold()
        self._folder.take_over()
        if self.condemned or self._folder.lost:
            self._rescue()
        new = self._folder.new
        # A medium that spoils every new file has no more trust.
        later = self._quarantines < MOST_QUARANTINES
        db = self._db = open_database(self._folder, self._limits, suspect=self._suspect, later=later)
        self._suspect = False
        ledger = Upserts(db)
        if later and is_left(db.conn):
            db.execute(f"PRAGMA wal_autocheckpoint = {UNSEEN_PAGES:d}")
        with db.atomic():
            staff_copy.agree(self._folder.path, db, ledger, self._at)
            if not self._recovered:
                close_interrupted(db, ledger, self._at)
                ledger.powered(self._at.boot_id, self._at.t_boot_ms)
        self.unchecked = self.unchecked and not new
        self._recovered = True
        # A commit that was reported as failed may have been whole: then its rows must not be written twice.
        token = ledger.stored_token(self._run)
        if token:
            self._done(token)

    def _rescue(self) -> None:
        """Replace a damaged file by what can be read of it."""
        from kiosk.records.rescue import rescue  # not sooner: what makes the tables takes long to load

        self.condemned = True
        self._become(Problem.RESCUE)
        found = rescue(self._folder, self._at, lambda: self._abandoned)
        self.condemned = False
        self.unchecked = True
        self._quarantines += 1
        lost = f"Something is missing in: {', '.join(found.missing)}. " if found.missing else ""
        self._listener.notice(
            f"The record was damaged. {found.rows} of its rows could be read and were kept. {lost}The damaged file is "
            f"{found.aside}. Keep it, and tell whoever looks after this kiosk."
        )

    def _inspect(self) -> None:
        """Begin to look the record through, where that is wanted and not done."""
        if self._inspects and self._inspection is None and not self.whole.is_set() and not self.condemned:
            structure = self._db is None or is_left(self._db.conn)
            self._reached = (False, False)
            self._inspection = Inspection(self._folder.database, self._queue.nudge, structure=structure)

    def _stop_inspection(self) -> None:
        inspection, self._inspection = self._inspection, None
        if inspection is not None:
            inspection.stop(STOP_S)

    def _hear_inspection(self) -> None:
        """Hear what the inspection found so far. Raises damage: it takes the road of any damage."""
        inspection = self._inspection
        if inspection is None:
            return
        reached = (inspection.ruled, inspection.over)
        self._tell_unread(inspection.take())
        if inspection.damage is not None:
            self.unchecked = True
            self._stop_inspection()
            self._listener.inspected(False)
            raise inspection.damage
        if inspection.trouble is not None and not self._inspection_told:
            self._inspection_told = True
            LOG.warning("%s cannot be looked through: %s", self._folder.database, inspection.trouble)
            self._listener.notice(
                f"The record could not be looked through to its end ({inspection.trouble}); it is tried again. "
                "Have the memory card checked."
            )
        self._reached = reached

    def _pass_inspection(self) -> None:
        """Open what waited for it: not before what it found, and what that closes, is stored."""
        ruled, over = self._reached
        if not ruled or any(isinstance(row, Doubt) for row in self._untold):
            return
        self.unchecked = False
        self._reached = (False, over)
        if over:
            self._reached = (False, False)
            self._stop_inspection()
            if self._db is not None:
                self._db.execute(f"PRAGMA wal_autocheckpoint = {self._limits.checkpoint_pages:d}")
            self.whole.set()
        self._listener.inspected(True)

    def _tell_unread(self, names: tuple[str, ...]) -> None:
        """Rows that cannot be read: named to staff, and what they may have closed is closed until a therapist looks."""
        self.unread += names
        self._untold += map(Doubt, names)

    def _write(self, group: list[Handed]) -> None:
        """All of ``group``, and what the store has to say itself, in one transaction."""
        db = self._db
        assert db is not None  # noqa: S101 _turn opens it first
        ledger = Upserts(db)
        db.execute("BEGIN IMMEDIATE")
        try:
            for handed in group:
                self._put(db, ledger, handed)
                self._at = handed.at
            for row in self._untold:
                ledger.put(row, self._at)
            ledger.powered(self._at.boot_id, self._at.t_boot_ms)
            if group:
                ledger.mark(self._run, group[-1].token)
                staff_copy.follow(self._folder.path, ledger, [row for handed in group for row in handed.rows])
            db.execute("COMMIT")
        except BaseException:
            self._roll_back(db)
            raise
        self._untold.clear()
        if group:
            self._done(group[-1].token)

    def _put(self, db: Database, ledger: Upserts, handed: Handed) -> None:
        try:
            with db.atomic():
                for row in handed.rows:
                    ledger.put(row, handed.at)
            return
        except UNFIT:
            LOG.warning("a row does not fit its table; the rows of its put are stored one by one")
        for row in handed.rows:
            try:
                with db.atomic():
                    ledger.put(row, handed.at)
            except UNFIT as error:
                reason = getattr(error, "sqlite_errorname", type(error).__name__)
                if isinstance(row, Order):
                    raise
                LOG.error("%s: a row was set aside: %s", row.TABLE, error)
                ledger.set_aside(row, handed.at, reason)

    def _roll_back(self, db: Database) -> None:
        try:
            db.rollback()
        except sqlite3.Error as error:
            # The first error is the one that counts; a connection that cannot even undo is not used again.
            LOG.warning("rolling back failed: %s", error)
            self._drop_connection()

    def _done(self, token: int) -> None:
        # Told first: whoever waits with ``flush`` finds the news there.
        self._listener.stored(token)
        self._queue.stored(token)

    def _trouble(self, error: Exception) -> None:
        """Name what went wrong, and decide from where to try again, and when."""
        problem = problem_of(error, self._folder.path)
        if problem is Problem.IO_ERROR and self._starved():
            problem = Problem.DISK_FULL
        # Once when it begins: a card that stays read-only for a week shall not fill the journal.
        LOG.log(
            logging.DEBUG if problem is self._problem else logging.WARNING,
            "%s: %s: %s",
            self._folder.database,
            problem,
            error,
        )
        retry_ms = max(self._limits.retry_first_ms, min(self._limits.retry_most_ms, self._retry_ms * 2))
        if problem is Problem.DISK_FULL:
            if self._give_up_reserve():
                retry_ms = 0
        elif problem is Problem.LOCKED:
            retry_ms = min(retry_ms, self._limits.retry_first_ms)
        elif problem is Problem.CORRUPT:
            if self._db is not None:
                with as_it_is(self._folder.database):
                    self._drop_connection()
            if self.condemned:
                # What is damaged is being read: this one is the new file, and the medium spoils that as well.
                self._quarantines += 1
            if self._quarantines < MOST_QUARANTINES:
                self.condemned = True
                retry_ms = 0
        else:
            self._drop_connection()
            self._suspect = True
        self._retry_ms = retry_ms
        if retry_ms:
            self._become(problem)

    def _starved(self) -> bool:
        try:
            return free_bytes(self._folder.path) < STARVED_BYTES
        except OSError:
            return False

    def _give_up_reserve(self) -> bool:
        try:
            return self._folder.free_ballast()
        except OSError as error:
            LOG.warning("the reserve cannot be given up: %s", error)
            return False

    def _look_after_reserve(self) -> None:
        """Look after the reserve after a success: all is well when it lies on the disk and there is room beside it."""
        free = free_bytes(self._folder.path)
        limits = self._limits
        if not self._folder.has_ballast and free >= limits.floor_bytes + limits.ballast_bytes:
            self._folder.make_ballast(limits.ballast_bytes)
            free = free_bytes(self._folder.path)
        well = self._folder.has_ballast and free >= limits.floor_bytes
        self._become(Problem.NONE if well else Problem.DISK_FULL)
        refused = self._queue.refused
        if refused > self._refused_told:
            self._refused_told = refused
            self._untold.append(EventRow("fault", "rows_refused", str(refused)))

    def _become(self, problem: Problem) -> None:
        if problem is self._problem:
            return
        self._problem = problem
        if problem:
            self._untold.append(EventRow("fault", "store_trouble", problem.value))
        else:
            self._untold.append(EventRow("info", "store_well"))
        self._listener.state(problem)

    def _drop_connection(self) -> None:
        db, self._db = self._db, None
        if db is None:
            return
        # What comes next is opened anew, and looked through anew.
        self._stop_inspection()
        self.whole.clear()
        try:
            db.close()
        except sqlite3.Error as error:
            LOG.warning("closing failed: %s", error)
