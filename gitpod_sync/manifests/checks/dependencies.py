"""The order between workloads: what each waits for is there, and none waits for itself."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.errors import ManifestError
from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.dependencies import KINDS, parse_dependencies
from gitpod_sync.model.labels import DEPENDS_ON
from gitpod_sync.model.meta import DEFAULT_NAMESPACE, Key

_PATH: FieldPath = ("metadata", "annotations", DEPENDS_ON)


def check_dependencies(kind: str, value: Mapping[str, Json]) -> Iterator[Finding]:
    """The annotation stands at a workload, and names workloads."""
    text = value.get("metadata", {}).get("annotations", {}).get(DEPENDS_ON)
    if text is None:
        return
    if kind not in KINDS:
        message = f"a {kind} waits for nothing, so that `{DEPENDS_ON}` has no meaning at it"
        hint = f"put it at one of {', '.join(KINDS)}"
        yield Finding("unknown-annotation", _PATH, message, hint, Severity.ERROR, on_key=True)
        return
    try:
        parse_dependencies(text, DEFAULT_NAMESPACE)
    except ManifestError as error:
        yield Finding("wrong-format", _PATH, error.message, error.remedy)


def awaited_by(kind: str, metadata: Mapping[str, Json], locate: Locate) -> tuple[tuple[Key, ...], Spot | None]:
    """What a valid object waits for, and where it says so."""
    text = metadata.get("annotations", {}).get(DEPENDS_ON)
    if text is None or kind not in KINDS:
        return (), None
    try:
        awaited = parse_dependencies(text, metadata.get("namespace") or DEFAULT_NAMESPACE)
    except ManifestError:
        return (), None  # said already
    return awaited, locate(_PATH)


def find_cycle(start: Key, awaited: Mapping[Key, Sequence[Key]]) -> tuple[Key, ...]:
    """The shortest way from an object back to itself, both ends included; empty when there is none."""
    ways: list[tuple[Key, ...]] = [(start,)]
    seen = set[Key]()
    while ways:
        longer = {other: (*way, other) for way in ways for other in awaited.get(way[-1], ()) if other not in seen}
        if start in longer:
            return longer[start]
        seen |= longer.keys()
        ways = list(longer.values())
    return ()
