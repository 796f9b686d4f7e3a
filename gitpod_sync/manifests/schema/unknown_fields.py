"""Fields that a mapping does not have: which one was meant, or where it belongs."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.belonging import kinds_with, place, render_owners, way_of, ways_to
from gitpod_sync.manifests.schema.near_misses import near_miss, same_with_a_part_more
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_VARIABLE = frozenset({"name", "value", "valueFrom"})
_LABELS = "matchLabels"
_BACKEND = "service"
_CONTENT = "data"
_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_MOST_KINDS = 3
_MOST_BESIDE = 20
"""So many fields of a mapping say together where they belong."""
_OF_OTHERS: Mapping[str, str] = {
    "cmd": "write it as `args`",
    "cpus": "write it as `cpu` below `resources.limits`",
    "depends_on": "pods do not wait for each other: what needs another one tries again",
    "entrypoint": "write it as `command`",
    "interval": "write it as `periodSeconds`",
    "mem_limit": "write it as `memory` below `resources.limits`",
    "network_mode": "write `hostNetwork: true` in the pod's spec for the network of the node",
    "privileged": "write it below `securityContext`",
    "restart": "write `restartPolicy` in the pod's spec",
    "retries": "write it as `failureThreshold`",
    "url": "write its path as `path`",
    "user": "write its number as `runAsUser` below `securityContext`",
}
"""What Docker, Compose and others call something."""
_OF_OLD_BACKENDS: Mapping[str, str] = {
    "serviceName": "since networking.k8s.io/v1 it is `name` below `service`",
    "servicePort": "since networking.k8s.io/v1 it is `number` or `name` below `service.port`",
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that is not known, and the places of what was probably meant (an index may be open, as `ITEM`)."""

    finding: Finding
    meant: tuple[FieldPath, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mapping:
    """The place of an unknown field, and the fields that could stand there."""

    kind: str
    path: FieldPath
    known: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def unknown_fields(
    kind: str, path: FieldPath, instance: Mapping[str, Json], schema: Mapping[str, Any]
) -> Iterator[Unknown]:
    """Each field of the mapping that its schema does not have, with what to do about it.

    Labels that stand right below a selector are one mistake, however many they are.
    """
    known = tuple(sorted(schema["properties"]))
    missing = tuple(sorted(set(schema.get("required", ())) - instance.keys()))
    there = _Mapping(kind, path, known, missing, tuple(sorted(instance.keys() - set(known))))
    if there.missing and there.known and len(instance) == 1 and set(known) == _VARIABLE:
        (name,) = instance
        yield _unknown(there, name, f"write `name: {name}` and its `value`", [(*path, "name")])
        return
    is_selector = _LABELS in known
    for name in instance if is_selector else there.unknown:
        if name in known:
            continue
        if not is_selector or near_miss(name, known):
            yield _meant_by(there, name)
        else:
            yield _unknown(there, name, f"write the labels below `{_LABELS}`")
            return


def _unknown(there: _Mapping, name: str, hint: str, meant: Collection[FieldPath] = ()) -> Unknown:
    finding = Finding("unknown-field", (*there.path, name), f"unknown field `{name}`", hint, on_key=True)
    return Unknown(finding, tuple(meant))


def _meant_by(there: _Mapping, name: str) -> Unknown:
    here = way_of(there.path)
    ways = ways_to(there.kind, name, there.path, there.unknown[:_MOST_BESIDE])
    below = [way for way in ways if way[: len(here)] == here]
    if _BACKEND in there.known and name in _OF_OLD_BACKENDS:
        return _unknown(there, name, _OF_OLD_BACKENDS[name])
    if not below:
        meant = near_miss(name, there.known) or same_with_a_part_more(name, there.missing)
        meant = meant or (None if ways else same_with_a_part_more(name, there.known))
        if meant:
            return _unknown(there, name, f"did you mean `{meant}`?", [(*there.path, meant)])
    if ways:
        owners = render_owners(below or ways, there.path)
        is_shifted = below or all(way[:-1] == here[: len(way) - 1] for way in ways)
        hint = f"it belongs to {owners}" + (": check the indentation" if is_shifted else "")
        return _unknown(there, name, hint, [place(way, there.path) for way in below or ways])
    return _unknown(there, name, _hint_of_last_resort(there, name))


def _hint_of_last_resort(there: _Mapping, name: str) -> str:
    if name in _OF_OTHERS:
        return _OF_OTHERS[name]
    kinds = kinds_with(name, there.path)
    if kinds:
        shown = ", ".join(kinds[:_MOST_KINDS]) + (" …" if len(kinds) > _MOST_KINDS else "")
        return f"it is a field of {shown}, not of {there.kind}"
    if not there.path and _CONTENT in there.known and _KEY.fullmatch(name):
        return f"write content below `{_CONTENT}`"
    return "take it out, or check its spelling"
