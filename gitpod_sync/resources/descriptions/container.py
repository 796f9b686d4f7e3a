"""One container of a v1 Pod as `describe` shows it, line by line in kubectl's words. Pure.

It reads Kubernetes' JSON and not our model, so that whatever a pod may ask for is shown without another place to touch.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from gitpod_sync.model.base.codec import Json

Lines = Iterator[str]
LABEL = 16
"""Width of the names of fields within a container."""


def describe_container(spec: Json, status: Json) -> Lines:
    """The lines below the container's name, indented by four."""
    yield _field("Container ID", status.get("containerID", ""))
    yield _field("Image", spec.get("image", ""))
    yield _field("Image ID", status.get("imageID", ""))
    yield from _program(spec)
    yield from _state("State", status.get("state") or {"waiting": {"reason": "ContainerCreating"}})
    if status.get("lastState"):
        yield from _state("Last State", status["lastState"])
    yield _field("Ready", str(status.get("ready", False)))
    yield _field("Restart Count", str(status.get("restartCount", 0)))
    yield from _needs(spec)


def describe_spec(spec: Json) -> Lines:
    """The same of a container in a template, which has no state."""
    yield _field("Image", spec.get("image", ""))
    yield from _program(spec)
    yield from _needs(spec)


def _program(spec: Json) -> Lines:
    yield from _ports(spec.get("ports", ()))
    yield from _words("Command", spec.get("command"))
    yield from _words("Args", spec.get("args"))


def _needs(spec: Json) -> Lines:
    for name in ("limits", "requests"):
        yield from _amounts(name.title(), (spec.get("resources") or {}).get(name))
    for name in ("liveness", "readiness", "startup"):
        if probe := spec.get(f"{name}Probe"):
            yield _field(name.title(), _probe(probe))
    yield from _environment(spec)
    yield from _mounts(spec.get("volumeMounts", ()))


def render_time(text: str) -> str:
    """`2026-01-31T12:00:00Z` as `Sat, 31 Jan 2026 12:00:00 +0000`."""
    return datetime.fromisoformat(text).strftime("%a, %d %b %Y %H:%M:%S %z") if text else "<unknown>"


def _field(name: str, value: str, indent: int = 4) -> str:
    return f"{' ' * indent}{name + ':':<{LABEL + 4 - indent}}{value}".rstrip()


def _ports(ports: Json) -> Lines:
    plural = "s" * (len(ports) > 1)
    yield _field(f"Port{plural}", ", ".join(_port(each, "containerPort") for each in ports) or "<none>")
    yield _field(f"Host Port{plural}", ", ".join(_port(each, "hostPort") for each in ports) or "<none>")


def _port(port: Json, key: str) -> str:
    return f"{port.get(key, 0)}/{port.get('protocol', 'TCP')}"


def _words(name: str, words: Json) -> Lines:
    if words:
        yield f"    {name}:"
        yield from (f"      {line}" for word in words for line in word.removesuffix("\n").split("\n"))


def _state(name: str, state: Json) -> Lines:
    ((kind, detail),) = state.items()
    yield _field(name, kind.title())
    if detail.get("reason"):
        yield _field("Reason", detail["reason"], indent=6)
    if detail.get("message"):
        first, *more = detail["message"].rstrip("\n").split("\n")
        yield _field("Message", first, indent=6)
        yield from (f"{'':<{LABEL + 4}}{line}".rstrip() for line in more)
    if "exitCode" in detail:
        yield _field("Exit Code", str(detail["exitCode"]), indent=6)
    for label, key in (("Started", "startedAt"), ("Finished", "finishedAt")):
        if key in detail and kind != "waiting":
            yield _field(label, render_time(detail[key]), indent=6)


def _amounts(name: str, amounts: Mapping[str, str] | None) -> Lines:
    if amounts:
        yield f"    {name}:"
        width = max(map(len, amounts)) + 1
        yield from (f"      {key + ':':<{width}}  {value}" for key, value in sorted(amounts.items()))


def _probe(probe: Json) -> str:
    numbers = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 1)}s "
        f"period={probe.get('periodSeconds', 10)}s #success={probe.get('successThreshold', 1)} "
        f"#failure={probe.get('failureThreshold', 3)}"
    )
    if http := probe.get("httpGet"):
        scheme = http.get("scheme", "HTTP").lower()
        return f"http-get {scheme}://{http.get('host', '')}:{http['port']}{http.get('path', '/')} {numbers}"
    if tcp := probe.get("tcpSocket"):
        return f"tcp-socket {tcp.get('host', '')}:{tcp['port']} {numbers}"
    if grpc := probe.get("grpc"):
        return f"grpc <pod>:{grpc['port']} {grpc.get('service', '')} {numbers}"
    return f"exec [{' '.join((probe.get('exec') or {}).get('command', ()))}] {numbers}"


def _environment(spec: Json) -> Lines:
    if sources := spec.get("envFrom"):
        yield "    Environment Variables from:"
        for each in sources:
            kind = "Secret" if "secretRef" in each else "ConfigMap"
            reference = each.get("secretRef") or each.get("configMapRef") or {}
            prefix = f" with prefix '{each['prefix']}'" if each.get("prefix") else ""
            optional = str(reference.get("optional", False)).lower()
            yield f"      {reference.get('name', '')}  {kind}{prefix}  Optional: {optional}"
    variables = spec.get("env", ())
    if not variables:
        yield _field("Environment", "<none>")
        return
    yield "    Environment:"
    width = max(len(each["name"]) for each in variables) + 1
    for each in variables:
        first, *more = _variable(each).split("\n")
        yield f"      {each['name'] + ':':<{width}}  {first}".rstrip()
        yield from (f"      {'':<{width}}  {line}".rstrip() for line in more)


def _variable(variable: Json) -> str:
    """A value as written, and never what a reference leads to."""
    source = variable.get("valueFrom") or {}
    if reference := source.get("secretKeyRef"):
        optional = str(reference.get("optional", False)).lower()
        return f"<set to the key '{reference['key']}' in secret '{reference['name']}'>  Optional: {optional}"
    if reference := source.get("configMapKeyRef"):
        optional = str(reference.get("optional", False)).lower()
        return f"<set to the key '{reference['key']}' of config map '{reference['name']}'>  Optional: {optional}"
    if reference := source.get("fieldRef"):
        return f" ({reference.get('apiVersion', 'v1')}:{reference['fieldPath']})"
    if reference := source.get("resourceFieldRef"):
        return f" ({reference['resource']})"
    value: str = variable.get("value", "")
    return value


def _mounts(mounts: Json) -> Lines:
    if not mounts:
        yield _field("Mounts", "<none>")
        return
    yield "    Mounts:"
    for each in sorted(mounts, key=lambda mount: str(mount["mountPath"])):
        flags = "ro" if each.get("readOnly") else "rw"
        path = each.get("subPath") or each.get("subPathExpr")
        yield f"      {each['mountPath']} from {each['name']} ({flags}{f',path={path!r}' if path else ''})"
