"""The objects that a document holds: apiVersion and kind looked up, Lists opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import IN_FILE
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.encrypted import encrypted_document, is_encrypted
from gitpod_sync.manifests.schema.kinds import LIST, Kind, with_schema
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.schema.old_versions import AUTOSCALER, AUTOSCALER_V1, convert_autoscaler
from gitpod_sync.manifests.schema.schema_messages import schema_findings
from gitpod_sync.manifests.schema.support import KindEntry, Support, table
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.kinds import kind_named

_NOT_A_MANIFEST = "keep other files out of the source's path, or name them otherwise"
_SEPARATE = "separate objects with lines of '---', without '- ', or put them below `items` of a `kind: List`"
_UNTIL_THEN = "keep it out of the source's path until then"


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a kind that has a schema, not validated yet. `root` is its path in the document."""

    kind: Kind
    root: FieldPath
    value: dict[str, Json]


def items_of(value: Json, ignore_kinds: Sequence[str] = (), root: FieldPath = ()) -> Iterator[Item | Finding]:
    """The objects in a document, and what is wrong with those that are none. Paths begin at the document's root.

    `ignore_kinds` are unknown kinds to pass over, see `Policy`.
    """
    if not isinstance(value, dict):
        hint = _SEPARATE if _is_list_of_objects(value) else _NOT_A_MANIFEST
        yield Finding("no-manifest", root, "this is not a manifest: no mapping with apiVersion and kind", hint)
        return
    if is_encrypted(value):
        yield encrypted_document(root)
        return
    missing = [name for name in ("apiVersion", "kind") if name not in value]
    if missing:
        yield from _misspelt(value, root, missing) or _incomplete(root, missing)
        return
    version, kind = value["apiVersion"], value["kind"]
    if not isinstance(version, str) or not isinstance(kind, str):
        name = "kind" if isinstance(version, str) else "apiVersion"
        yield Finding("wrong-type", (*root, name), f"`{name}` is not text", "quote it")
    elif _is_list(version, kind):
        yield from _open_list(value, ignore_kinds, root)
    elif (kind, version) == (AUTOSCALER, AUTOSCALER_V1):
        for meant in convert_autoscaler(value, root):
            yield meant if isinstance(meant, Finding) else Item(with_schema()[kind], root, meant)
    elif kind in with_schema() and version == with_schema()[kind].api_version:
        yield Item(with_schema()[kind], root, value)
    else:
        yield _without_schema(version, kind, ignore_kinds, root)


def _misspelt(value: dict[str, Json], root: FieldPath, missing: list[str]) -> list[Finding]:
    """`Kind` and `apiversion`: the names of fields have their upper and lower case."""
    written = {key.lower(): key for key in value}
    pairs = [(written[name.lower()], name) for name in missing if name.lower() in written]
    return [
        Finding("unknown-field", (*root, key), f"unknown field `{key}`", f"did you mean `{name}`?", on_key=True)
        for key, name in pairs
    ]


def _incomplete(root: FieldPath, missing: list[str]) -> Iterator[Finding]:
    if len(missing) > 1:
        hint = "write them in every item" if root else _NOT_A_MANIFEST
        yield Finding("no-manifest", root, "this is not a manifest: apiVersion and kind are missing", hint)
    else:
        yield Finding("missing-field", (*root, missing[0]), f"`{missing[0]}` is missing", "add it")


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) and "apiVersion" in item for item in value)


def _is_list(version: str, kind: str) -> bool:
    """A `List`, or the list of one kind, as `kubectl get -o yaml` and API servers write them."""
    entry = table().kinds.get(kind.removesuffix(LIST)) if kind.endswith(LIST) else None
    return (kind, version) == (LIST, "v1") or (entry is not None and version in entry.api_versions)


def _open_list(value: dict[str, Json], ignore_kinds: Sequence[str], root: FieldPath) -> Iterator[Item | Finding]:
    findings, _ = schema_findings(LIST, {**value, "kind": LIST, "apiVersion": "v1"}, IN_FILE, confidential=True)
    for finding in findings:
        yield replace(finding, path=(*root, *finding.path))
    items = value.get("items", [])
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield from items_of(item, ignore_kinds, (*root, "items", index))


def _without_schema(version: str, kind: str, ignore_kinds: Sequence[str], root: FieldPath) -> Finding:
    path = (*root, "kind")
    entry = table().kinds.get(kind)
    if entry is not None and version in entry.api_versions and entry.verdict.support is not Support.SUPPORTED:
        return _by_verdict(entry, path)
    if entry is not None and not entry.api_versions:
        return _by_verdict(entry, path)
    if entry is not None and _is_upstream_group(version):
        how = "not read from" if version in entry.api_versions else "not served by"
        message = f"{kind} is {how} {version}"
        return Finding(
            "wrong-api-version", (*root, "apiVersion"), message, f"write `apiVersion: {entry.api_versions[0]}`"
        )
    if _is_ignored(version, kind, ignore_kinds):
        message = f"{kind} in {version} is passed over, as the configuration says"
        return Finding("ignored-kind", path, message, severity=Severity.NOTE)
    message = f"unknown kind {kind} in {version}"
    if not _is_upstream_group(version):
        hint = "custom resources mean nothing here; keep them out of the path, or name the kind in `ignore_kinds`"
        return Finding("unknown-kind", path, message, hint)
    short = kind_named(kind)
    meant = short.name if short else near_miss(kind, sorted(table().kinds))
    return Finding("unknown-kind", path, message, f"did you mean `{meant}`?" if meant else "check its spelling")


def _by_verdict(entry: KindEntry, path: FieldPath) -> Finding:
    verdict = entry.verdict
    if verdict.support is Support.WITHOUT_MEANING:
        return without_meaning(entry.name, verdict.why, path)
    return Finding("rejected", path, f"{entry.name} is not honoured: {verdict.why}", verdict.instead)


def without_meaning(kind: str, why: str, path: FieldPath) -> Finding:
    """The note that objects of the kind change nothing about what runs."""
    return Finding("without-meaning", path, f"{kind} has no meaning here: {why}", severity=Severity.NOTE)


def kind_not_yet(kind: str, path: FieldPath) -> Finding:
    """The error that the whole kind is still to come."""
    return Finding("kind-not-yet", path, f"{kind} is not honoured by gitpod-sync yet", _UNTIL_THEN)


def _is_ignored(version: str, kind: str, ignore_kinds: Sequence[str]) -> bool:
    group = version.rpartition("/")[0]
    return not {kind, f"{kind}.{group}", f"*.{group}"}.isdisjoint(ignore_kinds)


def _is_upstream_group(version: str) -> bool:
    """Whether the group is Kubernetes' own: a group of its kinds, an older one without a dot, or without a name.

    Others that end in `.k8s.io` are of projects beside it, like the Gateway API.
    """
    group = version.rpartition("/")[0]
    return "." not in group or group in _upstream_groups()


@cache
def _upstream_groups() -> frozenset[str]:
    return frozenset(each.rpartition("/")[0] for entry in table().kinds.values() for each in entry.api_versions)
