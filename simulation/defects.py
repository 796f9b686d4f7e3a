"""Defects of ours that come and go: for a while a function throws whenever it plans one workload, or a pod of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import ModuleType

from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan import act, decide
from gitpod_sync.plan.workloads import cron_jobs
from simulation.kinds.all import owns


class Defect(Exception):
    """It was made on purpose."""


class Flaw(StrEnum):
    """What goes wrong."""

    DECIDING = "deciding about it"
    MAKING = "making a pod of it"
    KEEPING = "looking after a pod of it"
    ENDING = "ending a pod of it"


_FUNCTIONS: Mapping[Flaw, tuple[tuple[ModuleType, str], ...]] = {
    Flaw.DECIDING: ((decide, "decide_workload"), (cron_jobs, "decide_cron_job")),
    Flaw.MAKING: ((act, "plan_new_pod"),),
    Flaw.KEEPING: ((act, "plan_kept_pod"),),
    Flaw.ENDING: ((act, "plan_end"),),
}


class Defects:
    """Of one world."""

    def __init__(self) -> None:
        self._until: dict[tuple[Key, Flaw], float] = {}
        self._ever: set[Key] = set()

    def begin(self, workload: Key, flaw: Flaw, until: float) -> None:
        """It lasts until then, in elapsed seconds."""
        self._until[workload, flaw] = until
        self._ever.add(workload)

    def clear(self) -> None:
        """None is left."""
        self._until.clear()

    def concerns(self, owner: Key | None) -> bool:
        """Whether a workload, or whose pods these are, has one."""
        return owner is not None and any(owns(key, owner) for key, _ in self._until)

    def ever_concerned(self, owner: Key) -> bool:
        """Whether it has one, or had: it may be left out for a while after that."""
        return any(owns(key, owner) for key in self._ever)

    @contextmanager
    def at_work(self, now: float) -> Iterator[None]:
        """For one pass."""
        self._until = {each: until for each, until in self._until.items() if until > now}
        functions = {place: flaw for _, flaw in self._until for place in _FUNCTIONS[flaw]}
        sound = {(module, name): getattr(module, name) for module, name in functions}
        for (module, name), flaw in functions.items():
            setattr(module, name, self._flawed(sound[module, name], flaw))
        try:
            yield
        finally:
            for (module, name), function in sound.items():
                setattr(module, name, function)

    def _flawed(self, function: Callable[..., object], flaw: Flaw) -> Callable[..., object]:
        concerned = [key for key, each in self._until if each is flaw]

        def throw_or_call(*arguments: object, **named: object) -> object:
            owners = [owner for each in arguments if (owner := _owner_of(each))]
            if any(owns(key, owner) for key in concerned for owner in owners):
                raise Defect
            return function(*arguments, **named)

        return throw_or_call


def _owner_of(thing: object) -> Key | None:
    """The workload that it is, or whose pod."""
    identity = getattr(getattr(thing, "pod", thing), "identity", thing)
    found = getattr(identity, "owner", None) or getattr(thing, "key", None)
    return found if isinstance(found, Key) else None
