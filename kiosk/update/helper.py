"""The helper that root runs: takes in a staged update, turns the link, counts starts, and goes back.

Of what the kiosk asks only "take what is staged" and "it works" count. A staged file is copied first, to where only
root can write, and that copy is judged.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from kiosk.errors import KioskError, UpdateError, marked
from kiosk.records.folder import free_bytes
from kiosk.safefiles import QUIET, open_file, open_folder
from kiosk.update.bundle import MOST_ZIP, Bundle
from kiosk.update.data_copy import copy_data, held, return_data, size_of
from kiosk.update.disk import UpdateDisk, pieces_of, point, remove, replace_file
from kiosk.update.keys import read_keys
from kiosk.update.manifest import VERSION, check_fits, this_machine
from kiosk.update.notes import ItWorks, LastUpdate, UpdateWish, probation_of, read_note, sentence_of
from kiosk.update.places import (
    COMING,
    CONFIRM,
    COPY,
    CURRENT,
    FILE,
    FOLDER,
    GOING,
    INCOMING,
    LAST,
    LOCK,
    PROBATION,
    PROVEN,
    REQUEST,
    STARTER,
    WAITS,
    Places,
)
from kiosk.update.probation import (
    DataCopied,
    LookedAround,
    OrdersDone,
    Probation,
    ProbationEvent,
    ProbationOrder,
    ProbationPhase,
    Staged,
    Starting,
    UpdateEnding,
    Works,
    step,
)

log = logging.getLogger(__name__)

RESERVE = 64 << 20
"""Room that is left on the disk, whatever comes."""
COMPILED = 5 / 4
"""The room that a release takes once its programs are translated, by the size of its files."""
NOT_STAGED = marked("There is no staged update. Take it in again.")
NOBODY_WAITS = marked("The kiosk was started again before the update was in place. Take it in again.")
NO_ROOM = marked("There is not enough room for this update: {need} MB are needed, and {free} MB are free.")


class KioskService(Protocol):
    """The kiosk's own service. ``stop`` returns when it has ended and raises UpdateError; ``start`` raises nothing."""

    def stop(self) -> None: ...

    def start(self) -> None: ...


class UpdateHelper:
    """Everything that root does for an update; one at a time. ``token`` draws the word of a probation.

    ``room`` tells how many bytes are free where.
    """

    def __init__(
        self,
        places: Places,
        service: KioskService,
        disk: UpdateDisk | None = None,
        token: Callable[[], str] = lambda: secrets.token_hex(16),
        room: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._places, self._service, self._disk = places, service, disk or UpdateDisk()
        self._token, self._room = token, room
        self._refused: UpdateError | None = None
        self._hurried = False
        self.probation = probation_of(places)

    def asked(self) -> None:
        """The kiosk has left a note: it works, or a staged update is to be taken in. Raises OSError."""
        with self._alone():
            with contextlib.suppress(OSError):  # it is in nobody's way
                remove(self._disk, self._places.releases / GOING)
            works, wish = self._asked_for()
            self._hear(Works(works.token) if works is not None else LookedAround())
            if wish is not None:
                self._take_in(wish)

    def starting(self) -> None:
        """The kiosk is about to start: count it, or go back first. Raises OSError, UpdateError.

        Thousands of files are removed by the next ``asked``: nobody waits for that in front of a dark screen.
        """
        self._hurried = True
        with self._alone():
            self._hear(Starting())

    # The machine, and what it orders.

    def _hear(self, event: ProbationEvent) -> None:
        before = self.probation
        self.probation, orders = step(before, event, self._places.named())
        if self.probation != before:
            self._write_down(before)
        for order in orders:
            log.info("version %s: %s", self.probation.version, order)
            if order is ProbationOrder.TURN:
                point(self._disk, self._places.releases / CURRENT, self.probation.version)
            elif order is ProbationOrder.RETURN:
                self._go_back()
                self._hear(LookedAround())
            else:
                self._settle() if order is ProbationOrder.SETTLE else self._clear()
                self._hear(OrdersDone())

    def _write_down(self, before: Probation) -> None:
        state = self._places.state
        if self.probation.phase is ProbationPhase.IDLE:
            told = LastUpdate(before.ending, before.version, before.before, token=before.token)
            self._tell(told if self._refused is None else _refusal(self._refused, before.version, before.before))
            self._disk.unlink(state / PROBATION)
            self._disk.sync_folder(state)
        else:
            replace_file(self._disk, state / PROBATION, msgspec.json.encode(self.probation))

    def _tell(self, last: LastUpdate) -> None:
        replace_file(self._disk, self._places.state / LAST, msgspec.json.encode(last))

    def _go_back(self) -> None:
        places = self._places
        with held(places.data):
            return_data(self._disk, places.state / COPY, self.probation.copied, places.data)
        point(self._disk, places.releases / CURRENT, self.probation.before)

    def _settle(self) -> None:
        """The data that were copied go as well: whoever is erased must not go on in them."""
        places, keep = self._places, {self.probation.version, self.probation.before, self._places.named()}
        if (places.release(self.probation.version) / STARTER).is_file():
            point(self._disk, places.releases / PROVEN, self.probation.version)
        remove(self._disk, places.state / COPY)
        for old in self._releases():
            if old.name not in keep:
                self._remove_release(old)

    def _clear(self) -> None:
        """Remove what came, but never what a link names."""
        places, version = self._places, self.probation.version
        remove(self._disk, places.state / COPY)
        if version not in (places.named(CURRENT), places.named(PROVEN)):
            self._remove_release(places.release(version))

    def _releases(self) -> list[Path]:
        return [path for path in self._places.releases.iterdir() if path.is_dir() and VERSION.fullmatch(path.name)]

    def _remove_release(self, folder: Path) -> None:
        """At no moment is half a release called by its name."""
        going = self._places.releases / GOING
        if not folder.is_dir():
            return
        remove(self._disk, going)
        self._disk.rename(folder, going)
        self._disk.sync_folder(self._places.releases)
        if not self._hurried:
            remove(self._disk, going)

    # Taking in.

    def _take_in(self, wish: UpdateWish) -> None:
        """Judge the copy, lay the release beside the others, copy the data, turn the link; or say why not."""
        places, stopped, version = self._places, False, ""
        try:
            if self.probation.phase is not ProbationPhase.IDLE:
                raise UpdateError("Another update is being tried. Wait until that has ended.")
            before = places.named()
            if not (places.release(before) / STARTER).is_file():
                raise UpdateError("This kiosk was not installed so that a release can lie beside it.")
            version = self._lay_beside(wish, before)
            self._still_waited_for()
            point(self._disk, places.releases / PROVEN, before)
            self._hear(Staged(version, before, self._token()))
            stopped = True
            self._service.stop()
            with held(places.data):
                files = copy_data(self._disk, places.data, places.state / COPY)
                self._hear(DataCopied(files))
        except (KioskError, OSError) as why:
            log.warning("the update is not taken: %s", why)
            self._refuse(why, version)
        finally:
            if stopped:
                self._service.start()

    def _refuse(self, why: KioskError | OSError, version: str) -> None:
        refused = sentence_of(why)
        for left in (self._places.releases / COMING, self._places.state / INCOMING):
            with contextlib.suppress(OSError):  # it is removed before the next one comes
                remove(self._disk, left)
        if self.probation.phase is ProbationPhase.IDLE:
            with contextlib.suppress(OSError):
                if version and version not in (self._places.named(CURRENT), self._places.named(PROVEN)):
                    self._remove_release(self._places.release(version))
            self._tell(_refusal(refused, version, self._places.named()))
        else:
            self._refused = refused
            self._hear(LookedAround())

    def _lay_beside(self, wish: UpdateWish, before: str) -> str:
        """The version of the release that lies beside ``before`` now, whole and lasting."""
        places, disk = self._places, self._disk
        keys, wrong = read_keys(places.keys)
        for sentence in wrong:
            log.warning("%s", sentence)
        self._fetch()
        fd = open_file(places.state / INCOMING)
        with open(fd, "rb") as file, Bundle(file, keys) as bundle:
            manifest = bundle.manifest
            if bundle.digest != wish.digest:
                raise UpdateError("The update is another one than the one that was shown. Take it in again.")
            check_fits(manifest, this_machine(before))
            self._has_room(int(manifest.bytes * COMPILED), 2 * size_of(places.data))
            self._remove_release(places.release(manifest.version))
            bundle.unpack(disk, places.releases / COMING)
        disk.rename(places.releases / COMING, places.release(manifest.version))
        disk.sync_folder(places.releases)
        remove(disk, places.state / INCOMING)
        return manifest.version

    def _has_room(self, release: int, data: int) -> None:
        places = self._places
        one = places.releases.stat().st_dev == places.state.stat().st_dev
        for folder, need in ((places.releases, release + data * one), (places.state, data + release * one)):
            free = self._room(folder)
            if free < need + RESERVE:
                raise UpdateError(NO_ROOM, need=str((need + RESERVE) >> 20), free=str(free >> 20))

    # What the kiosk has left, in a folder where it can do as it likes.

    def _asked_for(self) -> tuple[ItWorks | None, UpdateWish | None]:
        """The notes; they are removed, so that each is heard once."""
        with self._folder() as folder:
            if folder is None:
                return None, None
            found = read_note(CONFIRM, ItWorks, folder), read_note(REQUEST, UpdateWish, folder)
            for name in (CONFIRM, REQUEST):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
            os.fsync(folder)
            return found

    def _still_waited_for(self) -> None:
        """Raise UpdateError where the desk does not wait: a kiosk that was started again may be in a session."""
        with self._folder() as folder:
            try:
                if folder is None:
                    raise FileNotFoundError
                os.unlink(WAITS, dir_fd=folder)
            except FileNotFoundError as why:
                raise UpdateError(NOBODY_WAITS) from why

    def _fetch(self) -> None:
        """Copy the staged file, to where only root writes. It is not needed by the kiosk any more."""
        incoming = self._places.state / INCOMING
        remove(self._disk, incoming)
        with self._folder() as folder:
            if folder is None:
                raise UpdateError(NOT_STAGED)
            try:
                fd = open_file(FILE, folder)
            except OSError as why:
                raise UpdateError(NOT_STAGED) from why
            try:
                found = os.fstat(fd)
                if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_ZIP:
                    raise UpdateError(NOT_STAGED)
                free = self._room(self._places.state)
                if free < found.st_size + RESERVE:
                    raise UpdateError(NO_ROOM, need=str((found.st_size + RESERVE) >> 20), free=str(free >> 20))
                self._disk.create(incoming, _at_most(fd, found.st_size), mode=0o600)
            finally:
                os.close(fd)
            self._disk.sync_file(incoming)
            os.unlink(FILE, dir_fd=folder)

    @contextlib.contextmanager
    def _folder(self) -> Iterator[int | None]:
        """The folder through which the kiosk asks: a link in its place leads nowhere."""
        try:
            data = open_folder(self._places.data)
        except OSError:
            yield None
            return
        try:
            folder = open_folder(FOLDER, data)
        except OSError:
            yield None
            return
        finally:
            os.close(data)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One helper at a time; what it knows is read once nobody else can change it."""
        fd = os.open(self._places.state / LOCK, os.O_RDWR | os.O_CREAT | QUIET, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            self.probation = probation_of(self._places)
            if self.probation.phase is ProbationPhase.IDLE:
                remove(self._disk, self._places.state / PROBATION)  # what nobody can read is no probation
            yield
        finally:
            os.close(fd)


def _at_most(fd: int, count: int) -> Iterator[bytes]:
    for piece in pieces_of(fd):
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return


def _refusal(why: UpdateError, version: str, before: str) -> LastUpdate:
    fields = {name: str(value) for name, value in why.fields.items()}
    return LastUpdate(UpdateEnding.REFUSED, version, before, why.template, fields)
