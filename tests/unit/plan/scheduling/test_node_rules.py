"""What a pod asks of its node, operator by operator, and which taints it tolerates."""

from typing import Any

import pytest
import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.engine.node import Node, NodeSettings, compute_node
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.scheduling.affinity import NodeSelector
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect, Toleration, patience_with

LABELS = {"disk": "ssd", "cores": "8", "empty": ""}


def read(text: str) -> Any:
    return yaml.safe_load(text)


OPERATORS = [
    ("{key: disk, operator: In, values: [hdd, ssd]}", True),
    ("{key: disk, operator: In, values: [hdd]}", False),
    ("{key: gpu, operator: In, values: [a]}", False),
    ("{key: disk, operator: NotIn, values: [ssd]}", False),
    ("{key: disk, operator: NotIn, values: [hdd]}", True),
    ("{key: gpu, operator: NotIn, values: [a]}", True),
    ("{key: empty, operator: Exists}", True),
    ("{key: gpu, operator: Exists}", False),
    ("{key: gpu, operator: DoesNotExist}", True),
    ("{key: disk, operator: DoesNotExist}", False),
    ('{key: cores, operator: Gt, values: ["7"]}', True),
    ('{key: cores, operator: Gt, values: ["8"]}', False),
    ('{key: cores, operator: Lt, values: ["9"]}', True),
    ('{key: cores, operator: Lt, values: ["8"]}', False),
    ('{key: disk, operator: Gt, values: ["1"]}', False),
    ('{key: gpu, operator: Lt, values: ["1"]}', False),
]


@pytest.mark.parametrize(("requirement", "met"), OPERATORS)
def test_a_requirement_compares_a_label_of_the_node(requirement: str, met: bool) -> None:
    selector = decode(NodeSelector, {"nodeSelectorTerms": [{"matchExpressions": [read(requirement)]}]})
    assert selector.matches("one", LABELS) is met


SSD, HDD = "{key: disk, operator: In, values: [ssd]}", "{key: disk, operator: In, values: [hdd]}"
NAMED = "{key: metadata.name, operator: In, values: [one]}"
OTHERS = "{key: metadata.name, operator: NotIn, values: [one]}"
TERMS = [
    (f"[{{matchExpressions: [{SSD}]}}, {{matchExpressions: [{HDD}]}}]", True),
    (f"[{{matchExpressions: [{SSD}, {HDD}]}}]", False),
    (f"[{{matchFields: [{NAMED}]}}]", True),
    (f"[{{matchFields: [{OTHERS}]}}]", False),
    (f"[{{matchExpressions: [{HDD}], matchFields: [{NAMED}]}}]", False),
    ("[{}]", False),
    ("[]", False),
]


@pytest.mark.parametrize(("terms", "met"), TERMS)
def test_one_term_is_enough_and_all_of_it_must_hold(terms: str, met: bool) -> None:
    assert decode(NodeSelector, {"nodeSelectorTerms": read(terms)}).matches("one", LABELS) is met


TOLERATIONS = [
    ("{key: a, value: x, effect: NoSchedule}", True),
    ("{key: a, value: x}", True),
    ("{key: a, value: y}", False),
    ("{key: b, value: x}", False),
    ("{key: a, value: x, effect: NoExecute}", False),
    ("{key: a, operator: Exists}", True),
    ("{operator: Exists}", True),
    ("{operator: Exists, effect: NoExecute}", False),
    ("{value: x}", False),
    ('{key: a, operator: Gt, value: "1"}', False),
]


@pytest.mark.parametrize(("toleration", "tolerated"), TOLERATIONS)
def test_a_toleration_is_for_certain_taints(toleration: str, tolerated: bool) -> None:
    taint = Taint("a", "x", TaintEffect.NO_SCHEDULE)
    assert decode(Toleration, read(toleration)).tolerates(taint) is tolerated


NUMBERS = [("Gt", "4", True), ("Gt", "5", False), ("Lt", "6", True), ("Lt", "5", False), ("Lt", "x", False)]


@pytest.mark.parametrize(("operator", "value", "tolerated"), NUMBERS)
def test_a_toleration_compares_numbers(operator: str, value: str, tolerated: bool) -> None:
    toleration = decode(Toleration, {"key": "a", "operator": operator, "value": value})
    assert toleration.tolerates(Taint("a", "5", TaintEffect.NO_SCHEDULE)) is tolerated


PATIENCE: list[tuple[list[str], float | None]] = [
    ([], 0.0),
    (["{operator: Exists}"], None),
    (["{operator: Exists, effect: NoExecute, tolerationSeconds: 60}"], 60.0),
    (["{operator: Exists}", "{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}"], 5.0),
    (["{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: -1}"], 0.0),
]


@pytest.mark.parametrize(("tolerations", "patience"), PATIENCE)
def test_the_least_patience_counts(tolerations: list[str], patience: float | None) -> None:
    taint = Taint("a", "", TaintEffect.NO_EXECUTE)
    assert patience_with(taint, [decode(Toleration, read(each)) for each in tolerations]) == patience


def test_pods_may_ask_for_what_is_not_reserved() -> None:
    machine = ObservedNode("one", 4, 8 * 1024**3, architecture="amd64", storage=100)
    settings = NodeSettings({"disk": "ssd"}, (), {"cpu": 500, "memory": 1024**3, "ephemeral-storage": 500}, {"x/y": 2})
    node = compute_node(machine, settings)
    assert node.allocatable == {"cpu": 3500, "memory": 7 * 1024**3, "ephemeral-storage": 0, "x/y": 2, "pods": 110}
    assert node.capacity["cpu"] == 4000
    assert node.labels == {
        "disk": "ssd",
        "kubernetes.io/hostname": "one",
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
    }


def test_what_is_not_known_of_a_machine_is_not_counted() -> None:
    assert compute_node(ObservedNode(), NodeSettings()) == Node(
        "", {"kubernetes.io/os": "linux"}, (), {"pods": 110}, {"pods": 110}
    )
