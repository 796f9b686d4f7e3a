"""Fields that cannot change while an object lives (Kubernetes: validation of updates).

Values are kept as keyed hashes: two of one process can be compared, and none can be guessed from outside.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import blake2b

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.checks.others.configs import decoded
from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.schema.templates import Template
from gitpod_sync.manifests.yaml.confidential import is_plain_key
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_SECRET = os.urandom(32)
_TO_TEXT = json.JSONEncoder(sort_keys=True).encode
_DEFAULTS: Mapping[str, Json] = {
    "protocol": "TCP",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "readOnly": False,
    "optional": False,
    "volumeMode": "Filesystem",
    "podManagementPolicy": "OrderedReady",
    "completionMode": "NonIndexed",
    "creationTimestamp": None,
}
"""A default that is written out is no change."""
_SELECTED = {"Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job"}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "StatefulSet": ("serviceName", "podManagementPolicy", "volumeClaimTemplates"),
    "Job": ("completionMode", "podFailurePolicy", "successPolicy", "backoffLimitPerIndex"),
    "PersistentVolumeClaim": ("accessModes", "storageClassName", "volumeMode", "volumeName", "selector"),
}
_MAY_BE_ADDED = {"storageClassName"}
"""Fixed only once it is there: a claim that had no class may be given one."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field that cannot change while its object lives."""

    field: str
    """Its name."""
    content: bytes
    """A keyed hash of its value."""
    spot: Spot
    """Where it stands."""
    is_held: bool = True
    """False as long as it may still change."""
    is_free: bool = False
    """True for what the field may become whatever it was."""
    leaves: tuple["Leaf", ...] = ()
    """The single values in it, by which a change is shown."""

    def first_change(self, before: "Fixed") -> Spot:
        """The first single value that was not there before; the field where values have only gone."""
        known = {(leaf.path, leaf.content) for leaf in before.leaves}
        return next((leaf.spot for leaf in self.leaves if (leaf.path, leaf.content) not in known), self.spot)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value by its path, with a hash of this process and its place."""

    path: FieldPath
    content: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Storage:
    """How much a claim asks for."""

    text: str
    amount: Decimal
    spot: Spot


def storage_of(kind: str, value: Mapping[str, Json], locate: Locate) -> Storage | None:
    """The size of a claim."""
    if kind != "PersistentVolumeClaim":
        return None
    requests = value["spec"].get("resources", {}).get("requests", {})
    size = amount_of(requests.get("storage", 0))
    path = ("spec", "resources", "requests", "storage")
    return None if size is None else Storage(size.text, size.amount, locate(path))


def fixed_of(kind: str, value: Mapping[str, Json], template: Template | None, locate: Locate) -> Iterator[Fixed]:
    """The fields of an object that cannot change."""
    if kind in {"ConfigMap", "Secret"}:
        yield from _of_config(kind, value, locate)
        return
    if kind == "PriorityClass":
        yield _fixed("value", value["value"], locate(("value",)))
        policy = value.get("preemptionPolicy") or "PreemptLowerPriority"
        yield _fixed("preemptionPolicy", policy, locate(("preemptionPolicy",)))
        return
    spec: Mapping[str, Json] = value.get("spec", {})
    fields = ("selector", *_FIELDS.get(kind, ())) if kind in _SELECTED else _FIELDS.get(kind, ())
    for field in fields:
        content = _meant({field: spec[field]}) if field in spec else {}
        leaves = tuple(_leaves(content, ("spec",), locate))
        fixed = replace(_fixed(field, content, locate(("spec", field))), leaves=leaves)
        yield fixed if field in spec or field not in _MAY_BE_ADDED else replace(fixed, is_held=False)
    if kind == "Job" and template is not None:
        metadata = {"labels": template.labels, "annotations": template.annotations}
        content = _meant({"metadata": metadata, "spec": template.spec})
        leaves = tuple(_leaves(content, template.path, locate))
        yield replace(_fixed("template", content, locate(template.path)), leaves=leaves)
        completions = _fixed("completions", spec.get("completions", 0), locate(("spec", "completions")))
        yield replace(completions, is_free=_is_elastic(spec))


def _is_elastic(spec: Mapping[str, Json]) -> bool:
    """An indexed Job may come to as many completions as it has pods at once (Kubernetes: elastic indexed Jobs)."""
    return spec.get("completionMode") == "Indexed" and spec.get("completions", 0) == spec.get("parallelism", 1)


def _of_config(kind: str, value: Mapping[str, Json], locate: Locate) -> Iterator[Fixed]:
    is_held = bool(value.get("immutable"))
    leaves = tuple(_leaves_of_config(value, locate)) if is_held else ()
    if kind == "Secret":
        plain = {key: decoded(text) or b"" for key, text in value.get("data", {}).items()}
        contents = {**plain, **{key: _encode(text) for key, text in value.get("stringData", {}).items()}}
        yield _fixed("type", value.get("type") or "Opaque", locate(("type",)))
    else:
        binary = {key: decoded(text) or b"" for key, text in value.get("binaryData", {}).items()}
        contents = {**binary, **{key: _encode(text) for key, text in value.get("data", {}).items()}}
    path: FieldPath = ("data",) if "data" in value else ("metadata", "name")
    yield Fixed("data", _hash_of_contents(contents), locate(path), is_held, leaves=leaves)
    yield Fixed("immutable", _hash(str(is_held).encode()), locate(("immutable",)), is_held)


def _leaves_of_config(value: Mapping[str, Json], locate: Locate) -> Iterator[Leaf]:
    """Values by key. A key that is no plain word may be a value that slipped, and is not shown."""
    for field in ("data", "binaryData", "stringData"):
        for key, content in value.get(field, {}).items():
            if is_plain_key(key):
                yield Leaf((key,), hash(content), locate((field, key)))


def _leaves(value: Json, path: FieldPath, locate: Locate) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key), locate)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), locate)
    else:
        # To Python true is 1.
        yield Leaf(path, hash((value.__class__, value)), locate(path))


def _fixed(field: str, content: Json, spot: Spot) -> Fixed:
    return Fixed(field, _hash(_TO_TEXT(content).encode()), spot)


def _meant(value: Json) -> Json:
    """The value without what means the same when it is left out."""
    if isinstance(value, dict):
        below = {key: _meant(item) for key, item in value.items() if _DEFAULTS.get(key, ...) != item}
        return {key: item for key, item in below.items() if item not in ({}, [], "")}
    return [_meant(item) for item in value] if isinstance(value, list) else value


def _hash_of_contents(contents: Mapping[str, bytes]) -> bytes:
    whole = blake2b(digest_size=16, key=_SECRET)
    for key in sorted(contents):
        name, content = _encode(key), contents[key]
        whole.update(b"%d %d " % (len(name), len(content)) + name)
        whole.update(content)
    return whole.digest()


def _hash(content: bytes) -> bytes:
    return blake2b(content, digest_size=16, key=_SECRET).digest()


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
