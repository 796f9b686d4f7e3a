"""Common checks of controllers: they find their pods, and restart them (Kubernetes: apps/v1 validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.host_ports import HostPort, host_ports
from gitpod_sync.manifests.checks.pods.pods import check_mortal
from gitpod_sync.manifests.checks.selectors import check_selection
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Template, template_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_SEVERAL = "each pod needs the port for itself, and a node has it once"


def check_controller(kind: str, value: Mapping[str, Json]) -> Iterator[Finding]:
    """The selector selects the template's pods, these restart for ever, and as many as asked for can run."""
    template = template_of(kind, value)
    if template is None:
        return
    yield from check_selection(kind, value, template)
    policy = template.spec.get("restartPolicy") or "Always"
    if policy != "Always":
        message = f"the pods of a {kind} are restarted always, not {policy}"
        where = (*template.spec_path, "restartPolicy")
        yield Finding("wrong-restart-policy", where, message, "take it out, or make it a bare Pod")
    yield from check_mortal(template.spec, template.spec_path, kind)
    yield from check_sharing(value["spec"].get("replicas", 1), "replicas", template)


def check_sharing(count: int, what: str, template: Template) -> Iterator[Finding]:
    """More pods than one node can give a host port to; `what` are the pods called in the message."""
    held = first_host_port(template)
    if count > 1 and held is not None:
        port, path = held
        message = f"{count} {what} ask for {port}; {_SEVERAL}"
        hint = "use one replica, or take the hostPort out"
        yield Finding("host-port-shared", path, message, hint, Severity.WARNING)


def first_host_port(template: Template) -> tuple[HostPort, FieldPath] | None:
    """The first host port of the pods, and where in the object it is asked for."""
    for port, path in host_ports(template.spec):
        return port, (*template.spec_path, *path)
    return None
