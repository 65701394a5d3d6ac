"""Work that outlives a request: one row of the table `job` each, which is the truth.

A worker claims a row for LEASE_S seconds and keeps extending that lease while it works. The job of
a worker that died is taken over when its lease has ended. What a job makes and its being done are
kept in one transaction, so nothing is ever kept twice. The queue is a bell: it wakes a worker at
once and carries nothing but the number of the job. What nobody can write to an embedded store
while an import writes to it is said beside it (`aside`).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from huey.storage import BaseStorage, SqliteStorage
from sqlalchemy import Connection, Row, and_, column, or_, select, table, update

from crashkit import api
from crashkit.api import Message
from webapp.apart import Apart, Limits
from webapp.aside import Aside

LEASE_S = 30.0
EXTEND_EVERY_S = 10.0
LOOK_EVERY_S = 0.5
SWEEP_EVERY_S = 5.0
ATTEMPTS = 3
FINISHED = ("done", "failed", "cancelled")
MOST_WAITING = {
    **{"preview": 5, "import": 5, "screen": 10, "compare": 10, "report": 10, "verify": 5},
    **{"roads": 5, "keep_roads": 5, "corridors": 5, "preset_effect": 10},
}
"""How many jobs of a kind may wait; more would only be somebody's mistake, or an attack."""

JOB = table(
    "job",
    *(column(name) for name in ("id", "name", "args", "state", "progress", "doing", "result")),
    *(column(name) for name in ("error", "worker", "lease_until", "attempt", "cancel")),
    *(column(name) for name in ("created", "started", "finished")),
)
LOG = logging.getLogger(__name__)

Within = Callable[[Connection, int], None]
Finish = Callable[[Callable[[int], dict[str, Any]]], Within]
"""finish(lambda row_id: {"import": row_id}) makes the `within` that ends the job with the work."""
Look = Callable[["Board"], None]
Work = Callable[[api.Store, dict[str, Any], api.Progress, Finish], dict[str, Any]]

_works: dict[str, Work] = {}
_apart: set[str] = set()
_looks: list[Look] = []

TOO_LARGE = Message(
    "The work needed more memory than it may take, so it was stopped, and nothing was kept. Divide "
    "the files, or let CRASHKIT_IMPORT_MEMORY_MB say more."
)


@dataclass(frozen=True)
class Job:
    """One job as its page shows it. A failed job that needs a choice says so in `result`."""

    id: str
    name: str
    args: Mapping[str, Any]
    state: str
    progress: float
    doing: Message | None
    result: dict[str, Any] | None
    error: Message | None
    created: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def is_finished(self) -> bool:
        """Say whether nothing more will happen."""
        return self.state in FINISHED


class Full(api.CrashKitError):
    """Too many jobs of this kind wait already."""


class LostError(Exception):
    """Another worker has taken over; what was done here is thrown away."""


def work(name: str, *, apart: bool = False) -> Callable[[Work], Work]:
    """Register the function that does the work called `name`.

    `apart`: it reads what strangers wrote, so a worker does it in a process of its own.
    """

    def register(function: Work) -> Work:
        _works[name] = function
        if apart:
            _apart.add(name)
        return function

    return register


def each_look(function: Look) -> Look:
    """Register what a worker does each time before it looks for work."""
    _looks.append(function)
    return function


# -------------------------------------------------------------------- board


class Board:
    """The jobs of one store: put up, look at, cancel, run."""

    def __init__(self, where: str | api.Store) -> None:
        self.store = api.open_store(where) if isinstance(where, str) else where
        self._bell = _bell(self.store)
        self._aside = Aside(self._bell)

    def start(self, name: str, args: Mapping[str, Any]) -> str:
        """Put a job up and ring; return its number. Raises NotFound for unknown work, Full."""
        if name not in _works:
            raise api.NotFound("There is no work called {name}.", name=name)
        self._refuse_when_full(name)
        with self.store.writing() as connection:
            number = _put(connection, name, args)
        self._ring(number)
        return number

    def start_scheduled(
        self, one: api.Scheduled, following: datetime, name: str, args: Mapping[str, Any]
    ) -> None:
        """Put up the work that is due, and when it is due next; nothing where another has."""

        def within(connection: Connection) -> None:
            _put(connection, name, args)

        if self.store.claim_schedule(one, following, within):
            LOG.info("a report of %s is due", one.dataset)

    def _refuse_when_full(self, name: str) -> None:
        query = select(JOB.c.id).where(JOB.c.name == name, JOB.c.state == "queued")
        with self.store.reading() as connection:
            waiting = len(list(connection.execute(query)))
        if waiting >= MOST_WAITING.get(name, waiting + 1):
            raise Full(
                "{n} pieces of this work wait already. Wait until one is done, or stop one under "
                "Jobs.",
                n=waiting,
            )

    def get(self, number: str) -> Job:
        """Return a job. Raises NotFound."""
        with self.store.reading() as connection:
            row = connection.execute(select(JOB).where(JOB.c.id == number)).one_or_none()
        if row is None:
            raise api.NotFound("There is no job {number}.", number=number)
        return self._job(row)

    def recent(self, n: int = 20) -> list[Job]:
        """List the last `n` jobs, the newest first."""
        query = select(JOB).order_by(JOB.c.created.desc()).limit(n)
        with self.store.reading() as connection:
            rows = connection.execute(query).all()
        return [self._job(row) for row in rows]

    def _job(self, row: Row[Any]) -> Job:
        found = _job(row)
        told = self._aside.told(row.id, row.attempt) if found.state == "running" else None
        return found if told is None else replace(found, progress=told[0], doing=told[1])

    def cancel(self, number: str) -> None:
        """Ask a job to stop: a waiting one at once, a running one at its next step."""
        running = self.get(number).state == "running"
        heard = running and self._aside.ask_to_stop(number)
        try:
            self._mark_cancelled(number)
        except api.StoreError:
            # The import that is to stop may be writing just now; it has heard of it beside.
            if not heard:
                raise

    def _mark_cancelled(self, number: str) -> None:
        with self.store.writing() as connection:
            connection.execute(
                update(JOB)
                .where(JOB.c.id == number, JOB.c.state == "queued")
                .values(state="cancelled", cancel=1, finished=time.time())
            )
            connection.execute(
                update(JOB).where(JOB.c.id == number, JOB.c.state == "running").values(cancel=1)
            )

    def run_next(self, worker: str, apart: Apart | None = None) -> bool:
        """Run one job that waits or was abandoned; say whether there was one.

        Work that is registered so is done `apart`, where that is given.
        """
        self._sweep()
        claimed = self._claim(worker)
        if claimed is None:
            return False
        run = _Run(self.store, claimed)
        if apart is not None and claimed.name in _apart:
            run.do_apart(apart)
        else:
            run.do()
        return True

    def wait(self, number: str, seconds: float) -> Job:
        """Return a job when it is finished. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while not (job := self.get(number)).is_finished:
            if time.monotonic() > until:
                raise TimeoutError(f"job {number} is still {job.state}")
            time.sleep(0.02)
        return job

    def heard(self) -> bool:
        """Say whether the bell rang since it was last asked."""
        # Asking how many there are only reads; taking one locks the file of the bell.
        bell = self._bell
        return bell is not None and bell.queue_size() > 0 and bell.dequeue() is not None

    def close(self) -> None:
        """Close the bell and the store."""
        if self._bell is not None:
            self._bell.close()
        self.store.close()

    def _ring(self, number: str) -> None:
        if self._bell is not None:
            self._bell.enqueue(number.encode())

    def _sweep(self) -> None:
        """Close abandoned jobs that were cancelled, or tried too often."""
        abandoned = and_(JOB.c.state == "running", JOB.c.lease_until < time.time())
        hopeless = and_(abandoned, or_(JOB.c.cancel == 1, JOB.c.attempt >= ATTEMPTS))
        query = select(JOB.c.id, JOB.c.cancel).where(hopeless)
        with self.store.reading() as connection:
            found = list(connection.execute(query))
        for row in found:
            message = Message(
                "The work stopped {n} times without a word; the log of the server says more.",
                {"n": ATTEMPTS},
            )
            end = {"state": "cancelled"} if row.cancel else {"state": "failed"}
            error = None if row.cancel else api.Store.pack(message)
            with self.store.writing() as connection:
                connection.execute(
                    update(JOB)
                    .where(JOB.c.id == row.id, hopeless)
                    .values(**end, error=error, finished=time.time())
                )

    def _claim(self, worker: str) -> Row[Any] | None:
        open_jobs = and_(
            JOB.c.cancel == 0,
            JOB.c.attempt < ATTEMPTS,
            or_(
                JOB.c.state == "queued",
                and_(JOB.c.state == "running", JOB.c.lease_until < time.time()),
            ),
        )
        query = select(JOB.c.id).where(open_jobs).order_by(JOB.c.created, JOB.c.id)
        with self.store.reading() as connection:
            waiting = list(connection.execute(query).scalars())
        for number in waiting:
            with self.store.writing() as connection:
                now = time.time()
                claim = (
                    update(JOB)
                    .where(JOB.c.id == number, open_jobs)
                    .values(
                        state="running",
                        worker=worker,
                        lease_until=now + LEASE_S,
                        attempt=JOB.c.attempt + 1,
                        started=now,
                    )
                    .returning(*JOB.c)
                )
                # No row: another worker was faster, which is no error.
                row: Row[Any] | None = connection.execute(claim).one_or_none()
            if row is not None:
                return row
        return None


def _put(connection: Connection, name: str, args: Mapping[str, Any]) -> str:
    """Put a job up as part of a transaction; a worker finds it when it next looks."""
    number = uuid.uuid4().hex
    connection.execute(
        JOB.insert().values(
            id=number,
            name=name,
            args=api.Store.pack(dict(args)),
            state="queued",
            progress=0.0,
            lease_until=0.0,
            attempt=0,
            cancel=0,
            created=time.time(),
        )
    )
    return number


def _bell(store: api.Store) -> BaseStorage | None:
    """Return the bell of an embedded store; workers of a database server look every second."""
    if store.kind != "sqlite":
        return None
    return SqliteStorage("crashkit", filename=f"{store.engine.url.database}.bell", timeout=5)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        name=row.name,
        args=api.Store.unpack(row.args),
        state=row.state,
        progress=row.progress,
        doing=_unpacked(row.doing),
        result=_unpacked(row.result),
        error=_unpacked(row.error),
        created=datetime.fromtimestamp(row.created, UTC),
        started=_moment(row.started),
        finished=_moment(row.finished),
    )


def _unpacked(text: str | None) -> Any:
    return None if text is None else api.Store.unpack(text)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


# ---------------------------------------------------------------------- run


def do_claimed(url: str, number: str, attempt: int) -> None:
    """Do a job that a worker has claimed, in the process that it made for that."""
    with api.open_store(url) as store:
        with store.reading() as connection:
            mine = and_(JOB.c.id == number, JOB.c.attempt == attempt, JOB.c.state == "running")
            row = connection.execute(select(JOB).where(mine)).one_or_none()
        if row is not None:
            _Run(store, row).do()


class _Run:
    """One attempt at one job, with the thread that keeps its lease."""

    def __init__(self, store: api.Store, row: Row[Any]) -> None:
        self.store, self.row = store, row
        self.share, self.doing = 0.0, None if row.doing is None else _unpacked(row.doing)
        self.cancelled = self.lost = False
        self.aside, self.spoken = Aside(_bell(store)), -LOOK_EVERY_S
        self.mine = and_(JOB.c.id == row.id, JOB.c.attempt == row.attempt, JOB.c.state == "running")

    def do(self) -> None:
        """Do the work and write how it ended; what goes wrong is the job's, not the worker's."""
        args = _unpacked(self.row.args)
        try:
            with self._lease():
                result = _works[self.row.name](self.store, args, self.progress, self.finish)
        except LostError:
            LOG.warning("job %s was taken over by another worker", self.row.id)
        except api.Cancelled:
            self._end(state="cancelled")
        except api.NeedsChoice as error:
            choice = {
                **{"option": error.option, "choices": list(error.choices)},
                "examples": error.examples,
            }
            self._end(state="failed", error=error.message, result=choice)
        except api.CrashKitError as error:
            self._end(state="failed", error=error.message)
        except MemoryError:
            self._end(state="failed", error=TOO_LARGE)
        except Exception:
            LOG.exception("job %s (%s) failed", self.row.id, self.row.name)
            fault = Message(
                "The work stopped because of a fault in the program. The log of the server has "
                "the details under {number}.",
                {"number": self.row.id},
            )
            self._end(state="failed", error=fault)
        else:
            # Nothing to do where the work has finished the job in its own transaction.
            self._end(state="done", result=result, progress=1.0)
        finally:
            self._leave()

    def do_apart(self, apart: Apart) -> None:
        """Let a process of its own do the work and say how it ended; where it cannot, say so."""
        try:
            why = apart.do(self.row.id, self.row.attempt, self._is_cancelled)
            # A process that came to its end has said so itself, and left nothing to be ended.
            if why is not None and self._is_cancelled():
                self._end(state="cancelled")
            elif why is not None:
                self._end(state="failed", error=why)
        finally:
            self._leave()

    def _leave(self) -> None:
        # Who has taken over hears what was said of the job, until it has ended.
        if not self.lost:
            self.aside.forget(self.row.id)
        self.aside.close()

    def _is_cancelled(self) -> bool:
        with suppress(api.StoreError):
            self._look()
        return self.cancelled

    def progress(self, share: float, doing: Message | None = None) -> None:
        """Note how far the work is; the lease thread writes it down. Raises Cancelled."""
        self.share = max(self.share, min(1.0, share))
        self.doing = doing or self.doing
        self._speak()
        if self.lost:
            raise LostError
        if self.cancelled:
            raise api.Cancelled

    def _speak(self) -> None:
        if time.monotonic() - self.spoken >= LOOK_EVERY_S:
            self.aside.tell(self.row.id, self.row.attempt, self.share, self.doing)
            self.cancelled = self.cancelled or self.aside.is_to_stop(self.row.id)
            self.spoken = time.monotonic()

    def finish(self, result_of: Callable[[int], dict[str, Any]]) -> Within:
        """Return what marks the job done inside the transaction of its work."""

        def within(connection: Connection, row_id: int) -> None:
            if self.aside.is_to_stop(self.row.id):
                raise api.Cancelled
            done = update(JOB).where(self.mine, JOB.c.cancel == 0)
            values = {"state": "done", "progress": 1.0, "finished": time.time()}
            packed = api.Store.pack(result_of(row_id))
            if connection.execute(done.values(**values, result=packed)).rowcount == 1:
                return
            query = select(JOB.c.cancel).where(self.mine)
            if connection.execute(query).scalar():
                raise api.Cancelled
            raise LostError

        return within

    def _end(
        self,
        *,
        state: str,
        result: dict[str, Any] | None = None,
        error: Message | None = None,
        progress: float | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state, "finished": time.time()}
        values["progress"] = self.share if progress is None else progress
        values["result"] = None if result is None else api.Store.pack(result)
        values["error"] = None if error is None else api.Store.pack(error)
        with self.store.writing() as connection:
            connection.execute(update(JOB).where(self.mine).values(**values))

    @contextmanager
    def _lease(self) -> Iterator[None]:
        over = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(over,), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep_lease(self, over: threading.Event) -> None:
        written, extended = (0.0, self.doing), time.monotonic()
        while not over.wait(LOOK_EVERY_S):
            said = (self.share, self.doing)
            due = time.monotonic() - extended > EXTEND_EVERY_S
            try:
                self._look()
                if not self.lost and (due or said != written):
                    self._extend()
                    written, extended = said, time.monotonic()
            except api.StoreError:
                # The import itself may be writing just now: SQLite has one writer.
                LOG.debug("the lease of job %s waits for the store", self.row.id)

    def _look(self) -> None:
        with self.store.reading() as connection:
            row = connection.execute(select(JOB.c.cancel).where(self.mine)).one_or_none()
        self.lost = row is None
        asked = row is not None and (bool(row.cancel) or self.aside.is_to_stop(self.row.id))
        self.cancelled = self.cancelled or asked

    def _extend(self) -> None:
        doing = None if self.doing is None else api.Store.pack(self.doing)
        values = {"lease_until": time.time() + LEASE_S, "progress": self.share, "doing": doing}
        with self.store.writing() as connection:
            connection.execute(update(JOB).where(self.mine).values(**values))


def run_worker(
    url: str,
    *,
    stop: threading.Event,
    worker: str | None = None,
    limits: Limits | None = None,
) -> None:
    """Run jobs until `stop` is set; several workers may run at once.

    With `limits` files are read in processes of their own, which may take so much.
    """
    name = worker or f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    board = Board(url)
    apart = Apart(url, limits) if limits else None
    try:
        looked = 0.0
        while not stop.is_set():
            pause = SWEEP_EVERY_S if board.store.kind == "sqlite" else 1.0
            if not board.heard() and time.monotonic() - looked < pause:
                stop.wait(0.2)
                continue
            looked = time.monotonic()
            _run_all(board, name, stop, apart)
    finally:
        if apart is not None:
            apart.close()
        board.close()


def _run_all(board: Board, worker: str, stop: threading.Event, apart: Apart | None) -> None:
    try:
        for look in _looks:
            look(board)
        while not stop.is_set() and board.run_next(worker, apart):
            pass
    except api.StoreError as error:
        # The store is busy or away: the jobs stay in the table until it is back.
        LOG.warning("worker %s cannot reach its jobs: %s", worker, error)
