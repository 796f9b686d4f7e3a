"""What people type: selectors, spans and moments, names of objects, pairs of ports."""

import click
import pytest

from gitpod_sync.cli.commands.port_forward import parse_pair
from gitpod_sync.cli.targets import ObjectName, parse_object_name
from gitpod_sync.cli.typed import MomentType, SpanType, parse_selector
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.pod import Container, ContainerPort, PodSpec, PodTemplate
from gitpod_sync.model.workloads.local_time import render_rfc3339


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("app=web", {"app": "web"}, {"app": "db"}),
        ("app==web, tier!=back", {"app": "web"}, {"app": "web", "tier": "back"}),
        ("env in (a, b),app", {"env": "b", "app": ""}, {"env": "c", "app": ""}),
        ("env notin (a)", {}, {"env": "a"}),
        ("!old", {"new": ""}, {"old": ""}),
        ("example.org/app=web", {"example.org/app": "web"}, {}),
        ("", {"anything": "at all"}, None),
    ],
)
def test_a_selector_means_what_it_means_to_kubectl(
    text: str, matching: dict[str, str], others: dict[str, str] | None
) -> None:
    selector = parse_selector(text)
    assert selector.matches(matching)
    assert others is None or not selector.matches(others)


@pytest.mark.parametrize("text", ["a=b=c", "env in a,b", "=x", "in (a)", "a b"])
def test_what_is_no_selector_is_told(text: str) -> None:
    with pytest.raises(click.UsageError, match="is not a term of a selector"):
        parse_selector(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m", 300.0), ("1h30m", 5400.0), ("90s", 90.0), ("1.5h", 5400.0), ("500ms", 0.5)]
)
def test_a_span_is_written_as_in_go(text: str, seconds: float) -> None:
    assert SpanType().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "5d"])
def test_what_is_no_span_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write it like"):
        SpanType().convert(text, None, None)


def test_a_moment_is_rfc_3339() -> None:
    assert MomentType().convert("1970-01-01T00:01:00Z", None, None) == 60.0
    assert MomentType().convert("1970-01-01T01:01:00+01:00", None, None) == 60.0
    assert MomentType().convert("1970-01-01T00:01:00", None, None) == 60.0
    assert render_rfc3339(60.0) == "1970-01-01T00:01:00Z"
    with pytest.raises(click.BadParameter, match="write it like"):
        MomentType().convert("yesterday", None, None)


def test_an_object_is_named_with_its_kind_or_is_a_pod() -> None:
    assert parse_object_name("web") == ObjectName("Pod", "web")
    assert parse_object_name("po/web") == ObjectName("Pod", "web")
    assert parse_object_name("deployment.apps/web") == ObjectName("Deployment", "web")
    for text in ("service/web", "deployment/", "/web"):
        with pytest.raises(click.UsageError, match="names no pods"):
            parse_object_name(text)


def pod_with_ports() -> ObservedPod:
    ports = (ContainerPort(80, name="http"), ContainerPort(443))
    template = PodTemplate(PodSpec((Container("main", "image:1", ports=ports),)), ObjectMeta())
    return ObservedPod(PodIdentity("default", "web", "uid-1", Key("Pod", "default", "web"), template, "hash"))


@pytest.mark.parametrize(
    ("text", "pair"), [("80", (80, 80)), ("8080:80", (8080, 80)), (":80", (0, 80)), ("8080:http", (8080, 80))]
)
def test_a_pair_of_ports_may_leave_one_out_or_name_it(text: str, pair: tuple[int, int]) -> None:
    found = parse_pair(text, pod_with_ports())
    assert (found.local, found.remote) == pair


@pytest.mark.parametrize("text", ["8080:none", "x:80", "0", "8080:70000", "99999:80", "1:2:3"])
def test_what_is_no_pair_of_ports_is_told(text: str) -> None:
    with pytest.raises((click.UsageError, GitpodSyncError)):
        parse_pair(text, pod_with_ports())
