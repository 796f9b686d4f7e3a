"""What a story decided, as facts that outlive a rearrangement of the code: when, what kind of operation, on what.

Texts for people (causes, subjects) and the classes that values are made of are no part of it, so that two revisions of
the program which do the same have the same digest. Of a container to be made the whole configuration counts, as
canonical JSON without what is empty: a field that is new and not used changes nothing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum

from gitpod_sync.engines.memory.containers import SimulatedContainer
from gitpod_sync.operations.operations import (
    CreateContainer,
    Operation,
    RenameContainer,
    SignalContainer,
    UpdateContainer,
)
from gitpod_sync.plan.steps import Step

Fact = str | int | float | list["Fact"] | dict[str, "Fact"]


class Trace:
    """The facts of one story, summed up as they come."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def note(self, elapsed: float, steps: tuple[Step, ...], containers: Mapping[str, SimulatedContainer]) -> None:
        """Add the steps of one plan, decided `elapsed` seconds after the story began. `containers` are by their id."""
        for step in steps:
            for fact in _facts(step.operation, containers):
                self._sum.update(fact.encode())
            self._sum.update(f"{elapsed:.6f}\n".encode())

    def digest(self) -> str:
        """64 hexadecimal digits."""
        return self._sum.hexdigest()


def _facts(operation: Operation, containers: Mapping[str, SimulatedContainer]) -> Iterator[str]:
    yield type(operation).__name__
    yield f" {_name_of(operation, containers)} "
    match operation:
        case CreateContainer():
            yield json.dumps(_written(operation.config), sort_keys=True)
        case UpdateContainer():
            yield json.dumps(_written(operation.limits), sort_keys=True)
        case RenameContainer():
            yield operation.name
        case SignalContainer():
            yield operation.signal
        case _:
            pass


def _name_of(operation: Operation, containers: Mapping[str, SimulatedContainer]) -> str:
    """The name of the object that the operation is about: an id says only in which order containers were made."""
    identity = str(getattr(operation, "id", ""))
    if identity in containers:
        return containers[identity].name
    return next(str(getattr(operation, field)) for field in ("name", "reference", "path") if hasattr(operation, field))


def _written(value: object) -> Fact:
    """A value as JSON, without what is empty. A set is sorted."""
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return _written({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        written = {str(key): _written(each) for key, each in value.items()}
        return {key: each for key, each in written.items() if each is not False and each not in ("", [], {})}
    if isinstance(value, frozenset | set):
        return sorted((_written(each) for each in value), key=json.dumps)
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    return value if isinstance(value, str | int | float) else "" if value is None else str(value)
