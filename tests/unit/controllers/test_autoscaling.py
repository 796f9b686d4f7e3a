"""What metrics ask for: Kubernetes' algorithm, with its numbers."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from gitpod_sync.controllers.autoscaling.autoscaling import read_metrics, recommend
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.base.instance import ENDING_SUFFIX
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate, Resources
from gitpod_sync.model.workloads.autoscaling import (
    Behavior,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerSpec,
    Metric,
    MetricTarget,
    MetricType,
    Reading,
    ResourceMetric,
    ScaleTarget,
    ScalingRules,
    TargetType,
    Use,
)

NOW = 10_000.0
MI = 1024**2
CPU_AT_50 = Metric(MetricType.RESOURCE, ResourceMetric("cpu", MetricTarget(TargetType.UTILIZATION, 50)))
MEMORY_AT_50 = Metric(MetricType.RESOURCE, ResourceMetric("memory", MetricTarget(TargetType.UTILIZATION, 50)))


def amount(name: str, text: str) -> Metric:
    return Metric(
        MetricType.RESOURCE,
        ResourceMetric(name, MetricTarget(TargetType.AVERAGE_VALUE, average_value=Quantity.parse(text))),
    )


def of_container(name: str) -> Metric:
    target = MetricTarget(TargetType.UTILIZATION, 50)
    return Metric(MetricType.CONTAINER_RESOURCE, container_resource=ResourceMetric("cpu", target, name))


@dataclass(frozen=True)
class Seen:
    """A pod: millicores of its container `main`, None when they are not known, and how it is doing."""

    cpu: int | None = None
    memory: int = 0
    side: int | None = None
    age: float = 1000.0
    ready_for: float | None = 900.0
    phase: Phase = Phase.RUNNING
    requests: str = "100m"
    measured_ago: float = 1.0
    ending: bool = False
    lost: str = ""
    over: bool = False


def pod(number: int, seen: Seen) -> tuple[PodState, dict[str, Use]]:
    requests = {"cpu": Quantity.parse(seen.requests), "memory": Quantity.parse("100Mi")} if seen.requests else {}
    containers = [Container("main", "web:1", resources=Resources(requests=requests))]
    uses = {"main": seen.cpu}
    if seen.side is not None:
        containers.append(Container("side", "side:1", resources=Resources(limits={"cpu": Quantity.parse("300m")})))
        uses["side"] = seen.side
    template = PodTemplate(PodSpec(tuple(containers)))
    identity = PodIdentity("default", f"web-{number}", f"u{number}", Key("Deployment", "default", "web"), template, "h")

    def container(name: str) -> ObservedContainer:
        config = ContainerConfig(image="web:1", network="pods")
        started = NOW - seen.age
        running = ContainerStatus.RUNNING
        return ObservedContainer(f"{name}-{number}", name, config, running, created_at=started, started_at=started)

    attempts = {each.name: (container(each.name),) for each in template.spec.containers}
    sandbox = container(f"sandbox{ENDING_SUFFIX if seen.ending else ''}")
    state = PodState(
        pod=ObservedPod(identity, sandbox, attempts),
        phase=seen.phase,
        containers=(),
        ready_since=None if seen.ready_for is None else NOW - seen.ready_for,
        lost=seen.lost,
        outcome=Phase.FAILED if seen.over else None,
    )
    at = NOW - seen.measured_ago
    found = {f"{name}-{number}": Use(cpu, seen.memory, at - 15, at) for name, cpu in uses.items() if cpu is not None}
    return state, found


def read(
    metrics: tuple[Metric, ...], seen: list[Seen], replicas: int | None = None, behavior: Behavior | None = None
) -> tuple[Reading, ...]:
    target = ScaleTarget("Deployment", "web")
    spec = HorizontalPodAutoscalerSpec(target, 100, metrics=metrics, behavior=behavior or Behavior())
    pods = [pod(number, each) for number, each in enumerate(seen)]
    use = {key: value for _, uses in pods for key, value in uses.items()}
    scaler = HorizontalPodAutoscaler(ObjectMeta(name="web"), spec)
    return read_metrics(scaler, replicas or len(seen), [state for state, _ in pods], use, NOW)


def asked(metric: Metric, seen: list[Seen], replicas: int | None = None) -> int | None:
    (found,) = read((metric,), seen, replicas)
    return found.replicas


@pytest.mark.parametrize(
    ("metric", "seen", "share", "average", "replicas"),
    [
        pytest.param(CPU_AT_50, [Seen(90), Seen(90), Seen(60), Seen(60)], 75, 75, 6, id="the worked example"),
        pytest.param(CPU_AT_50, [Seen(55)] * 4, 55, 55, 4, id="a tenth more is tolerated"),
        pytest.param(CPU_AT_50, [Seen(56)] * 4, 56, 56, 5, id="more than a tenth is not"),
        pytest.param(CPU_AT_50, [Seen(45)] * 4, 45, 45, 4, id="a tenth less is tolerated"),
        pytest.param(CPU_AT_50, [Seen(25)] * 4, 25, 25, 2, id="half the load, half the pods"),
        pytest.param(CPU_AT_50, [Seen(0)] * 4, 0, 0, 0, id="no load"),
        pytest.param(CPU_AT_50, [Seen(56), Seen(55)], 55, 55, 2, id="shares are whole per cents, rounded down"),
        pytest.param(amount("cpu", "200m"), [Seen(300)] * 2, None, 300, 3, id="an average of CPU"),
        pytest.param(amount("memory", "100Mi"), [Seen(0, 150 * MI)] * 2, None, 150 * MI, 3, id="of memory"),
        pytest.param(MEMORY_AT_50, [Seen(0, 100 * MI)] * 2, 100, 100 * MI, 4, id="a share of memory"),
        pytest.param(CPU_AT_50, [Seen(100, side=100)] * 2, 50, 200, 2, id="all containers of a pod together"),
        pytest.param(of_container("side"), [Seen(0, side=300)] * 2, 100, 300, 4, id="of one container alone"),
    ],
)
def test_the_ratio_of_use_to_target_is_that_of_replicas(
    metric: Metric, seen: list[Seen], share: int | None, average: int, replicas: int
) -> None:
    assert read((metric,), seen) == (Reading(metric, share, average, replicas),)


def test_the_tolerance_can_be_said_for_each_direction() -> None:
    narrow, wide = ScalingRules(tolerance=Quantity("0", Decimal(0))), ScalingRules(tolerance=Quantity.parse("0.5"))
    (up,) = read((CPU_AT_50,), [Seen(51)] * 50, behavior=Behavior(narrow, wide))
    (down,) = read((CPU_AT_50,), [Seen(26)] * 50, behavior=Behavior(narrow, wide))
    assert (up.replicas, down.replicas) == (51, 50)


@pytest.mark.parametrize(
    ("seen", "replicas"),
    [
        pytest.param([Seen(100), Seen(100), Seen()], 4, id="scaling up it uses nothing"),
        pytest.param([Seen(80), Seen()], 2, id="when that turns the ratio, nothing changes"),
        pytest.param([Seen(10), Seen(10), Seen(10), Seen()], 3, id="scaling down it uses all it requests"),
        pytest.param([Seen(40), Seen()], 2, id="when that is no less any more, nothing changes"),
        pytest.param([Seen(50), Seen()], 2, id="at the target nothing changes"),
        pytest.param([Seen(100), Seen(100), Seen(500, measured_ago=61)], 4, id="an old measurement is none"),
    ],
)
def test_a_pod_that_is_not_measured_is_taken_to_be_against_the_change(seen: list[Seen], replicas: int) -> None:
    assert asked(CPU_AT_50, seen) == replicas


@pytest.mark.parametrize(
    ("unready", "replicas"),
    [
        pytest.param(Seen(500, phase=Phase.PENDING, ready_for=None), 4, id="one that is not running yet"),
        pytest.param(Seen(500, age=200, ready_for=None), 4, id="one that starts and is not ready"),
        pytest.param(Seen(500, age=200, ready_for=10), 4, id="one measured from before it was ready"),
        pytest.param(Seen(100, age=200, ready_for=20), 6, id="one measured since it is ready counts"),
        pytest.param(Seen(100, age=400, ready_for=None), 6, id="after five minutes readiness does not matter"),
    ],
)
def test_the_cpu_of_a_pod_that_starts_says_nothing_of_its_load(unready: Seen, replicas: int) -> None:
    assert asked(CPU_AT_50, [Seen(100), Seen(100), unready]) == replicas


def test_pods_that_start_do_not_keep_others_from_being_scaled_down() -> None:
    assert asked(CPU_AT_50, [Seen(10), Seen(10), Seen(500, age=20, ready_for=None)]) == 1


def test_the_memory_of_a_pod_that_starts_counts() -> None:
    assert asked(MEMORY_AT_50, [Seen(0, 100 * MI, age=20, ready_for=None)] * 2) == 4


def test_what_goes_or_is_over_does_not_count() -> None:
    gone = [Seen(500, ending=True), Seen(500, lost="its sandbox has stopped"), Seen(500, over=True)]
    assert asked(CPU_AT_50, [Seen(100), *gone], replicas=1) == 2


def test_without_any_measurement_nothing_is_asked() -> None:
    (found,) = read((CPU_AT_50,), [Seen(), Seen()])
    assert (found.replicas, found.reason) == (None, "the use of cpu is not known of any pod")


def test_a_container_without_a_request_has_no_share() -> None:
    (found,) = read((CPU_AT_50,), [Seen(50), Seen(50, requests="")])
    assert found.replicas is None
    assert "requests no cpu" in found.reason
    assert asked(amount("cpu", "25m"), [Seen(50, requests="")]) == 2


def test_of_several_metrics_the_one_that_asks_for_most_counts() -> None:
    readings = read((CPU_AT_50, MEMORY_AT_50), [Seen(25, 100 * MI)] * 2)
    assert [each.replicas for each in readings] == [1, 4]
    assert recommend(readings, 2) == 4


def test_when_a_metric_cannot_be_told_the_others_scale_up_and_never_down() -> None:
    low, high = Reading(CPU_AT_50, replicas=1), Reading(CPU_AT_50, replicas=9)
    unknown = Reading(MEMORY_AT_50, reason="not known")
    assert recommend((low, unknown), 3) == 3
    assert recommend((high, unknown), 3) == 9
    assert recommend((unknown, unknown), 3) is None


def test_cpu_at_80_per_cent_is_measured_when_nothing_is_said() -> None:
    (found,) = read((), [Seen(160)] * 2)
    assert (found.share, found.replicas) == (160, 4)


def test_an_amount_counts_whatever_the_type_says() -> None:
    amount_of_cpu = Quantity.parse("100m")
    targets = [MetricTarget(kind, average_value=amount_of_cpu) for kind in TargetType]
    assert not any(target.by_share for target in targets)
    assert all(MetricTarget(kind, average_utilization=50).by_share for kind in TargetType)
