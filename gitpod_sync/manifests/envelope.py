"""Which objects a document holds: apiVersion and kind looked up, Lists opened."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.manifests.kinds import HONOURED, LIST, LIST_SCHEMA, WITHOUT_MEANING, Kind
from gitpod_sync.manifests.schemas import upstream
from gitpod_sync.manifests.settle import rules_of, settle
from gitpod_sync.manifests.wording import near_miss, schema_findings

_NOT_A_MANIFEST = "keep other files out of the source's path, or name them otherwise"


@dataclass(frozen=True, slots=True)
class Item:
    """One object of an honoured kind, not validated yet. `root` is its path in the document."""

    kind: Kind
    root: FieldPath
    value: dict[str, Json]


def items_of(value: Json, root: FieldPath = ()) -> Iterator[Item | Finding]:
    """The objects in a document, and what is wrong with those that are none. Paths begin at the document's root."""
    if not isinstance(value, dict):
        yield Finding("no-manifest", root, "this is no manifest: no mapping with apiVersion and kind", _NOT_A_MANIFEST)
        return
    missing = [name for name in ("apiVersion", "kind") if name not in value]
    if missing:
        yield from _incomplete(root, missing)
        return
    version, kind = value["apiVersion"], value["kind"]
    if not isinstance(version, str) or not isinstance(kind, str):
        name = "kind" if isinstance(version, str) else "apiVersion"
        yield Finding("wrong-type", (*root, name), f"`{name}` is no text", "quote it")
    elif kind == LIST and version == "v1":
        yield from _open_list(value, root)
    elif kind in HONOURED and version == HONOURED[kind].api_version:
        yield Item(HONOURED[kind], root, value)
    else:
        yield _not_honoured(root, version, kind)


def _incomplete(root: FieldPath, missing: list[str]) -> Iterator[Finding]:
    if len(missing) > 1:
        yield Finding("no-manifest", root, "this is no manifest: apiVersion and kind are missing", _NOT_A_MANIFEST)
    else:
        yield Finding("missing-field", (*root, missing[0]), f"`{missing[0]}` is missing", "add it")


def _open_list(value: dict[str, Json], root: FieldPath) -> Iterator[Item | Finding]:
    findings = schema_findings(LIST_SCHEMA, value, confidential=True)
    settle(value, rules_of(LIST_SCHEMA), findings)
    yield from (replace(finding, path=(*root, *finding.path)) for finding in findings)
    items = value.get("items", [])
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield from items_of(item, (*root, "items", index))


def _not_honoured(root: FieldPath, version: str, kind: str) -> Finding:
    path = (*root, "kind")
    served = upstream().api_versions(kind)
    if version in served and kind in WITHOUT_MEANING:
        message = f"{kind} has no meaning here: {WITHOUT_MEANING[kind]}"
        return Finding("without-meaning", path, message, severity=Severity.NOTE)
    if version in served:
        message = f"{kind} is not honoured by gitpod-sync yet"
        return Finding("not-honoured", path, message, "keep it out of the source's path until then")
    if served and _is_upstream_group(version):
        message = f"{kind} is not served by {version}"
        return Finding("wrong-api-version", (*root, "apiVersion"), message, f"write `apiVersion: {served[0]}`")
    message = f"nobody knows a kind {kind} in {version}"
    if not _is_upstream_group(version):
        return Finding("unknown-kind", path, message, "custom resources mean nothing here; keep them out of the path")
    meant = near_miss(kind, sorted({*HONOURED, *_known_kinds()}))
    return Finding("unknown-kind", path, message, f"did you mean `{meant}`?" if meant else "check its spelling")


def _known_kinds() -> set[str]:
    return {kind for kinds in upstream().kinds.values() for kind in kinds}


def _is_upstream_group(version: str) -> bool:
    """Kubernetes' own groups have no dot or end in `.k8s.io`."""
    group = version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")
