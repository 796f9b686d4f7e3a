"""What the objects of one revision say of each other. The n-th object of a text stands in line n × 100."""

import cProfile
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from gitpod_sync.manifests.checks.pods.host_ports import HostPort
from gitpod_sync.manifests.checks.revision.facts import Facts, Pods, Selection, facts_of_broken
from gitpod_sync.manifests.checks.revision.revision import check_revision
from gitpod_sync.manifests.checks.spots import Spot
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.selector import LabelSelector

FactsOf = Callable[[str], list[Facts]]
Summary = Callable[[Sequence[Diagnostic]], list[str]]

DEPLOYMENT = """kind: Deployment
metadata: {name: %(name)s, namespace: %(namespace)s}
spec:
  selector: {matchLabels: {app: %(app)s}}
  template:
    metadata: {labels: {app: %(app)s, tier: front}}
    spec: {containers: [{name: main, image: busybox, ports: [{name: http, containerPort: 80}]}]}
"""
SERVICE = "kind: Service\nmetadata: {name: %s}\nspec: {selector: {app: %s}, ports: [{port: 80, targetPort: %s}]}\n"
POD = "kind: Pod\nmetadata: {name: %s, namespace: %s}\nspec: {containers: [{name: main, image: busybox, %s}], %s}\n"
CONFIG = "kind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
SET = """kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: busybox}]}}
"""
CLAIMED = "volumes: [{name: a, persistentVolumeClaim: {claimName: %s}}]"


def deployment(name: str, app: str, namespace: str = "default") -> str:
    return DEPLOYMENT % {"name": name, "app": app, "namespace": namespace}


def pod(container: str = "", spec: str = "", name: str = "web", namespace: str = "default") -> str:
    return POD % (name, namespace, container, spec)


CASES = {
    "one object twice, once with the default namespace written out": (
        [pod(), pod().replace(", namespace: default", "")],
        ["200 duplicate-object metadata.name"],
    ),
    "one name in two namespaces": ([pod(), pod(namespace="other")], ["200 shared-name metadata.name (warning)"]),
    "one name of two kinds": ([pod(name="config"), CONFIG], []),
    "one port of the node in two pods": (
        [
            pod("ports: [{containerPort: 80, hostPort: 80}]"),
            pod("ports: [{containerPort: 81, hostPort: 80}]", name="b"),
        ],
        ["200 host-port-clash spec.containers[0].ports[0].hostPort"],
    ),
    "a port of a pod in the node's network": (
        [
            pod("ports: [{containerPort: 80, hostPort: 80}]"),
            pod("ports: [{containerPort: 80}]", "hostNetwork: true", "b"),
        ],
        ["200 host-port-clash spec.containers[0].ports[0].containerPort"],
    ),
    "a key that is there": (
        [CONFIG, pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: a}}}]")],
        [],
    ),
    "a key that is not there": (
        [pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: b}}}]"), CONFIG],
        ["100 unknown-key spec.containers[0].env[0].valueFrom.configMapKeyRef.key (warning)"],
    ),
    "what is optional": (
        [pod("env: [{name: A, valueFrom: {secretKeyRef: {name: config, key: b, optional: true}}}]")],
        [],
    ),
    "objects that are not there": (
        [
            pod(
                "envFrom: [{secretRef: {name: config}}, {configMapRef: {name: b}}]",
                "volumes: [{name: a, secret: {secretName: c}}]",
            )
        ],
        [
            "100 unknown-object spec.containers[0].envFrom[0].secretRef.name (warning)",
            "100 unknown-object spec.containers[0].envFrom[1].configMapRef.name (warning)",
            "100 unknown-object spec.volumes[0].secret.secretName (warning)",
        ],
    ),
    "an object of another namespace": (
        [CONFIG, pod("envFrom: [{configMapRef: {name: config}}]", namespace="other")],
        ["200 unknown-object spec.containers[0].envFrom[0].configMapRef.name (warning)"],
    ),
    "projected keys": (
        [
            CONFIG,
            pod(
                spec="volumes: [{name: a, projected: {sources: [{configMap: "
                "{name: config, items: [{key: c, path: c}]}}]}}]"
            ),
        ],
        ["200 unknown-key spec.volumes[0].projected.sources[0].configMap.items[0].key (warning)"],
    ),
    "a claim of a set": ([SET, pod(spec=CLAIMED % "data-db-0")], []),
    "a claim that no set makes": (
        [SET, pod(spec=CLAIMED % "data-db-x")],
        ["200 unknown-object spec.volumes[0].persistentVolumeClaim.claimName (warning)"],
    ),
    "a claim of an ephemeral volume": (
        [pod(spec="volumes: [{name: a, ephemeral: {}}]"), pod(spec=CLAIMED % "web-a", name="b")],
        [],
    ),
    "a class of priority that is not there": (
        [pod(spec="priorityClassName: high"), pod(spec="priorityClassName: system-node-critical", name="b")],
        ["100 unknown-object spec.priorityClassName"],
    ),
    "a class of priority that is there": (
        ["kind: PriorityClass\nmetadata: {name: high}\nvalue: 1\n", pod(spec="priorityClassName: high")],
        [],
    ),
    "a class of Kubernetes' own that is none": (
        [pod(spec="priorityClassName: system-critical")],
        ["100 unknown-object spec.priorityClassName"],
    ),
    "a priority that its class gives": (
        ["kind: PriorityClass\nmetadata: {name: high}\nvalue: 7\n", pod(spec="priorityClassName: high, priority: 7")],
        [],
    ),
    "a priority that its class does not give": (
        ["kind: PriorityClass\nmetadata: {name: high}\nvalue: 7\n", pod(spec="priorityClassName: high, priority: 0")],
        ["200 wrong-priority spec.priority"],
    ),
    "a priority of a class of Kubernetes' own": (
        [pod(spec="priorityClassName: system-node-critical, priority: 2000001000")],
        [],
    ),
    "a priority without a class": ([pod(spec="priority: 7")], ["100 wrong-priority spec.priority"]),
    "a priority that the default class gives": (
        ["kind: PriorityClass\nmetadata: {name: usual}\nvalue: 7\nglobalDefault: true\n", pod(spec="priority: 7")],
        [],
    ),
    "a policy that its class does not give": (
        [
            "kind: PriorityClass\nmetadata: {name: kind}\nvalue: 7\npreemptionPolicy: Never\n",
            pod(spec="priorityClassName: kind, preemptionPolicy: PreemptLowerPriority"),
            pod(spec="priorityClassName: kind, preemptionPolicy: Never", name="b"),
            pod(spec="preemptionPolicy: Never", name="c"),
        ],
        ["200 wrong-priority spec.preemptionPolicy", "400 wrong-priority spec.preemptionPolicy"],
    ),
    "two classes for all others": (
        [f"kind: PriorityClass\nmetadata: {{name: {name}}}\nvalue: 1\nglobalDefault: true\n" for name in "ab"],
        ["200 duplicate globalDefault"],
    ),
    "selectors that overlap": (
        [deployment("a", "web"), deployment("b", "web"), deployment("c", "web")],
        ["200 overlapping-selectors spec.selector (warning)", "300 overlapping-selectors spec.selector (warning)"],
    ),
    "selectors of two namespaces": ([deployment("a", "web"), deployment("b", "web", "other")], []),
    "a selector that holds another's": (
        [deployment("a", "web"), deployment("b", "other").replace("{app: other}}\n", "{tier: front}}\n", 1)],
        ["200 overlapping-selectors spec.selector (warning)"],
    ),
    "a Service that finds its pods": ([deployment("a", "web"), SERVICE % ("s", "web", "http")], []),
    "a Service that selects nothing": (
        [deployment("a", "web", "other"), SERVICE % ("s", "web", "http")],
        ["200 selects-nothing spec.selector (warning)"],
    ),
    "a Service of a port that nobody names": (
        [deployment("a", "web"), SERVICE % ("s", "web", "https"), SERVICE % ("t", "web", "443")],
        ["200 unknown-port spec.ports[0].targetPort (warning)"],
    ),
    "a budget for nobody": (
        ["kind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {selector: {matchLabels: {app: web}}}\n"],
        ["100 selects-nothing spec.selector (warning)"],
    ),
    "an Ingress to a Service and a port": (
        [
            SERVICE % ("s", "web", "80"),
            deployment("a", "web"),
            "kind: Ingress\nmetadata: {name: a}\nspec: {defaultBackend: {service: {name: s, port: {number: 80}}}}\n",
            "kind: Ingress\nmetadata: {name: b}\nspec: {defaultBackend: {service: {name: s, port: {name: http}}}}\n",
            "kind: Ingress\nmetadata: {name: c}\nspec: {defaultBackend: {service: {name: t, port: {number: 80}}}}\n",
        ],
        [
            "400 unknown-port spec.defaultBackend.service.port.name (warning)",
            "500 unknown-object spec.defaultBackend.service.name (warning)",
        ],
    ),
}


@pytest.mark.parametrize(("texts", "expected"), CASES.values(), ids=CASES)
def test_a_revision_is_answered(facts_of_all: FactsOf, summary: Summary, texts: list[str], expected: list[str]) -> None:
    assert summary(list(check_revision(facts_of_all("---\n".join(texts))))) == expected


def test_a_missing_object_is_an_error_when_strict(facts_of_all: FactsOf) -> None:
    facts = facts_of_all(pod("envFrom: [{secretRef: {name: config}}]"))
    (diagnostic,) = check_revision(facts, strict=True)
    assert diagnostic.severity is Severity.ERROR
    assert "Secret default/config" in diagnostic.message


def test_both_places_are_named(facts_of_all: FactsOf) -> None:
    (diagnostic,) = check_revision(facts_of_all(pod() + "---\n" + pod()))
    assert "app.yaml:100" in diagnostic.message
    assert (diagnostic.file, diagnostic.line) == ("app.yaml", 200)


def test_what_was_likely_meant_is_said(facts_of_all: FactsOf) -> None:
    near = pod("envFrom: [{configMapRef: {name: conifg}}]")
    far = pod("envFrom: [{configMapRef: {name: config}}]", name="b", namespace="other")
    hints = [each.hint for each in check_revision(facts_of_all(f"{CONFIG}---\n{near}---\n{far}"))]
    assert hints == ["did you mean `config`?", "there is one in namespace `default`, which is not seen from here"]


def test_an_object_that_is_not_valid_is_not_missed(facts_of_all: FactsOf) -> None:
    def broken(kind: str, name: object) -> Facts | None:
        return facts_of_broken(kind, {"metadata": {"name": name}}, "bad.yaml", lambda _: Spot(1, 1, ""))

    config = broken("ConfigMap", "config")
    assert config is not None
    user = (
        pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: a}}}]")
        + "---\n"
        + SERVICE % ("s", "x", "http")
    )
    assert not list(check_revision([config, *facts_of_all(user)]))
    assert broken("ConfigMap", 5) is None


def test_facts_know_the_default_namespace_and_the_cluster(facts_of_all: FactsOf) -> None:
    text = "kind: ConfigMap\nmetadata: {name: a}\n---\nkind: Namespace\nmetadata: {name: b, namespace: c}\n"
    assert [each.key for each in facts_of_all(text)] == [Key("ConfigMap", "default", "a"), Key("Namespace", "", "b")]


def _calls_of(task: Callable[[], object]) -> int:
    """How many calls of functions it takes: a measure that no busy machine changes."""
    profile = cProfile.Profile()
    profile.runcall(task)
    return sum(entry.callcount for entry in profile.getstats())


def test_the_cost_of_many_objects_is_the_sum_of_theirs(facts_of_all: FactsOf) -> None:
    one = [
        deployment("a", "web"),
        SERVICE % ("s", "web", "http"),
        CONFIG,
        pod("envFrom: [{configMapRef: {name: config}}]"),
    ]
    template = facts_of_all("---\n".join(one))

    def check(namespaces: int) -> list[Diagnostic]:
        return list(check_revision([_moved(each, f"ns-{index}") for index in range(namespaces) for each in template]))

    assert not check(600)
    assert _calls_of(lambda: check(600)) < 2.2 * _calls_of(lambda: check(300))


def test_what_is_said_stays_short_however_long_a_name_is(facts_of_all: FactsOf) -> None:
    ingress = "kind: Ingress\nmetadata: {name: a}\nspec: {defaultBackend: {service: {name: %s, port: {number: 80}}}}\n"
    (diagnostic,) = check_revision(facts_of_all(ingress % ("x" * 10_000)))
    assert len(diagnostic.message) < 500


def _moved(facts: Facts, namespace: str) -> Facts:
    return replace(facts, key=Key(facts.key.kind, namespace, facts.key.name), network_name=None)


def test_no_choice_of_labels_and_ports_makes_it_slow(facts_of_all: FactsOf) -> None:
    (one,) = facts_of_all(deployment("a", "web"))

    def check(objects: int) -> list[Diagnostic]:
        return list(check_revision([_unlike(one, index) for index in range(objects)]))

    assert not check(1000)
    assert _calls_of(lambda: check(1000)) < 2.2 * _calls_of(lambda: check(500))


def _unlike(facts: Facts, index: int) -> Facts:
    """Labels of other names than all others have, and the one port at another address."""
    labels = {"app": "web", f"label-{index}": "x"}
    port = HostPort("TCP", f"10.0.{index // 250}.{index % 250}", 80)
    return replace(
        facts,
        key=Key("Deployment", "default", f"web-{index}"),
        pods=Pods(labels, frozenset()),
        selection=Selection(LabelSelector(labels), facts.name, is_sound=True),
        host_ports=((port, facts.name),),
    )
