"""`subPathExpr` on the simulated engine: what it comes to, and what cannot be mounted."""

from collections.abc import Iterator

import pytest

from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def pod(expression: str, value: str, volume: str = "emptyDir: {}") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  volumes: [{{name: v, {volume}}}]
  containers:
  - name: main
    image: web:1
    env: [{{name: A, value: "{value}"}}]
    volumeMounts: [{{name: v, mountPath: /v, subPathExpr: "{expression}"}}]
"""


@pytest.mark.parametrize(
    ("expression", "value", "part"),
    [
        ("of/$(A)", "a", "of/a"),
        ("$$(A)", "a", "$(A)"),
        ("$$(B)", "a", "$(B)"),
        ("$(A)", "$$(B)", "$(B)"),
        ("x$(A)", "", "x"),
        ("$(A)", "", ""),
    ],
)
def test_an_expression_is_made_of_variables_and_what_is_escaped_stays(
    sim: Simulation, expression: str, value: str, part: str
) -> None:
    sim.desired = desired_from(pod(expression, value))
    sim.converge()
    (mount,) = (each for each in sim.find("web", "main").config.mounts if each.target == "/v")
    assert mount.sub_path == part


@pytest.mark.parametrize("volume", ["emptyDir: {}", "configMap: {name: settings, optional: true}"])
@pytest.mark.parametrize(
    ("expression", "value", "told"),
    [
        ("$(B)", "a", "names a variable that the container does not have"),
        ("a/$(A)", "..", "leaves the volume"),
        ("$(A)", "/tmp", "leaves the volume"),
        ("x/$(A)", r"a\nb", "a control character"),
        ("$(A)", "a:ro", "it holds a ':'"),
        ("$(A)", "a" * 256, "longer than 255 bytes"),
        ("$(A)", "a/" * 2048, "longer than 4095 bytes"),
    ],
)
def test_what_is_no_part_of_the_volume_is_waited_for(
    sim: Simulation, expression: str, value: str, told: str, volume: str
) -> None:
    sim.desired = desired_from(pod(expression, value, volume))
    for _ in range(4):
        plan = sim.run_pass()
    (waiting,) = plan.waiting
    assert (waiting.reason, told in waiting.message) == ("CreateContainerConfigError", True)
    assert plan.steps == ()


def test_a_field_with_a_zero_byte_is_a_reason_at_the_pod(sim: Simulation) -> None:
    source = "{fieldRef: {fieldPath: \"metadata.annotations['x']\"}}"
    text = pod("$(A)", "a").replace('value: "a"', f"valueFrom: {source}")
    sim.desired = desired_from(text.replace("{name: web}", r'{name: web, annotations: {x: "a\0b"}}'))
    for _ in range(4):
        plan = sim.run_pass()
    (waiting,) = plan.waiting
    assert (waiting.reason, "holds a zero byte" in waiting.message) == ("CreateContainerConfigError", True)
