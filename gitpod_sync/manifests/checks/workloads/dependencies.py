"""The order between workloads: what each waits for is there, and none waits for itself."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.errors import ManifestError
from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.labels import DEPENDS_ON
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key
from gitpod_sync.model.workloads.dependencies import AWAITABLE, parse_dependencies

_MOST_CYCLES = 20
_PATH: FieldPath = ("metadata", "annotations", DEPENDS_ON)


def check_dependencies(kind: str, value: Mapping[str, Json]) -> Iterator[Finding]:
    """The annotation stands at a workload, and names workloads."""
    text = value.get("metadata", {}).get("annotations", {}).get(DEPENDS_ON)
    if text is None:
        return
    if kind not in AWAITABLE:
        message = f"a {kind} waits for nothing, so `{DEPENDS_ON}` has no meaning there"
        hint = f"put it at one of {', '.join(AWAITABLE)}"
        yield Finding("unknown-annotation", _PATH, message, hint, Severity.ERROR, on_key=True)
        return
    try:
        parse_dependencies(text, DEFAULT_NAMESPACE)
    except ManifestError as error:
        yield Finding("wrong-format", _PATH, error.message, error.remedy)


def awaited_by(kind: str, metadata: Mapping[str, Json], locate: Locate) -> tuple[tuple[Key, ...], Spot | None]:
    """The workloads that a valid object waits for, and where it says so."""
    text = metadata.get("annotations", {}).get(DEPENDS_ON)
    if text is None or kind not in AWAITABLE:
        return (), None
    try:
        awaited = parse_dependencies(text, metadata.get("namespace") or DEFAULT_NAMESPACE)
    except ManifestError:
        return (), None  # said already
    return awaited, locate(_PATH)


def find_cycles(awaited: Mapping[Key, Sequence[Key]]) -> Iterator[tuple[Key, ...]]:
    """Circles in which each waits for the next and the last for the first, which is the least of them.

    Everything that waits in a circle is reached by some; at most so many are told, because one may have many shortcuts.
    """
    told = 0
    done = set[Key]()
    for start in sorted(awaited):
        way: list[Key] = [start] if start not in done else []
        place = {key: index for index, key in enumerate(way)}
        ahead = [iter(awaited[start])]
        while way:
            other = next(ahead[-1], None)
            if other is None:
                ahead.pop()
                last = way.pop()
                del place[last]
                done.add(last)
            elif other in place and told < _MOST_CYCLES:
                told += 1
                yield _from_least(way[place[other] :])
            elif other not in place and other not in done:
                place[other] = len(way)
                way.append(other)
                ahead.append(iter(awaited.get(other, ())))


def _from_least(cycle: Sequence[Key]) -> tuple[Key, ...]:
    first = cycle.index(min(cycle))
    return (*cycle[first:], *cycle[:first])
