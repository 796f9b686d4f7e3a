"""Who comes, who waits and for what, and who goes: decisions as a table of a node, its guests and a queue."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.scheduling.taints import MEMORY_PRESSURE, UNSCHEDULABLE, Taint, TaintEffect
from gitpod_sync.plan.scheduling.node_info import room_of
from gitpod_sync.plan.scheduling.pod_info import PodInfo
from gitpod_sync.plan.scheduling.queue import QueuedPod, Schedule, compute_schedule, in_order
from tests.support.scheduling import NODE, Village

NAMESPACES = {"default": {"team": "a"}, "other": {"team": "b"}}


def placed(queued_pods: Sequence[QueuedPod], pods: Sequence[PodInfo] = (), node: object = NODE) -> Schedule:
    assert isinstance(node, type(NODE))
    return compute_schedule(in_order(queued_pods), room_of(pods, node), node, lambda name: NAMESPACES.get(name, {}))


def message(queued_pod: QueuedPod, schedule: Schedule) -> str:
    refusal = schedule.refused.get(queued_pod.pod.identity.uid)
    return refusal.message if refusal else ""


def test_a_pod_comes_when_it_fits_to_the_last_byte() -> None:
    village = Village()
    queued_pod, other = village.queued_pod("a", 40), village.queued_pod("b", 41)
    pods = [village.pod("there", 60)]
    assert not placed([queued_pod], pods).refused
    schedule = placed([other], pods)
    assert schedule.refused["uid-b"].reason == "Unschedulable"
    assert message(other, schedule) == (
        "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: "
        "1 No preemption victims found for incoming pod. "
        "(41 of memory are asked for, and the node has 100 for all pods)"
    )


def test_one_that_is_larger_than_the_node_helps_nobody_by_waiting() -> None:
    village = Village()
    large, small = village.queued_pod("large", 101, priority=5), village.queued_pod("small", 100)
    schedule = placed([large, small], [village.pod("there", priority=0)])
    assert "Preemption is not helpful for scheduling" in message(large, schedule)
    assert set(schedule.refused) == {"uid-large"}
    assert not schedule.victims


def test_all_that_is_short_is_said() -> None:
    village = Village()
    queued_pod = village.queued_pod("a", 101, container="resources: {requests: {cpu: 5, memory: 101}}")
    assert "1 Insufficient cpu, 1 Insufficient memory." in message(queued_pod, placed([queued_pod]))


def test_what_asks_for_nothing_comes_to_a_full_node_until_there_are_too_many() -> None:
    village = Village()
    full = [village.pod(f"there-{number}", 20) for number in range(9)]
    queued_pods = [village.queued_pod("a"), village.queued_pod("b")]
    schedule = placed(queued_pods, full)
    assert set(schedule.refused) == {"uid-b"}
    assert "1 Too many pods." in message(queued_pods[1], schedule)


def test_higher_priorities_come_first_then_those_that_have_waited_longer() -> None:
    village = Village()
    young, old, high = (
        village.queued_pod("young", 60, since=8.0),
        village.queued_pod("old", 60, since=2.0),
        village.queued_pod("high", 40, priority=1),
    )
    assert set(placed([young, old, high]).refused) == {"uid-young"}


def test_a_pod_waits_for_those_that_are_being_ended_and_the_room_is_kept_for_it() -> None:
    village = Village()
    leaving = village.pod("leaving", 80, leaving=True)
    large, small = village.queued_pod("large", 60), village.queued_pod("small", 50)
    schedule = placed([large, small], [leaving])
    assert "terminating pod on the nominated node" in message(large, schedule)
    assert "No preemption victims" in message(small, schedule)
    assert not placed([village.queued_pod("tiny", 20)], [leaving]).refused


def test_the_least_important_go_and_as_few_as_can_be() -> None:
    village = Village()
    pods = [
        village.pod("a", 10, since=9.0),
        village.pod("b", 10, since=2.0),
        village.pod("c", 20, priority=5),
        village.pod("d", 40, priority=9),
        village.pod("e", 20, priority=10),
    ]
    schedule = placed([village.queued_pod("high", 30, priority=10)], pods)
    assert set(schedule.victims) == {"uid-a", "uid-c"}
    assert schedule.victims["uid-a"].name == "high"
    assert "ending default/a, default/c, of a lower priority." in schedule.refused["uid-high"].message


def test_nobody_goes_for_an_equal_or_for_one_that_says_never() -> None:
    village = Village()
    pods = [village.pod("there", 100, priority=5)]
    assert not placed([village.queued_pod("equal", 10, priority=5)], pods).victims
    never = village.queued_pod("never", 10, priority=9, never=True)
    schedule = placed([never], pods)
    assert not schedule.victims
    assert "not eligible due to preemptionPolicy=Never." in message(never, schedule)


def test_nobody_goes_in_vain() -> None:
    village = Village()
    pods = [village.pod("low", 30), village.pod("equal", 60, priority=5)]
    assert not placed([village.queued_pod("a", 50, priority=5)], pods).victims


def test_nobody_goes_twice_for_two() -> None:
    village = Village()
    pods = [village.pod(name, 25, since=since) for since, name in enumerate("abcd")]
    schedule = placed([village.queued_pod("x", 25, priority=5), village.queued_pod("y", 25, priority=4)], pods)
    assert set(schedule.victims) == {"uid-c", "uid-d"}


def test_a_port_is_freed_by_preemption_too() -> None:
    village = Village()
    port = "ports: [{containerPort: 1, hostPort: 80}]"
    pods = [village.pod("holder", container=port), village.pod("bystander", 90)]
    schedule = placed([village.queued_pod("high", priority=1, container=port)], pods)
    assert set(schedule.victims) == {"uid-holder"}


def test_ports_of_different_addresses_and_protocols_do_not_clash() -> None:
    village = Village()
    here = [village.pod("h", container="ports: [{containerPort: 1, hostPort: 80, hostIP: 10.0.0.1}]")]
    for port, clashes in (
        ("hostPort: 80, hostIP: 10.0.0.2", False),
        ("hostPort: 80, protocol: UDP", False),
        ("hostPort: 80", True),
        ("hostPort: 80, hostIP: 0.0.0.0", True),
        ("hostPort: 80, hostIP: 10.0.0.1", True),
    ):
        queued_pod = village.queued_pod("c", container=f"ports: [{{containerPort: 1, {port}}}]")
        assert bool(placed([queued_pod], here).refused) is clashes, port


WITH_GPU = "{nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: Exists}]}]}"
NODES = [
    ("nodeSelector: {disk: ssd}", ""),
    ("nodeSelector: {disk: hdd}", "1 node(s) didn't match Pod's node affinity/selector."),
    ("nodeName: two", "1 node(s) didn't match the requested node name."),
    (
        f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {WITH_GPU}}}}}",
        "1 node(s) didn't match Pod's node affinity/selector.",
    ),
]


@pytest.mark.parametrize(("pod", "said"), NODES)
def test_the_node_has_to_suit_the_pod(pod: str, said: str) -> None:
    queued_pod = Village().queued_pod("a", pod=pod)
    found = message(queued_pod, placed([queued_pod]))
    assert said in found
    assert bool(found) is bool(said)


HARD, SOFT = Taint("team", "x", TaintEffect.NO_SCHEDULE), Taint("soft", "", TaintEffect.PREFER_NO_SCHEDULE)
TAINTED = replace(NODE, taints=(SOFT, HARD))


def test_a_taint_keeps_off_who_does_not_tolerate_it() -> None:
    village = Village()
    queued_pod, tolerant = (
        village.queued_pod("a"),
        village.queued_pod("b", pod="tolerations: [{key: team, operator: Exists}]"),
    )
    schedule = placed([queued_pod, tolerant], (), TAINTED)
    assert "1 node(s) had untolerated taint {team: x}." in message(queued_pod, schedule)
    assert set(schedule.refused) == {"uid-a"}


def test_a_pod_that_names_the_node_is_asked_nothing_but_what_the_node_itself_asks() -> None:
    village = Village()
    bound = village.queued_pod("bound", 10, pod="nodeName: one", priority=9)
    assert not placed([bound], (), TAINTED).refused
    full = [village.pod("there", 95)]
    schedule = placed([bound], full)
    assert (schedule.refused["uid-bound"].reason, schedule.victims) == ("OutOfmemory", {})
    assert "requested: 10, used: 95, capacity: 100" in message(bound, schedule)
    elsewhere = village.queued_pod("c", pod="nodeName: one, nodeSelector: {disk: hdd}")
    assert placed([elsewhere]).refused["uid-c"].reason == "NodeAffinity"
    executing = replace(NODE, taints=(Taint("team", "x", TaintEffect.NO_EXECUTE),))
    assert placed([bound], (), executing).refused["uid-bound"].reason == "TaintToleration"
    port = "ports: [{containerPort: 1, hostPort: 80}]"
    holder = village.pod("h", container=port)
    assert (
        placed([village.queued_pod("d", pod="nodeName: one", container=port)], [holder]).refused["uid-d"].reason
        == "NodePorts"
    )


def together(selector: str, more: str = "", kind: str = "podAffinity", key: str = "kubernetes.io/hostname") -> str:
    term = f"{{labelSelector: {selector}, topologyKey: {key}, {more}}}"
    return f"affinity: {{{kind}: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"


DB = "{matchLabels: {app: db}}"
AFFINITIES = [
    (together(DB), True),
    (together("{matchLabels: {app: none}}"), False),
    (together(DB, key="rack"), False),
    (together(DB, "namespaces: [other]"), False),
    (together(DB, "namespaceSelector: {}"), True),
    (together(DB, "namespaceSelector: {matchLabels: {team: b}}"), False),
    (together("{matchLabels: {app: self}}"), True),
    (together(DB, "matchLabelKeys: [tier]"), True),
    (together(DB, "mismatchLabelKeys: [tier]"), False),
    (together(DB, kind="podAntiAffinity"), False),
    (together("{matchLabels: {app: none}}", kind="podAntiAffinity"), True),
    (together(DB, kind="podAntiAffinity", key="rack"), True),
    (together("{}", "namespaces: [other]", kind="podAntiAffinity"), True),
]


@pytest.mark.parametrize(("pod", "comes"), AFFINITIES)
def test_neighbours_are_wanted_or_not(pod: str, comes: bool) -> None:
    village = Village()
    db = village.pod("db", labels={"app": "db", "tier": "back"})
    queued_pod = village.queued_pod("self", labels={"app": "self", "tier": "back"}, pod=pod)
    assert bool(placed([queued_pod], [db]).refused) is not comes


def test_who_wants_to_be_apart_is_left_apart_by_others() -> None:
    village = Village()
    hermit = village.pod("hermit", pod=together("{matchLabels: {app: web}}", kind="podAntiAffinity"))
    web = village.queued_pod("web")
    schedule = placed([web, village.queued_pod("other")], [hermit])
    assert "node(s) didn't satisfy existing pods anti-affinity rules" in message(web, schedule)
    assert set(schedule.refused) == {"uid-web"}


def test_one_of_many_alike_comes_when_they_want_to_be_apart() -> None:
    village = Village()
    labels, pod = {"app": "web"}, together("{matchLabels: {app: web}}", kind="podAntiAffinity")
    queued_pods = [village.queued_pod(name, labels=labels, pod=pod) for name in ("a", "b", "c")]
    assert set(placed(queued_pods).refused) == {"uid-b", "uid-c"}


def spread(skew: int, more: str = "", key: str = "kubernetes.io/hostname", action: str = "DoNotSchedule") -> str:
    selector = "labelSelector: {matchLabels: {app: web}}"
    constraint = f"{{maxSkew: {skew}, topologyKey: {key}, whenUnsatisfiable: {action}, {selector}, {more}}}"
    return f"topologySpreadConstraints: [{constraint}]"


SPREADS = [
    (spread(1), True),
    (spread(1, key="rack"), False),
    (spread(1, key="rack", action="ScheduleAnyway"), True),
    (spread(2, "minDomains: 2"), False),
    (spread(3, "minDomains: 2"), True),
    (spread(1, "minDomains: 2", action="ScheduleAnyway"), True),
]


@pytest.mark.parametrize(("pod", "comes"), SPREADS)
def test_one_node_is_one_domain(pod: str, comes: bool) -> None:
    village = Village()
    there = [village.pod(name, labels={"app": "web"}) for name in ("a", "b")]
    queued_pod = village.queued_pod("c", labels={"app": "web"}, pod=pod)
    assert bool(placed([queued_pod], there).refused) is not comes


def test_devices_are_counted_when_their_number_is_known() -> None:
    village = Village()
    gpu = "resources: {limits: {nvidia.com/gpu: 1}}"
    queued_pods = [village.queued_pod(name, container=gpu) for name in ("a", "b")]
    assert not placed(queued_pods).refused
    known = replace(NODE, allocatable={**NODE.allocatable, "nvidia.com/gpu": 1})
    assert "1 Insufficient nvidia.com/gpu." in message(queued_pods[1], placed(queued_pods, (), known))


def cordoned(*, drained: bool = False) -> Node:
    return replace(NODE, taints=(Taint(UNSCHEDULABLE, "", TaintEffect.NO_SCHEDULE),), drained=drained)


def test_no_pod_comes_to_a_cordoned_node_but_one_that_tolerates_it_or_names_the_node() -> None:
    village = Village()
    plain = village.queued_pod("plain")
    tolerant = village.queued_pod("tolerant", pod="tolerations: [{operator: Exists}]")
    bound = village.queued_pod("bound", pod="nodeName: one")
    schedule = placed([plain, tolerant, bound], node=cordoned())
    assert set(schedule.refused) == {"uid-plain"}
    assert message(plain, schedule) == (
        "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is "
        "not helpful for scheduling. (it is cordoned or drained; `gitpod-sync uncordon` ends that)"
    )


def test_to_a_drained_node_only_daemons_come() -> None:
    village = Village()
    names = ("plain", "tolerant", "bound")
    fields = ("", "tolerations: [{operator: Exists}]", "nodeName: one")
    queued_pods = [village.queued_pod(name, pod=pod) for name, pod in zip(names, fields, strict=True)]
    pod = village.queued_pod("agent", pod=f"tolerations: [{{key: {UNSCHEDULABLE}, operator: Exists}}]").pod
    daemon = QueuedPod(replace(pod, identity=replace(pod.identity, owner=Key("DaemonSet", "default", "agent"))))
    schedule = placed([*queued_pods, daemon], node=cordoned(drained=True))
    assert set(schedule.refused) == {"uid-plain", "uid-tolerant", "uid-bound"}


def test_under_memory_pressure_pods_wait_that_promise_nothing_and_do_not_tolerate_it() -> None:
    node = replace(NODE, taints=(Taint(MEMORY_PRESSURE, "", TaintEffect.NO_SCHEDULE),))
    village = Village()
    idle = "resources: {}"
    queued_pods = [
        village.queued_pod("plain", container=idle),
        village.queued_pod("promising", 10),
        village.queued_pod(
            "tolerant", container=idle, pod=f"tolerations: [{{key: {MEMORY_PRESSURE}, operator: Exists}}]"
        ),
        village.queued_pod("bound", container=idle, pod="nodeName: one"),
    ]
    schedule = placed(queued_pods, node=node)
    assert set(schedule.refused) == {"uid-plain", "uid-bound"}
    assert "1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }." in message(
        queued_pods[0], schedule
    )
    assert message(queued_pods[3], schedule) == "Pod was rejected: The node had condition: [MemoryPressure]."
