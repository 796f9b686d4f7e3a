"""Fields of a pod, and limits and requests of its containers, as text.

Source of the rules: Kubernetes, "Downward API".
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal

from gitpod_sync.model.pods.env import FieldRef, ResourceFieldRef
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.requests import CPU
from gitpod_sync.plan.config.references import PodReferences, UnresolvedError

_ESCAPES = {
    **{mark: f"\\{mark}" for mark in '"\\'},
    **dict(zip("\a\b\f\n\r\t\v", (f"\\{letter}" for letter in "abfnrtv"), strict=True)),
}
_BEYOND_ASCII, _BEYOND_SHORT = 0x80, 0x10000
_HUGE_PAGES = "hugepages-"
_ENTRY = re.compile(r"metadata\.(?P<map>labels|annotations)\['(?P<key>[^']+)'\]")
_FIELDS: Mapping[str, Callable[[PodReferences], str]] = {
    "metadata.name": lambda facts: facts.identity.name,
    "metadata.namespace": lambda facts: facts.identity.namespace,
    "metadata.uid": lambda facts: facts.identity.uid,
    "metadata.labels": lambda facts: _lines(facts.identity.template.metadata.labels),
    "metadata.annotations": lambda facts: _lines(facts.identity.template.metadata.annotations),
    "spec.nodeName": lambda facts: facts.node.name,
    "spec.serviceAccountName": lambda facts: facts.identity.template.spec.service_account_name or "default",
    "status.hostIP": lambda facts: facts.host_address,
    "status.hostIPs": lambda facts: facts.host_address,
    "status.podIP": lambda facts: facts.address,
    "status.podIPs": lambda facts: facts.address,
}


def compute_field(ref: FieldRef, facts: PodReferences) -> str:
    """The field's value; that of a label or annotation the pod does not have is empty. Raises `UnresolvedError`."""
    entry = _ENTRY.fullmatch(ref.field_path)
    if entry is not None:
        found: Mapping[str, str] = getattr(facts.identity.template.metadata, entry["map"])
        return found.get(entry["key"], "")
    read = _FIELDS.get(ref.field_path)
    if read is None:
        raise UnresolvedError(f"there is no field `{ref.field_path}` to refer to")
    return read(facts)


def compute_resource(ref: ResourceFieldRef, asking: Container | None, facts: PodReferences) -> str:
    """A limit or request in units of the divisor, rounded up. Raises `UnresolvedError`.

    A limit that is not given is all that the node has for pods: with 2 CPUs of which 100m are reserved, `limits.cpu` by
    `1m` gives 1900. A request that is not given is the limit, else 0.
    """
    container = _named(ref.container_name, asking, facts)
    which, _, resource = ref.resource.partition(".")
    limit = container.resources.limits.get(resource)
    found = limit if which == "limits" else container.resources.requests.get(resource, limit)
    if found is not None:
        amount = found.amount
    elif which == "requests":
        amount = Decimal(0)
    else:
        amount = _all_there_is(resource, facts)
    divisor = ref.divisor.amount if ref.divisor and ref.divisor.amount else Decimal(1)
    return str(int((amount / divisor).to_integral_value(ROUND_CEILING)))


def _named(name: str, asking: Container | None, facts: PodReferences) -> Container:
    if asking is not None and name in {"", asking.name}:
        return asking
    for container in facts.identity.template.spec.all_containers:
        if container.name == name:
            return container
    raise UnresolvedError(f"the pod has no container `{name}` whose resources could be given")


def _all_there_is(resource: str, facts: PodReferences) -> Decimal:
    if resource.startswith(_HUGE_PAGES):
        return Decimal(0)  # no container can be given any
    amount = facts.allocatable.get(resource)
    if amount is None:
        raise UnresolvedError(f"no limit of {resource} is given, and how much the node has is not known")
    return Decimal(amount) / (1000 if resource == CPU else 1)


def _lines(entries: Mapping[str, str]) -> str:
    """One entry a line, as the kubelet writes them: `key="value"` with the value quoted like a string of Go."""
    return "\n".join(f"{key}={_quoted(value)}" for key, value in sorted(entries.items()))


def _quoted(text: str) -> str:
    return f'"{"".join(_ESCAPES.get(each) or _shown(each) for each in text)}"'


def _shown(character: str) -> str:
    """As it is if it can be seen, else its number."""
    number = ord(character)
    if character.isprintable():
        return character
    if number < _BEYOND_ASCII:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _BEYOND_SHORT else f"\\U{number:08x}"
