"""Environment variables with one source each (Kubernetes: core/v1 validation, EnvVar and EnvFromSource)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.field_paths import check_field_ref, check_resource_ref
from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_VALUES = ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef")
_MAPS = ("configMapRef", "secretRef")
_NAME_IN_PREFIX = set(map(chr, range(ord(" "), ord("~") + 1))) - {"="}


def check_env(container: Mapping[str, Json], path: FieldPath, containers: frozenset[str]) -> Iterator[Finding]:
    """Every variable has one value or one source; of two with one name the last counts."""
    variables = container.get("env", [])
    for index, first, name in repeated(variable["name"] for variable in variables):
        place = render_path((*path, "env", first))
        message = f"the variable `{name}` is already set at {place}; the last one counts"
        yield Finding("duplicate", (*path, "env", index, "name"), message, "keep one of the two", Severity.WARNING)
    for index, variable in enumerate(variables):
        if "valueFrom" in variable:
            yield from _check_source(variable, (*path, "env", index, "valueFrom"), containers)
    for index, source in enumerate(container.get("envFrom", [])):
        where = (*path, "envFrom", index)
        yield from _check_one_of(source, _MAPS, where, "envFrom")
        if not _NAME_IN_PREFIX.issuperset(source.get("prefix", "")):
            message = "the prefix holds characters that no name of a variable has"
            yield Finding("wrong-format", (*where, "prefix"), message, "use printable ASCII characters other than '='")


def _check_source(variable: Mapping[str, Json], path: FieldPath, containers: frozenset[str]) -> Iterator[Finding]:
    source: Mapping[str, Json] = variable["valueFrom"]
    if variable.get("value"):
        message = f"the variable `{variable['name']}` has a value and a source"
        later = next(field for field in reversed(list(variable)) if field in {"value", "valueFrom"})
        yield Finding("two-sources", (*path[:-1], later), message, "keep `value` or `valueFrom`", on_key=True)
    yield from _check_one_of(source, _VALUES, path, f"variable `{variable['name']}`")
    if "fieldRef" in source:
        yield from check_field_ref(source["fieldRef"], (*path, "fieldRef"), in_file=False)
    if "resourceFieldRef" in source:
        reference = source["resourceFieldRef"]
        yield from check_resource_ref(reference, (*path, "resourceFieldRef"), containers, in_file=False)


def _check_one_of(
    source: Mapping[str, Json], choices: tuple[str, ...], path: FieldPath, what: str
) -> Iterator[Finding]:
    given = [field for field in source if field.endswith("Ref")]
    if not given:
        yield Finding("no-source", path, f"the {what} names no source", f"give one of {listed(choices)}")
    elif len(given) > 1:
        message = f"the {what} has {len(given)} sources, {listed(given)}"
        yield Finding("two-sources", (*path, given[1]), message, "keep one of them", on_key=True)
