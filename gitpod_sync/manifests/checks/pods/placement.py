"""Placement of a pod: affinity, tolerations, spread (Kubernetes: core/v1 validation of the same fields)."""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.label_keys import check_affinity_keys, check_spread_keys
from gitpod_sync.manifests.checks.pods.names import is_subdomain
from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.checks.selectors import check_selector, check_values
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.selector import is_label_name, is_label_value

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_VALUE_HINT = "use letters, digits, '-', '_' and '.', and begin and end with a letter or digit"


def check_placement(spec: Mapping[str, Json], path: FieldPath, labels: Mapping[str, str]) -> Iterator[Finding]:
    """Findings on everything in the pod spec at `path` that chooses nodes. The pod has these labels."""
    affinity: Mapping[str, Json] = spec.get("affinity", {})
    if "nodeAffinity" in affinity:
        yield from _check_node_affinity(affinity["nodeAffinity"], (*path, "affinity", "nodeAffinity"))
    for field in ("podAffinity", "podAntiAffinity"):
        if field in affinity:
            yield from _check_pod_affinity(affinity[field], (*path, "affinity", field), labels)
    for index, toleration in enumerate(spec.get("tolerations", [])):
        yield from _check_toleration(toleration, (*path, "tolerations", index))
    if "topologySpreadConstraints" in spec:
        yield from _check_spread(spec["topologySpreadConstraints"], (*path, "topologySpreadConstraints"))


def _check_node_affinity(affinity: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    required = affinity.get(_REQUIRED)
    terms = required.get("nodeSelectorTerms", []) if required is not None else []
    where = (*path, _REQUIRED, "nodeSelectorTerms")
    if required is not None and not terms:
        yield Finding("empty-list", where, "no node is described", "give at least 1 item")
    for index, term in enumerate(terms):
        yield from _check_node_term(term, (*where, index))
        yield from _check_label_values(term, (*where, index))
    for index, preferred in enumerate(affinity.get(_PREFERRED, [])):
        where = (*path, _PREFERRED, index)
        yield from _check_weight(preferred["weight"], (*where, "weight"))
        yield from _check_node_term(preferred["preference"], (*where, "preference"))


def _check_weight(weight: int, path: FieldPath) -> Iterator[Finding]:
    if not 1 <= weight <= 100:  # noqa: PLR2004 - the numbers of the message
        yield Finding("out-of-range", path, f"a weight of {weight} is not between 1 and 100", "choose one that is")


def _check_node_term(term: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    for index, requirement in enumerate(term.get("matchExpressions", [])):
        where = (*path, "matchExpressions", index)
        yield from _check_label(requirement["key"], (*where, "key"))
        if requirement["operator"] in {"Gt", "Lt"}:
            yield from _check_comparison(requirement, where)
        else:
            yield from check_values(requirement, where)
    for index, requirement in enumerate(term.get("matchFields", [])):
        where = (*path, "matchFields", index)
        if requirement["key"] != "metadata.name":
            message = f"a node's field `{requirement['key']}` cannot be compared"
            yield Finding("wrong-expression", (*where, "key"), message, "use metadata.name, or matchExpressions")
        if requirement["operator"] not in {"In", "NotIn"} or len(requirement.get("values", [])) != 1:
            message = "a field is compared by In or NotIn with one value"
            yield Finding("wrong-expression", where, message, "write it so")
        elif not is_subdomain(requirement["values"][0]):
            name = requirement["values"][0]
            yield Finding(
                "wrong-format", (*where, "values", 0), f"`{name}` is not a valid name for a node", "correct it"
            )


def _check_label_values(term: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Required values can be values of labels. Kubernetes does not ask this of preferences."""
    for index, requirement in enumerate(term.get("matchExpressions", [])):
        for place, value in enumerate(requirement.get("values", [])):
            if not is_label_value(value):
                where = (*path, "matchExpressions", index, "values", place)
                yield Finding("wrong-format", where, f"`{value}` is not a valid value of a label", _VALUE_HINT)


def _check_label(name: str, path: FieldPath) -> Iterator[Finding]:
    if not is_label_name(name):
        message = f"`{name}` is not a valid label of a node"
        yield Finding("wrong-format", path, message, "write it like kubernetes.io/hostname")


def _check_comparison(requirement: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    values = requirement.get("values", [])
    if len(values) != 1 or not _INTEGER.fullmatch(values[0]):
        message = f"{requirement['operator']} compares with one whole number"
        yield Finding("wrong-expression", path, message, 'write it in quotes, like values: ["4"]')


def _check_pod_affinity(affinity: Mapping[str, Json], path: FieldPath, labels: Mapping[str, str]) -> Iterator[Finding]:
    for index, term in enumerate(affinity.get(_REQUIRED, [])):
        yield from _check_pod_term(term, (*path, _REQUIRED, index), labels)
    for index, preferred in enumerate(affinity.get(_PREFERRED, [])):
        where = (*path, _PREFERRED, index)
        yield from _check_weight(preferred["weight"], (*where, "weight"))
        yield from _check_pod_term(preferred["podAffinityTerm"], (*where, "podAffinityTerm"), labels)


def _check_pod_term(term: Mapping[str, Json], path: FieldPath, labels: Mapping[str, str]) -> Iterator[Finding]:
    for field in ("labelSelector", "namespaceSelector"):
        yield from check_selector(term.get(field, {}), (*path, field))
    yield from _check_label(term["topologyKey"], (*path, "topologyKey"))
    yield from check_affinity_keys(term, path, labels)


def _check_toleration(toleration: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if toleration.get("key"):
        yield from _check_label(toleration["key"], (*path, "key"))
    operator, value = toleration.get("operator") or "Equal", toleration.get("value", "")
    if not toleration.get("key") and operator != "Exists":
        message = "without a key every taint is meant, with the operator Exists"
        yield Finding("wrong-expression", path, message, "add the key, or `operator: Exists`")
    if operator == "Exists" and value:
        yield Finding("wrong-expression", (*path, "value"), "Exists takes no value", "take it out, or write Equal")
    elif operator in {"Gt", "Lt"} and not _INTEGER.fullmatch(value):
        message = f"{operator} compares with a whole number"
        yield Finding("wrong-expression", path, message, 'give it in quotes, like value: "4"')
    elif operator == "Equal" and not is_label_value(value):
        yield Finding("wrong-format", (*path, "value"), f"`{value}` is not a valid value of a taint", _VALUE_HINT)
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        message = "`tolerationSeconds` goes only with the effect NoExecute"
        yield Finding("wrong-combination", (*path, "tolerationSeconds"), message, "add the effect", on_key=True)


def _check_spread(constraints: list[Mapping[str, Json]], path: FieldPath) -> Iterator[Finding]:
    pairs = ((each["topologyKey"], each["whenUnsatisfiable"]) for each in constraints)
    for index, first, (key, action) in repeated(pairs):
        message = f"{action} over `{key}` is already asked for at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index), message, "keep one of the two")
    for index, constraint in enumerate(constraints):
        where = (*path, index)
        yield from _check_label(constraint["topologyKey"], (*where, "topologyKey"))
        yield from check_selector(constraint.get("labelSelector", {}), (*where, "labelSelector"))
        yield from check_spread_keys(constraint, where)
        if constraint["maxSkew"] < 1:
            yield Finding("out-of-range", (*where, "maxSkew"), "the least skew is 1", "write 1 or more")
        if "minDomains" in constraint and constraint["whenUnsatisfiable"] != "DoNotSchedule":
            message = "`minDomains` goes only with DoNotSchedule"
            yield Finding("wrong-combination", (*where, "minDomains"), message, "take it out", on_key=True)
