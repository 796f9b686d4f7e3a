"""Whatever the labels of a container say, it cannot stop the loop: what nobody asked for goes, what is ours stays."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.codec import canonical
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.workloads.workloads import Deployment
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      volumes: [{name: data, emptyDir: {}}]
      containers:
      - name: main
        image: web:1
        command: [serve]
        ports: [{containerPort: 80, hostPort: 8080}]
        resources: {limits: {memory: 1Gi}}
        volumeMounts: [{name: data, mountPath: /data}]
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["main", "web:1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything within a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in places(item, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at the path."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    target = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = new
    return changed


def run_foreign(world: Simulation, claimed: dict[str, str]) -> None:
    world.hand.run("foreign", ContainerConfig(image="foreign:1", network=world.instance.network, labels=claimed))


def converged(world: Simulation) -> dict[str, str]:
    """The world with its Deployment up; the labels of its sandbox."""
    world.desired = desired_from(MANIFEST)
    world.converge()
    return dict(next(each.labels for each in world.engine.observe(frozenset()).containers if labels.POD in each.labels))


def assert_put_right(world: Simulation) -> None:
    world.converge()
    world.clock.advance(60)  # a sandbox is judged once it has stood for a while
    world.converge()
    assert "foreign" not in {each.name for each in world.engine.containers.values()}
    (kept,) = world.alive()
    assert kept.config.image == "web:1"


@given(data=st.data())
@examples(150)
def test_a_forged_sandbox_is_removed_whatever_its_template_says(data: st.DataObject) -> None:
    with simulation() as world:
        claimed = converged(world)
        workload = world.desired.workloads[Key("Deployment", "default", "web")]
        assert isinstance(workload, Deployment)
        template = json.loads(canonical(workload.spec.template))
        forged = put(template, data.draw(st.sampled_from(places(template))), data.draw(JSON))
        owner = data.draw(st.sampled_from(["Deployment/web", "Pod/other", "nonsense"]))
        name = data.draw(st.sampled_from(["web", "other", "No Name", ""]))
        claimed |= {labels.TEMPLATE: json.dumps(forged), labels.OWNER: owner, labels.POD: name, labels.UID: "0-0"}
        run_foreign(world, {**claimed, labels.INSTANCE: world.instance.name})
        assert_put_right(world)


NO_TEMPLATES = ["", "{", "[" * 100_000, "9" * 5000, "null", '{"spec":{"containers":[]}}', '{"spec":{"containers":5}}']


@pytest.mark.parametrize("text", NO_TEMPLATES, ids=lambda text: text[:30])
def test_a_forged_sandbox_without_a_template_is_removed(text: str) -> None:
    with simulation() as world:
        claimed = {**converged(world), labels.TEMPLATE: text, labels.UID: "0-0"}
        run_foreign(world, claimed)
        assert_put_right(world)


@pytest.mark.parametrize("attempt", ["7", "9" * 5000, "-1", "²", ""])
def test_a_forged_attempt_is_removed(attempt: str) -> None:
    with simulation() as world:
        converged(world)
        (main,) = world.alive()
        claimed = {labels.INSTANCE: world.instance.name, labels.UID: main.labels[labels.UID]}
        run_foreign(world, {**claimed, labels.CONTAINER: "main", labels.ATTEMPT: attempt})
        assert_put_right(world)
