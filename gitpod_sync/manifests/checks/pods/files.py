"""Files that volumes are filled with: from keys, from the pod's own fields, from several sources at once."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.field_paths import check_field_ref, check_resource_ref
from gitpod_sync.manifests.checks.pods.modes import check_mode
from gitpod_sync.manifests.checks.pods.texts import check_path
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_PROJECTIONS = ("configMap", "secret", "downwardAPI")


def check_keys_to_paths(source: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """The items of a ConfigMap or Secret as files (the schema keeps their paths inside the volume)."""
    for index, item in enumerate(source.get("items", [])):
        yield from check_mode(item, "mode", (*path, "items", index))
        yield from check_path(item["path"], (*path, "items", index, "path"), in_mount=False)


def check_described_files(source: Mapping[str, Json], path: FieldPath, containers: frozenset[str]) -> Iterator[Finding]:
    """Each item of a downwardAPI volume has exactly one source."""
    for index, item in enumerate(source.get("items", [])):
        where = (*path, "items", index)
        yield from check_mode(item, "mode", where)
        yield from check_path(item["path"], (*where, "path"), in_mount=False)
        given = [field for field in item if field in {"fieldRef", "resourceFieldRef"}]
        if not given:
            yield Finding("no-source", where, "the file names no content", "give `fieldRef` or `resourceFieldRef`")
        elif len(given) > 1:
            message = "the file has two sources, `fieldRef` and `resourceFieldRef`"
            yield Finding("two-sources", (*where, given[1]), message, "keep one of them", on_key=True)
        if "fieldRef" in item:
            yield from check_field_ref(item["fieldRef"], (*where, "fieldRef"), in_file=True)
        if "resourceFieldRef" in item:
            reference = item["resourceFieldRef"]
            yield from check_resource_ref(reference, (*where, "resourceFieldRef"), containers, in_file=True)


def check_projection(projected: Mapping[str, Json], path: FieldPath, containers: frozenset[str]) -> Iterator[Finding]:
    """Each source has exactly one kind, and no two sources write the same file."""
    taken: dict[str, FieldPath] = {}
    for index, source in enumerate(projected.get("sources", [])):
        where = (*path, "sources", index)
        given = list(source)
        if not given:
            hint = f"give one of {listed(_PROJECTIONS)}"
            yield Finding("no-source", where, "the source is empty", hint, Severity.WARNING)
        elif len(given) > 1:
            message = f"this is {len(given)} sources, {listed(given)}"
            yield Finding("two-sources", (*where, given[1]), message, "make a list item of each", on_key=True)
        for kind in given:
            yield from _check_projected(kind, source[kind], (*where, kind), containers)
            yield from _check_taken(source[kind], (*where, kind), taken)


def _check_projected(
    kind: str, source: Mapping[str, Json], path: FieldPath, containers: frozenset[str]
) -> Iterator[Finding]:
    if kind == "downwardAPI":
        yield from check_described_files(source, path, containers)
    elif kind in {"configMap", "secret"}:
        yield from check_keys_to_paths(source, path)


def _check_taken(source: Mapping[str, Json], path: FieldPath, taken: dict[str, FieldPath]) -> Iterator[Finding]:
    """`taken` holds the places of the files so far, and is added to."""
    for index, item in enumerate(source.get("items", [])):
        where = (*path, "items", index, "path")
        first = taken.setdefault(item["path"], where)
        if first is not where:
            message = f"the file `{item['path']}` is already made at {render_path(first)}"
            yield Finding("duplicate", where, message, "give each its own path")
