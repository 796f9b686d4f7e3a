"""Pods that wait for a place, take the place of others, or are sent away: from the first pass to the last."""

from dataclasses import replace

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.records.pressure import Level, Signal
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

CLASSES = """---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
"""


def pod(name: str, memory: str = "1Gi", pod: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  terminationGracePeriodSeconds: 20
  containers: [{{name: main, image: "web:1", resources: {{requests: {{memory: {memory}}}}}}}]
  {pod}
"""


def deployment(replicas: int, memory: str, pod: str = "", grace: int = 20) -> str:
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: {grace}
      containers: [{{name: main, image: "web:1", resources: {{requests: {{memory: {memory}}}}}}}]
      {pod}
"""


HIGH = "priorityClassName: high"


def want(sim: Simulation, *manifests: str) -> None:
    sim.desired = desired_from("\n".join(manifests))


def alive(sim: Simulation) -> list[str]:
    return sorted(each.labels[labels.POD] for each in sim.alive())


def passes(sim: Simulation, number: int = 8) -> Plan:
    """As many as it takes until nothing is begun any more."""
    for _ in range(number):
        plan = sim.run_pass()
        if not plan.steps:
            return plan
    raise AssertionError("it goes on and on")


def reasons(plan: Plan) -> dict[str, str]:
    return {each.key.partition("/")[2]: each.reason for each in plan.waiting}


def test_a_pod_waits_until_its_neighbour_goes() -> None:
    with simulation() as sim:
        want(sim, pod("a", "10Gi"), pod("b", "10Gi"))
        plan = passes(sim)
        assert (alive(sim), reasons(plan)) == (["a"], {"b": "Unschedulable"})
        assert "1 Insufficient memory." in plan.waiting[0].message
        want(sim, pod("b", "10Gi"))
        sim.converge()
        assert alive(sim) == ["b"]


def test_a_pod_that_runs_stays_whatever_becomes_of_the_node() -> None:
    with simulation() as sim:
        want(sim, pod("a", "10Gi", "nodeSelector: {kubernetes.io/arch: amd64}"), pod("b", "5Gi"))
        sim.converge()
        sim.engine.node = replace(sim.engine.node, memory=1024**3, architecture="arm64")
        sim.settings = Settings(node=NodeSettings(taints=(Taint("a", "", TaintEffect.NO_SCHEDULE),), pods=1))
        sim.restarted()
        assert not sim.run_pass().steps
        assert alive(sim) == ["a", "b"]


def test_a_more_important_pod_takes_the_place_of_others_within_their_grace_period() -> None:
    with simulation() as sim:
        sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        want(sim, pod("low", "10Gi"), pod("small", "1Gi"))
        sim.converge()
        want(sim, CLASSES, pod("low", "10Gi"), pod("small", "1Gi"), pod("vip", "12Gi", HIGH))
        plan = sim.run_pass()
        assert "ending default/low, of a lower priority." in plan.waiting[0].message
        events = {(each.about.name, each.reason): each.message for each in plan.news.begun}
        assert events["low", "Preempted"] == "Preempted by pod default/vip of priority 1000 on node simulated"
        began = sim.clock()
        plan = passes(sim)
        assert reasons(plan)["vip"] == "Unschedulable"
        assert "terminating pod on the nominated node" in plan.waiting[-1].message
        assert alive(sim) == ["low", "small"]
        for _ in range(10):
            plan = sim.run_pass()
            sim.clock.now = max(sim.clock.now, plan.wake_at or 0.0)
        assert alive(sim) == ["small", "vip"]
        assert sim.clock() - began >= 20
        assert reasons(passes(sim)) == {"low": "Unschedulable"}


def test_the_controller_of_a_preempted_pod_gets_another_one_that_waits_in_peace() -> None:
    with simulation() as sim:
        want(sim, deployment(3, "5Gi"))
        sim.converge()
        want(sim, CLASSES, deployment(3, "5Gi"), pod("vip", "9Gi", HIGH))
        passes(sim, 20)
        assert len(alive(sim)) == 2
        plan = sim.run_pass()
        assert not plan.steps
        assert not plan.news.disruptions
        assert set(reasons(plan).values()) == {"Unschedulable"}
        want(sim, deployment(3, "5Gi"))
        sim.converge()
        assert len(alive(sim)) == 3


def test_the_freed_room_is_kept_for_the_one_that_it_was_freed_for() -> None:
    with simulation() as sim:
        sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        want(sim, pod("low", "15Gi"))
        sim.converge()
        want(sim, CLASSES, pod("low", "15Gi"), pod("vip", "14Gi", HIGH))
        sim.run_pass()
        want(sim, CLASSES, pod("low", "15Gi"), pod("vip", "14Gi", HIGH), pod("other", "1536Mi"), pod("tiny", "512Mi"))
        passes(sim)
        assert alive(sim) == ["low", "tiny"]
        for _ in range(10):
            sim.clock.now = max(sim.clock.now, sim.run_pass().wake_at or 0.0)
        assert alive(sim) == ["other", "tiny", "vip"]


def test_the_priority_of_a_pod_is_the_one_that_it_was_made_with() -> None:
    with simulation() as sim:
        want(sim, CLASSES, pod("vip", "12Gi", HIGH))
        sim.converge()
        assert sim.find("vip").labels[labels.PRIORITY] == "1000"
        other = CLASSES.replace("high", "higher").replace("1000", "500")
        lower = CLASSES.replace("1000", "1")
        want(sim, lower, other, pod("vip", "12Gi", HIGH), pod("rival", "12Gi", "priorityClassName: higher"))
        plan = passes(sim)
        assert (alive(sim), reasons(plan)) == (["vip"], {"rival": "Unschedulable"})


def test_a_default_class_is_for_new_pods_that_name_none() -> None:
    with simulation() as sim:
        want(sim, pod("a", "12Gi"))
        sim.converge()
        want(sim, f"{CLASSES}globalDefault: true\n", pod("a", "12Gi"), pod("b", "12Gi"))
        sim.run_pass()
        sim.clock.advance(1)
        passes(sim, 20)
        assert alive(sim) == ["b"]


def test_a_pod_that_cannot_be_made_costs_nobody_its_place() -> None:
    with simulation() as sim:
        want(sim, pod("low", "12Gi"))
        sim.converge()
        claim = "volumes: [{name: v, persistentVolumeClaim: {claimName: none}}]"
        want(sim, CLASSES, pod("low", "12Gi"), pod("vip", "12Gi", f"{HIGH}\n  {claim}"))
        plan = passes(sim)
        assert not plan.news.disruptions
        assert "is not in the repository" in plan.waiting[0].message


def tainted(effect: TaintEffect = TaintEffect.NO_EXECUTE) -> Settings:
    return Settings(node=NodeSettings(taints=(Taint("old", "", effect),)))


PATIENT = "tolerations: [{key: old, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]"
TOLERANT = "tolerations: [{operator: Exists}]"


def test_a_taint_that_lets_nobody_stay_ends_pods_when_their_patience_is_over() -> None:
    with simulation() as sim:
        want(sim, pod("not"), pod("patient", pod=PATIENT), pod("tolerant", pod=TOLERANT))
        sim.converge()
        sim.settings = tainted()
        sim.restarted()
        began = sim.clock()
        plan = sim.run_pass()
        assert {each.reason for each in plan.news.disruptions.values()} == {"TaintManagerEviction"}
        plan = passes(sim)
        assert plan.wake_at == began + 60
        assert (alive(sim), reasons(plan)["not"]) == (["patient", "tolerant"], "Unschedulable")
        first = sim.find("patient").id
        sim.clock.advance(50)
        sim.restarted()
        assert not sim.run_pass().steps  # the time is remembered, and not over yet
        sim.clock.advance(10)
        sim.run_pass()
        passes(sim)
        assert sim.find("patient").id != first
        assert alive(sim) == ["patient", "tolerant"]


def test_a_taint_that_was_taken_away_and_came_back_counts_anew() -> None:
    with simulation(tainted()) as sim:
        want(sim, pod("patient", pod=PATIENT))
        sim.converge()
        first = sim.find("patient").id
        sim.clock.advance(50)
        sim.settings = Settings()
        sim.restarted().run_pass(sim.desired)
        sim.settings = tainted()
        sim.restarted()
        sim.clock.advance(50)
        assert not sim.run_pass().steps
        assert sim.find("patient").id == first


def test_a_taint_from_a_time_that_is_yet_to_come_counts_from_now() -> None:
    with simulation(tainted()) as sim:
        want(sim, pod("patient", pod=PATIENT))
        sim.converge()
        sim.settings = Settings()
        sim.restarted().run_pass(sim.desired)
        sim.settings = tainted()
        sim.clock.advance(7 * 86_400)
        sim.restarted().run_pass(sim.desired)
        sim.clock.advance(-7 * 86_400 + 30)
        plan = sim.run_pass()
        assert not plan.news.disruptions
        assert plan.wake_at is not None
        assert plan.wake_at <= sim.clock() + 60


def test_a_pod_that_has_waited_longer_comes_first_after_a_restart_too() -> None:
    with simulation() as sim:
        want(sim, pod("holder", "12Gi"), pod("z-first", "10Gi"))
        passes(sim)
        sim.clock.advance(5)
        want(sim, pod("holder", "12Gi"), pod("z-first", "10Gi"), pod("a-second", "10Gi"))
        passes(sim)
        sim.restarted()
        want(sim, pod("z-first", "10Gi"), pod("a-second", "10Gi"))
        passes(sim, 20)
        assert alive(sim) == ["z-first"]


def test_a_pod_that_names_another_node_waits_for_ever_and_says_so() -> None:
    with simulation() as sim:
        want(sim, pod("a", pod="nodeName: elsewhere"), pod("b", pod="nodeName: simulated"))
        plan = passes(sim)
        assert (alive(sim), reasons(plan)) == (["b"], {"a": "Unschedulable"})
        assert "nodeName is elsewhere, and the node is named simulated" in plan.waiting[0].message


def test_a_pod_that_has_come_to_its_end_takes_no_room() -> None:
    with simulation() as sim:
        sim.engine.behaviours["web:1"] = Behaviour(exits_after=5.0)
        want(sim, pod("job", "12Gi", "restartPolicy: Never"))
        sim.converge()
        sim.clock.advance(10)
        passes(sim)
        want(sim, pod("job", "12Gi", "restartPolicy: Never"), pod("next", "12Gi"))
        passes(sim)
        assert alive(sim) == ["next"]


def sized(memory: str) -> str:
    return pod("grows", memory).replace("requests", "limits")


def memory_of(sim: Simulation) -> int:
    return sim.find("grows", "main").config.limits.memory // 1024**3


def test_a_resize_waits_for_room_and_keeps_it() -> None:
    with simulation() as sim:
        want(sim, sized("4Gi"), pod("neighbour", "8Gi"))
        sim.converge()
        want(sim, sized("6Gi"), pod("neighbour", "8Gi"))
        sim.converge()
        want(sim, sized("10Gi"), pod("neighbour", "8Gi"), pod("new", "1Gi"))
        plan = passes(sim)
        assert reasons(plan) == {"grows": "ResizeDeferred", "new": "Unschedulable"}
        assert memory_of(sim) == 6
        assert sim.dry_run()[0] != ()
        sim.restarted()
        sim.hand.kill(sim.find("grows", "main").id)
        passes(sim)
        assert memory_of(sim) == 6  # the next attempt is as large as the pod was, and no larger
        want(sim, sized("10Gi"), pod("new", "1Gi"))
        sim.converge()
        assert (memory_of(sim), alive(sim)) == (10, ["grows", "new"])


def test_a_resize_beyond_the_node_is_said_to_be_impossible_and_can_be_taken_back() -> None:
    with simulation() as sim:
        want(sim, sized("4Gi"))
        sim.converge()
        first = sim.find("grows").id
        want(sim, sized("99Gi"))
        plan = passes(sim)
        assert reasons(plan) == {"grows": "ResizeInfeasible"}
        assert "Infeasible" in plan.decisions[0].status.failed
        assert not plan.settled
        want(sim, sized("4Gi"))
        sim.converge()
        assert (memory_of(sim), sim.find("grows").id) == (4, first)


def test_a_resize_that_was_done_can_be_taken_back() -> None:
    with simulation() as sim:
        want(sim, sized("4Gi"))
        sim.converge()
        for size in ("6Gi", "4Gi", "5Gi"):
            want(sim, sized(size))
            sim.converge()
            assert memory_of(sim) == int(size[0])
            assert sim.dry_run()[0] == ()


def test_under_disk_pressure_only_what_the_node_needs_comes_and_nobody_goes_for_the_others() -> None:
    with simulation() as sim:
        want(sim, pod("low", "12Gi"))
        sim.converge()
        sim.engine.levels[Signal.NODEFS_AVAILABLE] = Level(1, 100)
        sim.engine.levels[Signal.IMAGEFS_AVAILABLE] = Level(1, 100)
        sim.watch.look()
        waits = pod("vip", "12Gi", HIGH)
        tolerant = "tolerations: [{key: node.kubernetes.io/disk-pressure, operator: Exists}]"
        needed = pod("agent", "1Gi", f"priorityClassName: system-node-critical\n  {tolerant}")
        want(sim, CLASSES, pod("low", "12Gi"), waits, needed, pod("patient", "1Gi", tolerant))
        plan = sim.run_pass()
        assert {each.reason for each in plan.news.disruptions.values()} == set()
        assert [identity.name for identity in plan.starting] == ["agent"]
        assert {name for name, reason in reasons(plan).items() if reason == "Unschedulable"} == {"patient", "vip"}


def test_a_disk_is_promised_like_memory() -> None:
    with simulation() as sim:
        storage = (
            "containers: [{{name: main, image: 'web:1', resources: {{requests: {{ephemeral-storage: {}}}}}}}]".format
        )
        text = "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {0}}}\nspec: {{{1}}}\n".format
        want(sim, text("a", storage("60Gi")), text("b", storage("60Gi")))
        plan = passes(sim)
        assert "1 Insufficient ephemeral-storage." in plan.waiting[0].message
