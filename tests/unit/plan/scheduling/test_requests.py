"""What a pod asks of its node."""

from typing import Any

import pytest
import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.pods.requests import Amounts, compute_requests, written


def spec(text: str) -> PodSpec:
    found: dict[str, Any] = yaml.safe_load(text)
    for part in ("containers", "initContainers"):
        for number, container in enumerate(found.get(part, [])):
            container.update(name=f"{part.lower()}-{number}", image="web:1")
    return decode(PodSpec, found)


def asks(memory: int, more: str = "") -> str:
    return f"{{resources: {{requests: {{memory: {memory}}}}}, {more}}}"


SIDECAR = "restartPolicy: Always"
CASES: list[tuple[str, Amounts]] = [
    ("containers: [{}]", {}),
    ("containers: [{resources: {limits: {memory: 5, cpu: 10m}}}]", {"cpu": 10, "memory": 5}),
    ("containers: [{resources: {limits: {memory: 5}, requests: {memory: 3}}}]", {"memory": 3}),
    ("containers: [{resources: {requests: {cpu: 0.0001}}}]", {"cpu": 1}),
    ("containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]", {"nvidia.com/gpu": 2}),
    (f"containers: [{asks(200)}, {asks(150)}]", {"memory": 350}),
    (f"containers: [{asks(200)}], initContainers: [{asks(500)}, {asks(90)}]", {"memory": 500}),
    (f"containers: [{asks(200)}], initContainers: [{asks(90)}]", {"memory": 200}),
    (f"containers: [{asks(200)}, {asks(150)}], initContainers: [{asks(100, SIDECAR)}, {asks(500)}]", {"memory": 600}),
    (f"containers: [{asks(200)}], initContainers: [{asks(500)}, {asks(100, SIDECAR)}]", {"memory": 500}),
    (f"containers: [{asks(9)}], initContainers: [{asks(1, SIDECAR)}, {asks(2, SIDECAR)}, {asks(7)}]", {"memory": 12}),
]


@pytest.mark.parametrize(("text", "amounts"), CASES)
def test_a_pod_asks_for_the_most_that_it_needs_at_one_time(text: str, amounts: Amounts) -> None:
    assert compute_requests(spec(f"{{{text}}}")) == {"pods": 1, **amounts}


AMOUNTS = [
    ("cpu", 1500, "1500m"),
    ("cpu", 2000, "2"),
    ("memory", 3 * 1024**3, "3Gi"),
    ("memory", 1_610_612_736, "1.5Gi"),
    ("memory", 100, "100"),
    ("nvidia.com/gpu", 2, "2"),
]


@pytest.mark.parametrize(("name", "amount", "text"), AMOUNTS)
def test_amounts_are_written_as_people_write_them(name: str, amount: int, text: str) -> None:
    assert written(name, amount) == text
