"""Labels of the pod itself that a selector is to go by (Kubernetes: `matchLabelKeys` and `mismatchLabelKeys`)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json


def check_affinity_keys(term: Mapping[str, Json], path: FieldPath, labels: Mapping[str, str]) -> Iterator[Finding]:
    """Findings on an affinity term of a pod with these labels.

    A pod that has the label gets a requirement more, so that one in the selector is one too many; without the label
    nothing is added, and one may be there.
    """
    for field in ("matchLabelKeys", "mismatchLabelKeys"):
        yield from _check_has_selector(term, field, path)
    asked = [*_selected_keys(term), *labels]
    for index, key in enumerate(term.get("matchLabelKeys", [])):
        where = (*path, "matchLabelKeys", index)
        if key in term.get("mismatchLabelKeys", []):
            message = f"`{key}` is one of the mismatchLabelKeys too, and cannot be alike and differ"
            yield Finding("wrong-combination", where, message, "keep one of the two")
        elif "labelSelector" in term and asked.count(key) > 1:
            yield _selected_twice(key, where)


def check_spread_keys(constraint: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on a topologySpreadConstraint, whose selector asks for none of the keys itself."""
    yield from _check_has_selector(constraint, "matchLabelKeys", path)
    selected = set(_selected_keys(constraint))
    for index, key in enumerate(constraint.get("matchLabelKeys", [])):
        if key in selected:
            yield _selected_twice(key, (*path, "matchLabelKeys", index))


def _check_has_selector(term: Mapping[str, Json], field: str, path: FieldPath) -> Iterator[Finding]:
    if term.get(field) and "labelSelector" not in term:
        message = f"`{field}` adds to a labelSelector, and there is none"
        yield Finding("wrong-combination", (*path, field), message, "add a labelSelector", on_key=True)


def _selected_keys(term: Mapping[str, Json]) -> Iterator[str]:
    """The labels that the term's selector asks for, as often as it does."""
    selector: Mapping[str, Json] = term.get("labelSelector", {})
    yield from selector.get("matchLabels", {})
    for requirement in selector.get("matchExpressions", []):
        yield requirement["key"]


def _selected_twice(key: str, path: FieldPath) -> Finding:
    message = f"the labelSelector asks for `{key}` already"
    return Finding("wrong-combination", path, message, "take it out here, or there")
