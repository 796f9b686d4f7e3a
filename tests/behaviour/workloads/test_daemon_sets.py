"""DaemonSets over the whole loop, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

PROBE = "readinessProbe: {exec: {command: [ready]}, periodSeconds: 1}"
SURGE = "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def daemon_set(version: int = 1, fields: str = "", container: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  {fields}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers: [{{name: main, image: "agent:{version}", {container}}}]
"""


def want(sim: Simulation, manifest: str) -> Plan:
    sim.desired = desired_from(manifest)
    return sim.converge()


def images(sim: Simulation) -> list[str]:
    return sorted(each.config.image for each in sim.alive())


def most_at_once(sim: Simulation) -> int:
    """Converge, and tell how many application containers ran at once at most."""
    most = 0
    for _ in range(100):
        plan = sim.run_pass()
        most = max(most, len(sim.alive()))
        if plan.settled:
            return most
        if not plan.steps:
            times = [at for at in (plan.wake_at, sim.engine.next_end) if at is not None]
            sim.clock.now = max(sim.clock.now + 0.001, min(times))
    raise AssertionError(f"not settled: {plan}")


def break_version(sim: Simulation, version: int) -> None:
    """Roll out a version that never becomes ready, and give it half a minute."""
    sim.engine.behaviours[f"agent:{version}"] = Behaviour(answers_well={"readiness": (1e9, None)})
    for _ in range(30):
        sim.run_pass()
        sim.clock.advance(1)


def test_the_node_has_one_pod_with_the_name_of_its_version(sim: Simulation) -> None:
    plan = want(sim, daemon_set())
    (container,) = sim.alive()
    sandbox = sim.find(container.labels[labels.POD])
    assert sandbox.labels[labels.POD].startswith("agent-")
    assert sandbox.labels["controller-revision-hash"] == sandbox.labels[labels.TEMPLATE_HASH]
    assert "pod-template-generation" not in sandbox.labels
    assert plan.decisions[0].status.complete
    assert not sim.run_pass().steps


def test_without_a_surge_the_old_pod_is_gone_before_the_new_one_comes(sim: Simulation) -> None:
    want(sim, daemon_set())
    sim.desired = desired_from(daemon_set(2))
    assert most_at_once(sim) == 1
    assert images(sim) == ["agent:2"]


def test_with_a_surge_the_old_pod_stays_until_the_new_one_has_been_ready_for_long_enough(sim: Simulation) -> None:
    fields = f"{SURGE}\n  minReadySeconds: 20"
    want(sim, daemon_set(fields=fields))
    began = sim.clock()
    sim.desired = desired_from(daemon_set(2, fields=fields))
    assert most_at_once(sim) == 2
    assert sim.clock() - began >= 20
    assert images(sim) == ["agent:2"]


def test_on_delete_the_old_pod_stays_until_somebody_ends_it(sim: Simulation) -> None:
    fields = "updateStrategy: {type: OnDelete}"
    want(sim, daemon_set(fields=fields))
    want(sim, daemon_set(2, fields=fields))
    assert images(sim) == ["agent:1"]
    changes, _ = sim.dry_run()
    assert "stay until somebody ends them" in changes[0].why
    sim.hand.remove(sim.find(sim.alive()[0].labels[labels.POD]).id)
    sim.converge()
    assert images(sim) == ["agent:2"]


@pytest.mark.parametrize("fields", ["", SURGE], ids=["in its place", "beside it"])
def test_a_broken_version_is_replaced_by_the_next_commit(sim: Simulation, fields: str) -> None:
    want(sim, daemon_set(fields=fields, container=PROBE))
    sim.desired = desired_from(daemon_set(2, fields, PROBE))
    break_version(sim, 2)
    assert images(sim) == (["agent:1", "agent:2"] if fields else ["agent:2"])
    want(sim, daemon_set(3, fields, PROBE))
    assert images(sim) == ["agent:3"]


def test_a_broken_surge_leaves_the_old_pod_where_it_is(sim: Simulation) -> None:
    want(sim, daemon_set(fields=SURGE, container=PROBE))
    old = sim.alive()[0].id
    sim.desired = desired_from(daemon_set(2, SURGE, PROBE))
    break_version(sim, 2)
    want(sim, daemon_set(fields=SURGE, container=PROBE))
    assert [each.id for each in sim.alive()] == [old]


def test_a_lost_pod_is_replaced_once_its_containers_are_gone(sim: Simulation) -> None:
    sim.engine.behaviours["agent:1"] = Behaviour(ignores_term=True)
    want(sim, daemon_set())
    (old,) = sim.alive()
    sim.hand.remove(sim.find(old.labels[labels.POD]).id)
    assert most_at_once(sim) == 1
    (new,) = sim.alive()
    assert new.id != old.id


def test_a_set_that_git_does_not_name_any_more_goes(sim: Simulation) -> None:
    want(sim, daemon_set())
    want(sim, "")
    assert not sim.engine.containers


def test_a_node_that_it_is_not_meant_for_has_no_pod_of_it(sim: Simulation) -> None:
    chosen = daemon_set().replace("    spec:\n", "    spec:\n      nodeSelector: {disk: ssd}\n")
    plan = want(sim, chosen)
    assert (images(sim), plan.decisions[0].status.desired) == ([], 0)
    sim.settings = Settings(node=NodeSettings({"disk": "ssd"}))
    sim.restarted()
    want(sim, chosen)
    assert images(sim) == ["agent:1"]
    sim.settings = Settings()
    sim.restarted()
    want(sim, chosen)
    assert images(sim) == []


def test_a_taint_against_new_pods_leaves_the_one_that_is_there(sim: Simulation) -> None:
    want(sim, daemon_set())
    sim.settings = Settings(node=NodeSettings(taints=(Taint("a", "", TaintEffect.NO_SCHEDULE),)))
    sim.restarted()
    assert want(sim, daemon_set()).decisions[0].status.desired == 0
    assert images(sim) == ["agent:1"]
    sim.hand.remove(sim.find("agent-" + sim.alive()[0].labels[labels.POD].partition("-")[2]).id)
    want(sim, daemon_set())
    assert images(sim) == []
