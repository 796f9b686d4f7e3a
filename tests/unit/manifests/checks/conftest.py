from collections.abc import Callable, Iterator, Sequence

import pytest
import yaml

from gitpod_sync.manifests.checks.objects import check_object
from gitpod_sync.manifests.checks.revision.facts import Facts, facts_of
from gitpod_sync.manifests.checks.spots import Spot
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.diagnostics.findings import render_path
from gitpod_sync.manifests.yaml.documents import FieldPath

Said = Callable[[str, str], list[str]]
InContainer = Callable[[str], list[str]]
FactsOf = Callable[[str], list[Facts]]
Summary = Callable[[Sequence[Diagnostic]], list[str]]


@pytest.fixture
def said() -> Said:
    """What is said about an object of a kind, given as YAML: `code path`, with its severity if it is no error."""
    return findings


@pytest.fixture
def said_in_pod() -> InContainer:
    """What is said about the fields of a pod spec, given as YAML. Paths begin at the spec."""

    def check(text: str) -> list[str]:
        spec = {"containers": [{"name": "main", "image": "busybox"}], **yaml.safe_load(text)}
        return [each.replace(" spec.", " ") for each in findings("Pod", yaml.safe_dump({"spec": spec}))]

    return check


@pytest.fixture
def said_in_container() -> InContainer:
    """What is said about the fields of a container, given as YAML. Paths begin at the container."""

    def check(text: str) -> list[str]:
        container = {"name": "main", "image": "busybox", **yaml.safe_load(text)}
        spec = {"containers": [container], "volumes": [{"name": "data", "hostPath": {"path": "/srv"}}]}
        found = findings("Pod", yaml.safe_dump({"spec": spec}))
        return [each.replace(" spec.containers[0].", " ") for each in found]

    return check


def findings(kind: str, text: str) -> list[str]:
    value = {"metadata": {"name": "web"}, **yaml.safe_load(text)}
    return [
        f"{finding.code} {render_path(finding.path)}" + _suffix(finding.severity)
        for finding in check_object(kind, value)
    ]


def _suffix(severity: Severity) -> str:
    return "" if severity is Severity.ERROR else f" ({severity})"


@pytest.fixture
def facts_of_all() -> FactsOf:
    """The facts of the objects in a text with several documents, each as if it began in a line of its own."""
    return lambda text: list(_facts(text))


def _facts(text: str) -> Iterator[Facts]:
    for index, value in enumerate(yaml.safe_load_all(text), start=1):
        yield facts_of(value["kind"], value, "app.yaml", _locator(index * 100))


def _locator(line: int) -> Callable[[FieldPath], Spot]:
    return lambda path: Spot(line, 1, render_path(path))


@pytest.fixture
def summary() -> Summary:
    """`line code field` of every diagnostic, with its severity if it is no error."""

    def summarize(diagnostics: Sequence[Diagnostic]) -> list[str]:
        return [f"{each.line} {each.code} {each.field}" + _suffix(each.severity) for each in diagnostics]

    return summarize
