"""Whatever goes wrong while one pod or one workload is planned is the reason of that one, and of no other.

Who is being planned goes through a door, so that it is known whose planning it was when an error comes out of it. As a
plan is computed from its situation alone, it is simply computed again, with that door closed: all that the others share
(budgets, room on the node, steps, what is remembered) is as if nobody had gone through. The door stays closed for a
while, longer each time; the reason says so meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TypeVar

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import Bearer, PodIdentity
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.plan.config.references import UnresolvedError
from gitpod_sync.plan.situation import Failure, FailureKind
from gitpod_sync.plan.subjects import Part, PodRef, Subject, object_subject, pod_subject
from gitpod_sync.plan.troubles import Trouble

T = TypeVar("T")

INTERNAL_ERROR = "InternalError"
HoldBack = Callable[[Subject, str, str, float], None]
"""Subject, reason, message, and until when (see `Draft.hold_back`)."""

_ENOUGH = 2
"""Pods of one workload that have a door of their own; with the next one it is closed to all of them."""


class Door(StrEnum):
    """What it leads to. Who cannot be made or kept may be ended all the same."""

    RESOLVE = "resolve"
    READ = "read"
    INTERVENTION = "intervention"
    COUNT = "count"
    SCALE = "scale"
    DECIDE = "decide"
    STATE = "state"
    SEAT = "seat"
    LOOK = "look"
    MAKE = "make"
    KEEP = "keep"
    END = "end"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Planned:
    """Who goes through. `name` is its own for as long as it is there, `owner` the workload of a pod."""

    name: str
    subject: Subject
    owner: Key | None = None


def of_object(key: Key) -> Planned:
    """A workload, or another object of Git's."""
    return Planned(str(key), object_subject(key))


def of_intervention(intervention: Intervention) -> Planned:
    """The workload that a person has said something of."""
    return of_object(intervention.subject)


def of_bearer(bearer: Bearer) -> Planned:
    """What may be a pod: nothing but its labels has been read."""
    pod = PodRef(bearer.owner.namespace, bearer.pod, bearer.uid)
    return Planned(bearer.uid, Subject(Part.POD, pod=pod), bearer.owner)


def of_pod(identity: PodIdentity) -> Planned:
    """A pod that is there."""
    return Planned(identity.uid, pod_subject(identity), identity.owner)


def of_state(state: PodState) -> Planned:
    """A pod that is there."""
    return of_pod(state.pod.identity)


def of_pending(identity: PodIdentity) -> Planned:
    """A pod that should come: it has a new UID at every try."""
    return Planned(f"{identity}/{identity.template_hash}", pod_subject(identity), identity.owner)


class Doors:
    """For one try at a plan.

    `failures` are what earlier plans have left (see `Situation`), `found` the troubles of earlier tries at this one, by
    what they are remembered under. `hold_back` notes who is left out.
    """

    def __init__(
        self, failures: Mapping[str, Failure], now: float, found: Mapping[str, Trouble], hold_back: HoldBack
    ) -> None:
        self._before = failures
        self._now = now
        self._found = found
        self._hold_back = hold_back
        self._any = bool(found) or any(each.kind is FailureKind.DEFECT for each in failures.values())
        """Whether any door may be closed."""
        self._at: tuple[Door, Planned] | None = None

    def go(self, door: Door, planned: Planned, task: Callable[[], T], otherwise: Callable[[str], T]) -> T:
        """What comes of the task; while the door is closed, of the reason for that."""
        closed = self._closed(door, planned)
        if closed is not None:
            self._tell(planned, closed)
            return otherwise(closed.message)
        # Where an error comes out, it stays known who went in last: this is no `finally`, on purpose.
        before, self._at = self._at, (door, planned)
        found = task()
        self._at = before
        return found

    def each(self, door: Door, things: Iterable[T], subject_of: Callable[[T], Planned]) -> Iterator[T]:
        """Those of the things whose doors are open, one after the other: what is done with one is done behind it."""
        for thing in things:
            planned = subject_of(thing)
            closed = self._closed(door, planned)
            if closed is not None:
                self._tell(planned, closed)
                continue
            before, self._at = self._at, (door, planned)
            yield thing
            self._at = before

    def is_closed(self, door: Door, planned: Planned) -> bool:
        """Whether it has to wait."""
        return self._closed(door, planned) is not None

    def is_fresh(self, door: Door, planned: Planned) -> bool:
        """Whether the trouble was found just now."""
        return any(key in self._found for key in _keys(door, planned))

    def trouble(self, error: Exception) -> Trouble | None:
        """Whose trouble an error is that came out; None when it is nobody's, or of one whose door is closed already."""
        if self._at is None or self.is_closed(*self._at):
            return None
        door, planned = self._at
        own, *shared = _keys(door, planned)
        alike = sum(each.owner == planned.owner and each.door == door for each in self._found.values())
        key = shared[0] if shared and alike >= _ENOUGH else own
        where = tuple(_places(error.__traceback__))
        before = self._before.get(key)
        count = before.count + 1 if before else 1
        failure = Failure(FailureKind.DEFECT, count, self._now, _words(error, where))
        return Trouble(key, failure, str(planned.subject), door, planned.owner, () if _is_foreseen(error) else where)

    def _closed(self, door: Door, planned: Planned) -> Failure | None:
        for key in _keys(door, planned) if self._any else ():
            if key in self._found:
                return self._found[key].failure
            failure = self._before.get(key)
            if failure is not None and failure.retry_at > self._now:
                return failure
        return None

    def _tell(self, planned: Planned, failure: Failure) -> None:
        self._hold_back(planned.subject, INTERNAL_ERROR, failure.message, failure.retry_at)


def open_doors() -> Doors:
    """For who looks at a plan that has been computed."""
    return Doors({}, 0.0, {}, lambda *_: None)


def _keys(door: Door, planned: Planned) -> tuple[str, ...]:
    """What a trouble is remembered under: that of one, or of all pods of a workload. No other retry key is like it."""
    own = f"{planned.name}//{door}"
    return (own,) if planned.owner is None else (own, f"{planned.owner}//{door} pods")


def _is_foreseen(error: Exception) -> bool:
    return isinstance(error, GitpodSyncError | UnresolvedError)


def words_of(error: Exception) -> str:
    """What is told of it: what an error of Python says may repeat a Secret's value."""
    return _words(error, tuple(_places(error.__traceback__)))


def _words(error: Exception, where: tuple[str, ...]) -> str:
    if _is_foreseen(error):
        return str(error)
    return f"a defect of gitpod-sync, please report it: {type(error).__name__} in {where[-1] if where else '?'}"


def _places(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = code.co_filename.replace("\\", "/").rpartition("gitpod_sync/")[2]
        yield f"{file}:{traceback.tb_lineno}, {code.co_name}"
        traceback = traceback.tb_next
