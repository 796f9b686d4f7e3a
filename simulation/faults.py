"""What goes wrong with calls: refused, or lost after they were done, a full disk, and the end of our own process."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from gitpod_sync.errors import EngineConflict, EngineError, EngineUnavailable
from gitpod_sync.model.base.meta import Key
from gitpod_sync.operations import operations as op
from gitpod_sync.status.finished_jobs import FinishedJobs
from gitpod_sync.status.history import History
from simulation.clock import MachineClock

CALL_TAKES = 0.001
"""Seconds."""

FULL = "no space left on device"

_NEED_SPACE = (op.CreateContainer, op.PullImage, op.ImportSandboxImage, op.WriteFiles, op.CreateNetwork)


class Crash(BaseException):
    """Our own process dies here. No handler of ours may catch it."""


class Place(StrEnum):
    """Where a process dies."""

    BEFORE_CALL = "before a call"
    AFTER_CALL = "after a call, before its answer is read"
    BEFORE_WRITE = "before a record is written"
    AFTER_WRITE = "after a record is written"


class Refusal(StrEnum):
    """How a call fails."""

    REFUSED = "is refused"
    CONFLICT = "meets a conflict"
    TIMED_OUT = "times out before it is done"
    ANSWER_LOST = "is done, and its answer is lost"


class Faults:
    """What is to go wrong with the next calls. It hangs on the engine and on the history."""

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock
        self._crash: tuple[Place, int] | None = None
        self._refusals: tuple[Refusal, int] | None = None
        self.disk_full = False

    def crash_at(self, place: Place, after: int) -> None:
        """The process dies there, after so many more of that kind."""
        self._crash = (place, after)

    @property
    def crash_is_to_come(self) -> bool:
        """Whether it has not died yet."""
        return self._crash is not None

    def clear_crash(self) -> None:
        """It does not die of this."""
        self._crash = None

    def refuse(self, refusal: Refusal, times: int) -> None:
        """So many of the next calls fail."""
        self._refusals = (refusal, times)

    def clear(self) -> None:
        """From now on everything goes well."""
        self._crash, self._refusals, self.disk_full = None, None, False

    def before(self, operation: op.Operation) -> None:
        """An operation is about to be done."""
        self._clock.advance(CALL_TAKES)
        self.burn(Place.BEFORE_CALL)
        if self.disk_full and isinstance(operation, _NEED_SPACE):
            raise EngineError(FULL)
        match self._take(Refusal.REFUSED, Refusal.CONFLICT, Refusal.TIMED_OUT):
            case Refusal.REFUSED:
                raise EngineError("the engine has an internal error")
            case Refusal.CONFLICT:
                raise EngineConflict("something is in the way")
            case Refusal.TIMED_OUT:
                raise EngineUnavailable("the engine did not answer in time")
            case _:
                pass

    def after(self, _operation: op.Operation) -> None:
        """An operation has been done."""
        self.burn(Place.AFTER_CALL)
        if self._take(Refusal.ANSWER_LOST):
            raise EngineUnavailable("the connection was lost before the answer came")

    def burn(self, place: Place) -> None:
        """Raises `Crash` when its place and time have come."""
        if self._crash is None or self._crash[0] is not place:
            return
        left = self._crash[1] - 1
        self._crash = (place, left)
        if left < 0:
            self._crash = None
            raise Crash(place)

    def _take(self, *kinds: Refusal) -> Refusal | None:
        if self._refusals is None or self._refusals[0] not in kinds:
            return None
        refusal, left = self._refusals
        self._refusals = (refusal, left - 1) if left > 1 else None
        return refusal


class FinishedInMemory(FinishedJobs):
    """The same as in its file, without one."""

    def __init__(self, faults: Faults, lines: Mapping[Key, str] | None = None) -> None:
        super().__init__(Path("/there/is/no/such/file"))
        self._faults = faults
        self._lines = dict(lines or {})
        self._saved = self._lines

    def read_again(self) -> "FinishedInMemory":
        """As another process finds it."""
        return FinishedInMemory(self._faults, self._saved)

    def _save(self, lines: Mapping[Key, str]) -> None:
        if self._faults.disk_full:
            raise OSError(FULL)
        self._saved = dict(lines)


class FragileHistory(History):
    """The real one in memory: writes may be the last thing that a process does, and fail while the disk is full."""

    def __init__(self, faults: Faults, finished: "FinishedInMemory | None" = None) -> None:
        super().__init__(Path(":memory:"))
        self.finished = finished or FinishedInMemory(faults)
        """The second place where finished Jobs are noted; it may outlive the first."""
        self._finished = self.finished
        self._faults = faults
        self._read_only = False

    def _write_owed(self) -> None:
        self._follow_disk()
        self._faults.burn(Place.BEFORE_WRITE)
        super()._write_owed()
        self._faults.burn(Place.AFTER_WRITE)

    def _tell(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """A person's word is written by a process of its own, which does not die with ours."""
        self._follow_disk()
        super()._tell(statement, rows)

    def _follow_disk(self) -> None:
        if self._faults.disk_full is not self._read_only:
            self._read_only = self._faults.disk_full
            self._connection.execute(f"PRAGMA query_only = {int(self._read_only)}")
