"""Something bad never happens when the node is drained: no promise is broken, and where there is none nobody stays."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.base import labels
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.scheduling.drain import find_residents
from gitpod_sync.plan.steps import Plan
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

SHARES = st.sampled_from(
    ["minAvailable: 0", "minAvailable: 1", "minAvailable: 2", "minAvailable: 50%"]
) | st.sampled_from(["maxUnavailable: 0", "maxUnavailable: 1", "maxUnavailable: 34%", "maxUnavailable: 100%"])
POLICIES = st.sampled_from(["IfHealthyBudget", "AlwaysAllow"])


def deployment(name: str, replicas: int) -> str:
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
      terminationGracePeriodSeconds: 5
      containers: [{{name: main, image: "{name}:1", readinessProbe: {{exec: {{command: [ready]}}, periodSeconds: 1}}}}]
"""


def budget(name: str, share: str, policy: str) -> str:
    return f"""---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec: {{selector: {{matchLabels: {{app: {name}}}}}, {share}, unhealthyPodEvictionPolicy: {policy}}}
"""


def healthy_and_promised(sim: Simulation, plan: Plan) -> dict[str, tuple[int, int]]:
    """By name of the budget."""
    found = Ledger(plan.pods, plan.decisions, sim.desired).budgets
    return {each.budget.key.name: (each.status.current_healthy, each.status.desired_healthy) for each in found}


def drain(sim: Simulation, crashes: Sequence[bool]) -> Plan:
    """Passes until nothing is begun any more, with crashes in between; no budget is broken by any of them."""
    before = healthy_and_promised(sim, sim.dry_run()[1])
    sim.history.give_intervention(Intervention(NODE, Verb.DRAIN, at=sim.clock()))
    plan = sim.run_pass()
    for crash in (*crashes, *(False,) * 30):
        if crash:
            sim.restarted()
        sim.clock.advance(1.0)
        plan = sim.run_pass()
        for name, (healthy, promised) in healthy_and_promised(sim, plan).items():
            assert healthy >= min(promised, before[name][0])
    return plan


@examples(30)
@given(
    replicas=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    shares=st.lists(SHARES, min_size=3, max_size=3),
    policy=POLICIES,
    unready=st.booleans(),
    crashes=st.lists(st.booleans(), max_size=8),
)
def test_a_drain_never_takes_a_budget_below_its_promise(
    replicas: list[int], shares: list[str], policy: str, *, unready: bool, crashes: list[bool]
) -> None:
    with simulation() as sim:
        names = [f"app{number}" for number in range(len(replicas))]
        texts = [deployment(name, count) for name, count in zip(names, replicas, strict=True)]
        texts += [budget(name, share, policy) for name, share in zip(names, shares, strict=False)]
        sim.desired = desired_from("\n".join(texts))
        sim.converge()
        if unready:
            hurt = sim.alive()[0]
            sim.hand.kill(hurt.id)
            sim.run_pass()
        plan = drain(sim, crashes)
        for name, (healthy, promised) in healthy_and_promised(sim, plan).items():
            # What may go is gone: there is nothing left above the promise.
            assert healthy <= max(promised, 0)
            assert name in names


@examples(20)
@given(replicas=st.lists(st.integers(1, 4), min_size=1, max_size=3), crashes=st.lists(st.booleans(), max_size=8))
def test_without_budgets_a_drain_empties_the_node_and_a_second_look_plans_nothing(
    replicas: list[int], crashes: list[bool]
) -> None:
    with simulation() as sim:
        sim.desired = desired_from("\n".join(deployment(f"app{n}", count) for n, count in enumerate(replicas)))
        sim.converge()
        plan = drain(sim, crashes)
        assert not find_residents(plan.pods)
        assert not sim.alive()
        assert not sim.dry_run()[1].steps
        sim.history.take_back(sim.history.interventions() or ())
        sim.converge()
        assert len(sim.alive()) == sum(replicas)
        assert {each.labels[labels.NAMESPACE] for each in sim.alive()} == {"default"}
