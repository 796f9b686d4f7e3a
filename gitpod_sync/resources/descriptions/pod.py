"""A v1 Pod and what happened to it as kubectl describes it. Pure; like `described_container` it reads the JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.resources.columns import render_age
from gitpod_sync.resources.descriptions.container import describe_container, render_time
from gitpod_sync.resources.tables import cell_lines, render_lines

SOURCE = "gitpod-sync"

_LABEL = 18
_TYPES = {
    "emptyDir": "EmptyDir (a temporary directory that shares a pod's lifetime)",
    "hostPath": "HostPath (bare host directory volume)",
    "configMap": "ConfigMap (a volume populated by a ConfigMap)",
    "secret": "Secret (a volume populated by a Secret)",
    "downwardAPI": "DownwardAPI (a volume populated by information about the pod)",
    "projected": "Projected (a volume that contains injected data from multiple sources)",
    "persistentVolumeClaim": "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
    "nfs": "NFS (an NFS mount that lasts the lifetime of a pod)",
    "image": "Image (a container image)",
    "ephemeral": "EphemeralVolume (an inline specification for a volume that lives with the pod)",
}
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "emptyDir": {"medium": "", "sizeLimit": "<unset>"},
    "hostPath": {"type": ""},
}


def describe_pod(pod: Json, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    return render_lines(
        (
            *_head(pod),
            *_containers("Init Containers", pod, "initContainers", "initContainerStatuses"),
            *_containers("Containers", pod, "containers", "containerStatuses"),
            *_conditions(pod["status"].get("conditions", ())),
            *describe_volumes(pod["spec"].get("volumes", ())),
            f"{'QoS Class:':<29}{pod['status'].get('qosClass', '<unknown>')}",
            *describe_mapping("Node-Selectors", pod["spec"].get("nodeSelector"), 29),
            *_tolerations(pod["spec"].get("tolerations", ())),
            *describe_events(events, now),
        )
    )


def render_last_seen(event: RecordedEvent, now: float) -> str:
    """`3m`, or `3m (x5 over 10m)` for what happened more than once."""
    age = render_age(event.last_at, now)
    return age if event.count == 1 else f"{age} (x{event.count} over {render_age(event.first_at, now)})"


def _field(name: str, value: str, width: int = _LABEL) -> str:
    return f"{name + ':':<{width}}{value}".rstrip()


def _head(pod: Json) -> Iterator[str]:
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    yield _field("Name", metadata["name"])
    yield _field("Namespace", metadata["namespace"])
    fields = (
        ("Priority", "priority"),
        ("Priority Class Name", "priorityClassName"),
        ("Service Account", "serviceAccountName"),
        ("Node", "nodeName"),
    )
    for name, key in fields:
        if key in spec:
            yield _field(name, str(spec[key]))
    started = status.get("startTime") or metadata.get("creationTimestamp")
    if started:
        yield _field("Start Time", render_time(started))
    yield from describe_mapping("Labels", metadata.get("labels"), _LABEL)
    yield from describe_mapping("Annotations", metadata.get("annotations"), _LABEL, separator=": ")
    yield _field("Status", status.get("reason") if status.get("reason") == "Terminating" else status["phase"])
    for name in ("reason", "message"):
        if status.get(name) and status[name] != "Terminating":
            yield _field(name.title(), status[name])
    yield _field("IP", status.get("podIP", ""))
    addresses = status.get("podIPs") or ([{"ip": status["podIP"]}] if status.get("podIP") else [])
    if addresses:
        yield "IPs:"
        yield from (f"  {'IP:':<14}{each['ip']}" for each in addresses)
    else:
        yield f"{'IPs:':<14}<none>"
    for owner in metadata.get("ownerReferences", ()):
        yield f"Controlled By:  {owner['kind']}/{owner['name']}"


def describe_mapping(name: str, found: Mapping[str, str] | None, width: int, *, separator: str = "=") -> Iterator[str]:
    """Labels or the like, a line each; the name before the first."""
    if not found:
        yield _field(name, "<none>", width)
    for number, (key, value) in enumerate(sorted((found or {}).items())):
        yield f"{name + ':' if number == 0 else '':<{width}}{key}{separator}{value}"


def _containers(title: str, pod: Json, specs: str, statuses: str) -> Iterator[str]:
    if not pod["spec"].get(specs):
        return
    known = {each["name"]: each for each in pod["status"].get(statuses, ())}
    yield f"{title}:"
    for each in pod["spec"][specs]:
        yield f"  {each['name']}:"
        yield from describe_container(each, known.get(each["name"], {}))


def _conditions(conditions: Json) -> Iterator[str]:
    if conditions:
        yield "Conditions:"
        rows = [("Type", "Status"), *((each["type"], each["status"]) for each in conditions)]
        yield from cell_lines(rows, indent="  ")


def describe_volumes(volumes: Json) -> Iterator[str]:
    """The volumes of a pod, with their sources."""
    if not volumes:
        yield f"{'Volumes:':<29}<none>"
        return
    yield "Volumes:"
    for volume in volumes:
        yield f"  {volume['name']}:"
        for kind in sorted(volume.keys() - {"name"}):
            source = {**_DEFAULTS.get(kind, {}), **(volume[kind] or {})}
            yield f"    {'Type:':<12}{_TYPES.get(kind, kind)}"
            yield from (
                f"    {_title(key) + ':':<12}{value}".rstrip()
                for key, value in source.items()
                if not isinstance(value, dict | list)
            )


def _tolerations(tolerations: Json) -> Iterator[str]:
    texts = [_toleration(each) for each in tolerations] or ["<none>"]
    for number, text in enumerate(texts):
        yield f"{'Tolerations:' if number == 0 else '':<29}{text}"


def _toleration(each: Json) -> str:
    """`key=value:NoExecute for 30s`, `key:NoSchedule op=Exists`, as kubectl writes them."""
    text: str = each.get("key", "") + (f"={each['value']}" if each.get("value") else "")
    text += f":{each['effect']}" if each.get("effect") else ""
    operator = each.get("operator", "Equal")
    text += f" op={operator}" if operator != "Equal" else ""
    seconds = each.get("tolerationSeconds")
    return (text + (f" for {seconds}s" if seconds is not None else "")).strip()


def _title(key: str) -> str:
    """`claimName` as `ClaimName`, as kubectl has it."""
    return re.sub(r"^(?:nfs|[a-z])", lambda match: match[0].upper(), key)


def describe_events(events: Sequence[RecordedEvent], now: float) -> Iterator[str]:
    """The events, the latest last."""
    if not events:
        yield f"{'Events:':<29}<none>"
        return
    yield "Events:"
    head = ("Type", "Reason", "Age", "From", "Message")
    rows = [
        (each.event.type.value, each.event.reason, render_last_seen(each, now), SOURCE, each.event.message)
        for each in events
    ]
    yield from cell_lines([head, tuple("-" * len(name) for name in head), *rows], indent="  ", gap="  ")
