"""What cannot be done yet, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.plan.subjects import Part, PodRef, Subject


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that cannot be done yet. `until` is when it is looked at again; None when an event will tell.

    It speaks for as many `pods` of its subject's workload; that these become more or less is no news.
    """

    subject: Subject
    reason: str
    message: str
    until: float | None = None
    pods: int = field(default=1, compare=False)

    @property
    def key(self) -> str:
        """The `namespace/name` of the pod that waits; of another object its name in words; "" for the rest."""
        return self.subject.waiting_key

    @property
    def who(self) -> str:
        """The subject, and how many others it speaks for."""
        return f"{self.subject} and {self.pods - 1} more like it" if self.pods > 1 else str(self.subject)

    def __str__(self) -> str:
        return f"{self.who}: {self.reason}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a stage has to say beside what it found: what waits for what, and when it has to be looked at again."""

    waiting: tuple[Waiting, ...] = ()
    held_back: bool = False
    """Whether any of it would have to be done and is not tried now."""
    wake_at: float | None = None


NO_NOTES = Notes()


def earliest(*times: float | None) -> float | None:
    """The first of these times; None when there is none."""
    return min((at for at in times if at is not None), default=None)


def told_once(waiting: Iterable[Waiting], decisions: Iterable[Decision]) -> tuple[Waiting, ...]:
    """The same, where what the pods of a crowd wait for alike is said at the first of them, with their number."""
    crowds = {
        Subject(Part.POD, pod=PodRef(decision.workload.namespace, new.name)): (decision.workload, 1 + new.further)
        for decision in decisions
        if decision.is_crowd
        for new in decision.create
    }
    if not crowds:
        return tuple(waiting)
    found: dict[object, Waiting] = {}
    for each in waiting:
        owner, pods = crowds.get(each.subject, (None, 1))
        alike = each if owner is None else (owner, each.reason, each.message, each.until)
        first = found.get(alike)
        found[alike] = replace(first, pods=first.pods + pods) if first else replace(each, pods=pods)
    return tuple(found.values())
