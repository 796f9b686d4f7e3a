"""Objects of one revision must not claim the same name or the same port of the node."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.manifests.checks.ports import HostPort
from gitpod_sync.manifests.diagnostics import Diagnostic, Severity
from gitpod_sync.model.desired import Object
from gitpod_sync.model.pod import Protocol


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file; line and column count from 1."""

    line: int
    column: int
    field: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An object, the place of its name, and the host ports it asks for with their places."""

    object: Object
    file: str
    name: Spot
    host_ports: tuple[tuple[HostPort, Spot], ...] = ()


def check_revision(placed: Sequence[Placed]) -> Iterator[Diagnostic]:
    """Every second claim, naming the place of the first. `placed` is in the order of reading."""
    yield from _check_names(placed)
    yield from _check_host_ports(placed)


def _check_names(placed: Sequence[Placed]) -> Iterator[Diagnostic]:
    first: dict[object, Placed] = {}
    for each in placed:
        other = first.setdefault(each.object.key, each)
        if other is not each:
            message = f"{each.object.key} is already defined at {_place(other, other.name)}"
            yield _error("duplicate-object", each, each.name, message, "keep one of the two, or rename it")


def _check_host_ports(placed: Sequence[Placed]) -> Iterator[Diagnostic]:
    held: dict[tuple[Protocol, int], list[tuple[Placed, HostPort, Spot]]] = {}
    for each in placed:
        for port, spot in each.host_ports:
            others = held.setdefault((port.protocol, port.number), [])
            clash = next((other for other in others if other[0] is not each and other[1].clashes_with(port)), None)
            if clash is not None:
                holder, _, where = clash
                message = f"{port} is already asked for by {holder.object.key} at {_place(holder, where)}"
                yield _error("host-port-clash", each, spot, message, "choose another hostPort")
            others.append((each, port, spot))


def _place(placed: Placed, spot: Spot) -> str:
    return f"{placed.file}:{spot.line}"


def _error(code: str, placed: Placed, spot: Spot, message: str, hint: str) -> Diagnostic:
    at = (placed.file, spot.line, spot.column, spot.field)
    return Diagnostic(Severity.ERROR, code, *at, message, hint, placed.object.key)
