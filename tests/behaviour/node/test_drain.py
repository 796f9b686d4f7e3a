"""The node is cordoned, drained and given back, over the whole loop on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.controllers.shared.conditions import compute_conditions
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.records.cordon import WITHOUT_BUDGETS
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.plan.scheduling.budgets import VIOLATES
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

DAEMON = """---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: "agent:1"}]}
"""


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def deployment(name: str = "web", replicas: int = 3, container: str = "", pod: str = "") -> str:
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 20
      containers: [{{name: main, image: "web:1", {container}}}]
      {pod}
"""


def bare(name: str, fields: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  terminationGracePeriodSeconds: 20
  containers: [{{name: main, image: "web:1"}}]
  {fields}
"""


def budget(name: str = "web", spec: str = "minAvailable: 2") -> str:
    return f"""---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec: {{selector: {{matchLabels: {{app: {name}}}}}, {spec}}}
"""


def job(spec: str = "", fails: str = "Never") -> str:
    return f"""---
apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  {spec}
  template:
    spec:
      restartPolicy: {fails}
      terminationGracePeriodSeconds: 20
      containers: [{{name: main, image: "work:1"}}]
"""


IGNORING = "podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"


def want(sim: Simulation, *manifests: str) -> None:
    sim.desired = desired_from("\n".join(manifests))


def order(sim: Simulation, verb: Verb, argument: str = "") -> None:
    sim.history.give_intervention(Intervention(NODE, verb, argument, sim.clock()))


def uncordon(sim: Simulation) -> None:
    sim.history.take_back(sim.history.interventions() or ())


def settle(sim: Simulation, seconds: float = 60.0) -> Plan:
    """Passes until so much time has passed and nothing is begun any more."""
    until = sim.clock() + seconds
    while True:
        plan = sim.run_pass()
        if plan.steps:
            continue
        if sim.clock() >= until:
            return plan
        times = [at for at in (plan.wake_at, sim.engine.next_end) if at is not None and at > sim.clock()]
        sim.clock.now = min([until, *times])


def alive(sim: Simulation) -> list[str]:
    return sorted(each.labels[labels.OWNER].partition("/")[2] for each in sim.alive())


def reasons(plan: Plan) -> set[tuple[str, str]]:
    return {(each.reason, each.message.partition(" preemption")[0]) for each in plan.waiting}


UNSCHEDULABLE = ("Unschedulable", "0/1 nodes are available: 1 node(s) were unschedulable.")


def test_nothing_new_comes_to_a_cordoned_node_and_what_is_there_stays(sim: Simulation) -> None:
    want(sim, deployment(replicas=1))
    sim.converge()
    order(sim, Verb.CORDON)
    want(sim, deployment(replicas=2), bare("new"), DAEMON)
    plan = settle(sim)
    assert (alive(sim), reasons(plan)) == (["agent", "web"], {UNSCHEDULABLE})
    uncordon(sim)
    sim.converge()
    assert alive(sim) == ["agent", "new", "web", "web"]


def test_a_drained_node_is_empty_but_for_daemons_until_it_is_uncordoned(sim: Simulation) -> None:
    want(sim, deployment(), bare("one"), bare("bound", "nodeName: simulated"), DAEMON)
    sim.converge()
    order(sim, Verb.DRAIN)
    plan = settle(sim)
    assert (alive(sim), reasons(plan)) == (["agent"], {UNSCHEDULABLE})
    assert not [state for state in plan.pods if state.pod.identity.owner.kind != "DaemonSet"]
    sim.restarted()
    assert not settle(sim).steps
    uncordon(sim)
    sim.converge()
    assert alive(sim) == ["agent", "bound", "one", "web", "web", "web"]


def test_pods_that_tolerate_everything_do_not_come_back_to_the_node_that_is_drained_of_them(sim: Simulation) -> None:
    want(sim, deployment(replicas=2, pod="tolerations: [{operator: Exists}]"))
    sim.converge()
    order(sim, Verb.DRAIN)
    assert (reasons(settle(sim)), alive(sim)) == ({UNSCHEDULABLE}, [])


def test_every_pod_has_its_grace_period_and_says_why_it_goes(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
    want(sim, deployment(replicas=1))
    sim.converge()
    order(sim, Verb.DRAIN)
    began = sim.clock()
    sim.run_pass()
    (going,) = [state for state in sim.run_pass().pods if state.pod.ending]
    found = {each.type: each for each in compute_conditions(going)}["DisruptionTarget"]
    assert (found.status, found.reason, found.message) == (True, "EvictionByEvictionAPI", "Eviction API: evicting")
    assert found.since == began
    while sim.alive():
        plan = sim.run_pass()
        if not plan.steps:
            assert plan.wake_at
            sim.clock.now = plan.wake_at
    assert sim.clock() == began + 20
    reasons_told = {each.event.reason for each in sim.history.events("default")}
    assert "EvictionByEvictionAPI" in reasons_told


def test_a_budget_is_kept_and_the_drain_waits_for_it(sim: Simulation) -> None:
    want(sim, deployment(), bare("one"), budget())
    sim.converge()
    order(sim, Verb.DRAIN)
    plan = settle(sim, 3600)
    assert alive(sim) == ["web", "web"]
    assert reasons(plan) == {
        UNSCHEDULABLE,
        (
            "EvictionBlocked",
            f"{VIOLATES} The disruption budget web needs 2 healthy pods.",
        ),
    }
    order(sim, Verb.DRAIN, WITHOUT_BUDGETS)
    assert (reasons(settle(sim)), alive(sim)) == ({UNSCHEDULABLE}, [])


def test_a_budget_that_goes_lets_the_drain_go_on(sim: Simulation) -> None:
    want(sim, deployment(), budget(spec="maxUnavailable: 0"))
    sim.converge()
    order(sim, Verb.DRAIN)
    settle(sim)
    assert alive(sim) == ["web"] * 3
    want(sim, deployment())
    settle(sim)
    assert alive(sim) == []


def test_the_least_important_goes_where_a_budget_lets_only_one_go(sim: Simulation) -> None:
    classes = """---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
"""
    everyone = "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: all}\n"
    everyone += "spec: {selector: {}, minAvailable: 1}\n"
    want(sim, classes, bare("a", "priorityClassName: high"), bare("b"), everyone)
    sim.converge()
    order(sim, Verb.DRAIN)
    settle(sim)
    assert alive(sim) == ["a"]


def test_a_drain_goes_on_after_a_crash_between_any_two_passes(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
    want(sim, deployment(), budget())
    sim.converge()
    order(sim, Verb.DRAIN)
    for _ in range(20):
        plan = sim.restarted().run_pass(sim.desired)
        assert sum(state.ready for state in plan.pods) >= 2
        sim.clock.now += 15
    sim.restarted()
    settle(sim)
    assert alive(sim) == ["web", "web"]


def test_what_has_come_to_its_end_stays_for_its_log(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(exits_after=1.0)
    want(sim, bare("done", "restartPolicy: Never"))
    sim.converge()
    settle(sim, 5)
    order(sim, Verb.DRAIN)
    plan = settle(sim)
    assert [state.phase.value for state in plan.pods] == ["Succeeded"]
    uncordon(sim)
    assert not settle(sim).steps


@pytest.mark.parametrize(
    ("spec", "failed", "over"), [("", 1, False), (IGNORING, 0, False), ("backoffLimit: 0", 1, True)]
)
def test_a_job_counts_the_drain_as_kubernetes_does(sim: Simulation, spec: str, failed: int, over: bool) -> None:
    want(sim, job(spec))
    settle(sim, 5)
    assert alive(sim) == ["work"]
    order(sim, Verb.DRAIN)
    plan = settle(sim, 600)
    (record,) = [each.record for each in plan.decisions]
    assert isinstance(record, JobRecord)
    assert (record.failed, bool(record.end), alive(sim)) == (failed, over, [])
    sim.engine.behaviours["work:1"] = Behaviour(exits_after=1.0)
    uncordon(sim)
    settle(sim, 600)
    (record,) = [each.record for each in sim.run_pass().decisions]
    assert isinstance(record, JobRecord)
    assert record.has_succeeded is not over


def test_preemption_spares_what_a_budget_wants_to_stay(sim: Simulation) -> None:
    classes = "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n"
    large = 'resources: {requests: {memory: "7Gi"}}'
    guarded, plain = deployment("guarded", 1, large), deployment("plain", 1, large)
    want(sim, classes, guarded, plain, budget("guarded", "minAvailable: 1"))
    sim.converge()
    vip = deployment("vip", 1, large, "priorityClassName: high")
    want(sim, classes, guarded, plain, budget("guarded", "minAvailable: 1"), vip)
    settle(sim)
    assert alive(sim) == ["guarded", "vip"]
    more = deployment("vip", 2, large, "priorityClassName: high")
    want(sim, classes, guarded, plain, budget("guarded", "minAvailable: 1"), more)
    settle(sim)
    assert alive(sim) == ["vip", "vip"]
