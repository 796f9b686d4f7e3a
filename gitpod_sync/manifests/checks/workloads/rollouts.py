"""How Deployments, StatefulSets and DaemonSets replace their pods (Kubernetes: apps/v1 validation of strategies)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.claims import check_claim_spec
from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.checks.workloads.controllers import check_controller, first_host_port
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.schema.templates import template_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.labels import DELETE_VOLUME

_WHOLE = 100
_DEADLINE = 600
_QUARTER = "25%"
_LONGEST_NAME = 63


def check_deployment(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a Deployment."""
    yield from check_controller("Deployment", value)
    spec: Mapping[str, Json] = value["spec"]
    ready, deadline = spec.get("minReadySeconds", 0), spec.get("progressDeadlineSeconds", _DEADLINE)
    if deadline <= ready:
        field = "progressDeadlineSeconds" if "progressDeadlineSeconds" in spec else "minReadySeconds"
        message = f"the deadline of {deadline} s passes before a pod can have been ready for {ready} s"
        yield Finding(
            "out-of-range", ("spec", field), message, "make progressDeadlineSeconds longer than minReadySeconds"
        )
    strategy = spec.get("strategy", {})
    rolling, path = strategy.get("rollingUpdate", {}), ("spec", "strategy", "rollingUpdate")
    if strategy.get("type") == "Recreate":
        yield from _check_unused(strategy, path, Severity.ERROR)
        return
    surge = IntOrPercent.from_json(rolling.get("maxSurge", _QUARTER))
    unavailable = IntOrPercent.from_json(rolling.get("maxUnavailable", _QUARTER))
    yield from _check_share(rolling, "maxUnavailable", path)
    if surge.value == 0 and unavailable.value == 0:
        message = "with neither surge nor unavailability nothing could be replaced"
        yield Finding("no-room-to-update", path, message, "write `maxUnavailable: 1`")
    replicas: int = spec.get("replicas", 1)
    # With one replica, 25 % of unavailability is none: only a surge pod could begin, and it finds the port taken.
    if replicas == 1 and surge.of(1, round_up=True) > 0 and unavailable.of(1, round_up=False) == 0:
        yield from _check_handing_over("Deployment", value, "or use the strategy Recreate")


def check_stateful_set(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a StatefulSet and its claim templates."""
    yield from check_controller("StatefulSet", value)
    spec: Mapping[str, Json] = value["spec"]
    yield from _check_pod_names(value["metadata"]["name"], spec)
    strategy, path = spec.get("updateStrategy", {}), ("spec", "updateStrategy", "rollingUpdate")
    if strategy.get("type") == "OnDelete":
        yield from _check_unused(strategy, path, Severity.ERROR)
    rolling: Mapping[str, Json] = strategy.get("rollingUpdate", {})
    yield from _check_share(rolling, "maxUnavailable", path)
    if "maxUnavailable" in rolling and IntOrPercent.from_json(rolling["maxUnavailable"]).value == 0:
        message = "with no pod unavailable nothing could be replaced"
        yield Finding("out-of-range", (*path, "maxUnavailable"), message, "write 1 or more")
    yield from _check_claims(spec, ("spec", "volumeClaimTemplates"))


def check_daemon_set(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a DaemonSet, which surges or takes pods down, and not both."""
    yield from check_controller("DaemonSet", value)
    strategy = value["spec"].get("updateStrategy", {})
    path = ("spec", "updateStrategy", "rollingUpdate")
    if strategy.get("type") == "OnDelete":
        yield from _check_unused(strategy, path, Severity.WARNING)
        return
    rolling: Mapping[str, Json] = strategy.get("rollingUpdate", {})
    surge = IntOrPercent.from_json(rolling.get("maxSurge", 0)).value
    unavailable = IntOrPercent.from_json(rolling.get("maxUnavailable", 1)).value
    for field in ("maxSurge", "maxUnavailable"):
        yield from _check_share(rolling, field, path)
    if surge == 0 and unavailable == 0:
        message = "with neither surge nor unavailability nothing could be replaced"
        yield Finding("no-room-to-update", path, message, "write `maxUnavailable: 1`")
    elif surge and unavailable:
        message = "a DaemonSet surges or takes pods down, and not both (maxUnavailable is 1 if it is not given)"
        yield Finding("wrong-combination", (*path, "maxSurge"), message, "write `maxUnavailable: 0`, or take it out")
    if surge:
        yield from _check_handing_over("DaemonSet", value, "")


def _check_unused(strategy: Mapping[str, Json], path: FieldPath, severity: Severity) -> Iterator[Finding]:
    if "rollingUpdate" in strategy:
        message = "`rollingUpdate` goes only with type RollingUpdate"
        yield Finding("wrong-strategy", path, message, "take it out, or change the type", severity, on_key=True)


def _check_share(rolling: Mapping[str, Json], field: str, path: FieldPath) -> Iterator[Finding]:
    if field in rolling:
        share = IntOrPercent.from_json(rolling[field])
        if share.percent and share.value > _WHOLE:
            yield Finding("out-of-range", (*path, field), "more than all pods", "use at most 100%")


def _check_handing_over(kind: str, value: Mapping[str, Json], otherwise: str) -> Iterator[Finding]:
    template = template_of(kind, value)
    held = first_host_port(template) if template is not None else None
    if held is not None:
        port, path = held
        message = f"a rolling update starts the new pod while the old one holds {port}: it would wait for ever"
        hint = ", ".join(filter(None, ("set `maxUnavailable: 1` and `maxSurge: 0`", otherwise)))
        yield Finding("host-port-update", path, message, hint, Severity.WARNING)


def _check_pod_names(name: str, spec: Mapping[str, Json]) -> Iterator[Finding]:
    """The name of a pod is its host name and a label as well."""
    path = ("metadata", "name")
    last = spec.get("ordinals", {}).get("start", 0) + max(0, spec.get("replicas", 1) - 1)
    longest = len(f"{name}-{last}")
    if "." in name:
        message = f"pods of `{name}` cannot have their own names as host names, because of the dot"
        yield Finding("wrong-format", path, message, "name the set without dots")
    elif longest > _LONGEST_NAME:
        message = f"the pod `{name}-{last}` has a name of {longest} characters, more than the {_LONGEST_NAME} allowed"
        yield Finding("too-long", path, message, "shorten the name")


def _check_claims(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    claims = spec.get("volumeClaimTemplates", [])
    names = [claim.get("metadata", {}).get("name") for claim in claims]
    for index, first, name in repeated(names):
        message = f"a claim template named `{name}` is already at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index, "metadata", "name"), message, "give each its own")
    volumes = {volume["name"] for volume in spec["template"]["spec"].get("volumes", [])}
    for index, claim in enumerate(claims):
        where = (*path, index)
        if not names[index]:
            yield Finding("missing-field", (*where, "metadata", "name"), "the claim template has no name", "add it")
        elif names[index] in volumes:
            message = f"the claim stands for the pod's volume `{names[index]}`, whose own source is not used"
            hint = "take the volume out of the template"
            yield Finding("duplicate", (*where, "metadata", "name"), message, hint, Severity.WARNING)
        if DELETE_VOLUME in claim.get("metadata", {}).get("annotations", {}):
            message = "the claims of a set go by its own policy, not by this annotation"
            hint = "say it with `persistentVolumeClaimRetentionPolicy`"
            spot = (*where, "metadata", "annotations", DELETE_VOLUME)
            yield Finding("unknown-annotation", spot, message, hint, Severity.WARNING, on_key=True)
        yield from check_claim_spec(claim["spec"], (*where, "spec"))
