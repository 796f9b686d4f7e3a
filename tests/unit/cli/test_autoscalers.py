"""Autoscalers as `get` and `describe` show them."""

from dataclasses import replace

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.records.event import Event, RecordedEvent
from gitpod_sync.model.workloads.autoscaling import (
    AutoscalerRecord,
    Behavior,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerSpec,
    Limit,
    Metric,
    MetricTarget,
    MetricType,
    Pace,
    PolicyType,
    Reading,
    ResourceMetric,
    ScaleTarget,
    ScalingPolicy,
    ScalingRules,
    TargetType,
)
from gitpod_sync.plan.autoscaling import Autoscaling
from gitpod_sync.plan.steps import Plan
from gitpod_sync.resources.autoscaler_items import AutoscalerItem, list_autoscalers
from gitpod_sync.resources.autoscaler_objects import autoscaler_object
from gitpod_sync.resources.columns import render_table
from gitpod_sync.resources.descriptions.autoscaler import describe_autoscaler
from gitpod_sync.resources.listed_autoscalers import AUTOSCALER_COLUMNS, autoscaler_row

NOW = 1_000_000.0
CPU = Metric(MetricType.RESOURCE, ResourceMetric("cpu", MetricTarget(TargetType.UTILIZATION, 50)))
_MEMORY_TARGET = MetricTarget(TargetType.AVERAGE_VALUE, average_value=Quantity.parse("100Mi"))
MEMORY = Metric(
    MetricType.CONTAINER_RESOURCE, container_resource=ResourceMetric("memory", _MEMORY_TARGET, container="main")
)
DOWN = ScalingRules(60, policies=(ScalingPolicy(PolicyType.PODS, 2, 30),))
SCALER = HorizontalPodAutoscaler(
    ObjectMeta(name="web", labels={"app": "web"}),
    HorizontalPodAutoscalerSpec(ScaleTarget("Deployment", "web"), 10, 2, (CPU, MEMORY), Behavior(scale_down=DOWN)),
)
RECORD = AutoscalerRecord(
    replicas=6,
    began_at=NOW - 300,
    looked_at=NOW - 5,
    scaled_at=NOW - 5,
    pace=Pace.RESCALED,
    limit=Limit.UP,
    found=(Reading(CPU, 75, 150, 9), Reading(MEMORY, None, 120 * 1024**2, 5)),
)


def item(scaling: Autoscaling) -> AutoscalerItem:
    (found,) = list_autoscalers(Plan(scalings=(scaling,)))
    return replace(found, replicas=4)


def conditions(scaling: Autoscaling) -> dict[str, tuple[str, str]]:
    found: Json = autoscaler_object(item(scaling))["status"]["conditions"]
    return {each["type"]: (each["status"], each["reason"]) for each in found}


def test_it_is_listed_in_the_columns_of_kubectl() -> None:
    rows = [autoscaler_row(item(Autoscaling(SCALER, 4, RECORD)), NOW)]
    assert render_table(AUTOSCALER_COLUMNS, rows, namespaces=False) == (
        "NAME   REFERENCE        TARGETS                            MINPODS   MAXPODS   REPLICAS   AGE\n"
        "web    Deployment/web   cpu: 75%/50%, memory: 120Mi/100Mi   2         10        4          5m"
    ).replace("TARGETS                            ", "TARGETS                             ")


def test_what_is_not_known_yet_is_said_to_be_unknown() -> None:
    row = autoscaler_row(item(Autoscaling(SCALER, 4, AutoscalerRecord(replicas=4))), NOW)
    assert row.cells[1] == "cpu: <unknown>/50%, memory: <unknown>/100Mi"


def test_a_reading_of_a_metric_that_has_changed_since_is_not_shown() -> None:
    older = Metric(MetricType.RESOURCE, ResourceMetric("cpu", MetricTarget(TargetType.UTILIZATION, 80)))
    row = autoscaler_row(
        item(Autoscaling(SCALER, 4, AutoscalerRecord(replicas=4, found=(Reading(older, 75, 150, 9),)))), NOW
    )
    assert row.cells[1] == "cpu: <unknown>/50%, memory: <unknown>/100Mi"


def test_its_status_is_that_of_kubernetes() -> None:
    found = autoscaler_object(item(Autoscaling(SCALER, 4, RECORD)))
    assert (found["apiVersion"], found["kind"]) == ("autoscaling/v2", "HorizontalPodAutoscaler")
    assert found["spec"]["maxReplicas"] == 10
    status = found["status"]
    assert (status["currentReplicas"], status["desiredReplicas"]) == (4, 6)
    assert status["currentMetrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "current": {"averageValue": "150m", "averageUtilization": 75}},
        },
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": "memory",
                "container": "main",
                "current": {"averageValue": str(120 * 1024**2)},
            },
        },
    ]
    assert "lastScaleTime" in status


def test_conditions_say_whether_it_can_does_and_goes_all_the_way() -> None:
    assert conditions(Autoscaling(SCALER, 4, RECORD)) == {
        "AbleToScale": ("True", "SucceededRescale"),
        "ScalingActive": ("True", "ValidMetricFound"),
        "ScalingLimited": ("True", "ScaleUpLimit"),
    }
    unknown = replace(RECORD, found=(Reading(CPU, reason="not known"), Reading(MEMORY, reason="not known")))
    assert conditions(Autoscaling(SCALER, 4, unknown))["ScalingActive"] == ("False", "FailedGetResourceMetric")
    assert conditions(Autoscaling(SCALER, problem="there is none")) == {"AbleToScale": ("False", "FailedGetScale")}
    assert conditions(Autoscaling(SCALER, problem="0 replicas", disabled=True)) == {
        "AbleToScale": ("True", "SucceededGetScale"),
        "ScalingActive": ("False", "ScalingDisabled"),
    }


DESCRIBED = """\
Name:                                                 web
Namespace:                                            default
Labels:                                               app=web
Annotations:                                          <none>
CreationTimestamp:                                    Mon, 12 Jan 1970 13:41:40 +0000
Reference:                                            Deployment/web
Metrics:                                              ( current / target )
  resource cpu on pods  (as a percentage of request): 75% (150m) / 50%
  resource memory of container 'main':                120Mi / 100Mi
Min replicas:                                         2
Max replicas:                                         10
Scale Down:
  Stabilization Window: 60 seconds
  Select Policy: Max
  Policies:
    - Type: Pods  Value: 2  Period: 30 seconds
Deployment pods:                                      4 current / 6 desired
Conditions:
  Type            Status  Reason            Message
  ----            ------  ------            -------
  AbleToScale     True    SucceededRescale  the HPA controller was able to update the target scale to 6
  ScalingActive   True    ValidMetricFound  MESSAGE
  ScalingLimited  True    ScaleUpLimit      the desired replica count is increasing faster than the maximum scale rate
Events:
  Type    Reason             Age  From         Message
  ----    ------             ---  ----         -------
  Normal  SuccessfulRescale  5s   gitpod-sync  New size: 6"""


def test_it_is_described_with_its_metrics_conditions_and_events() -> None:
    event = RecordedEvent(Event(SCALER.key, "SuccessfulRescale", "New size: 6"), 1, NOW - 5, NOW - 5)
    calculated = "the HPA was able to successfully calculate a replica count from"
    message = f"{calculated} cpu resource utilization (percentage of request)"
    text = describe_autoscaler(item(Autoscaling(SCALER, 4, RECORD)), [event], NOW)
    assert text == DESCRIBED.replace("MESSAGE", message)
