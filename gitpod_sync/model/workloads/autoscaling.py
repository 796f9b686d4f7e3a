"""HorizontalPodAutoscaler: how many replicas a workload has, from what its pods use.

Source of the meaning and the defaults: Kubernetes, "Horizontal Pod Autoscaling" (autoscaling/v2).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.quantity import Quantity


@dataclass(frozen=True, slots=True)
class ScaleTarget:
    """The workload that is scaled, in the namespace of the autoscaler."""

    kind: str
    name: str


class TargetType(StrEnum):
    """The form of a target: a share of the requests in per cent, or an amount."""

    UTILIZATION = "Utilization"
    AVERAGE_VALUE = "AverageValue"


@dataclass(frozen=True, slots=True)
class MetricTarget:
    """`average_utilization` is in per cent of what the pods request."""

    type: TargetType
    average_utilization: int | None = None
    average_value: Quantity | None = None

    @property
    def by_share(self) -> bool:
        """Whether the share counts. What is given decides, as in Kubernetes, and not the type."""
        return self.average_value is None


@dataclass(frozen=True, slots=True)
class ResourceMetric:
    """Use of `cpu` or `memory`, of whole pods or of their containers of one name."""

    name: str
    target: MetricTarget
    container: str = ""


class MetricType(StrEnum):
    """Where a metric comes from: whole pods, or one container of each."""

    RESOURCE = "Resource"
    CONTAINER_RESOURCE = "ContainerResource"


@dataclass(frozen=True, slots=True)
class Metric:
    """The field that `type` names is set."""

    type: MetricType
    resource: ResourceMetric | None = None
    container_resource: ResourceMetric | None = None

    @property
    def source(self) -> ResourceMetric:
        """The measured resource. Raises `ManifestError` when the field is not set."""
        source = self.resource if self.type is MetricType.RESOURCE else self.container_resource
        if source is None:
            raise ManifestError(f"a metric of type {self.type} does not say which")
        return source


class PolicyType(StrEnum):
    """The unit of a policy: pods, or a share of the replicas in per cent."""

    PODS = "Pods"
    PERCENT = "Percent"


@dataclass(frozen=True, slots=True)
class ScalingPolicy:
    """At most `value` within any `period_seconds`."""

    type: PolicyType
    value: int
    period_seconds: int


class SelectPolicy(StrEnum):
    """The policy that holds among several: whichever allows most, or least; or no scaling at all."""

    MAX = "Max"
    MIN = "Min"
    DISABLED = "Disabled"


@dataclass(frozen=True, slots=True)
class ScalingRules:
    """The speed of scaling in one direction. None: Kubernetes' default for that direction."""

    stabilization_window_seconds: int | None = None
    select_policy: SelectPolicy = SelectPolicy.MAX
    policies: tuple[ScalingPolicy, ...] = ()
    tolerance: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Behavior:
    """How fast it goes up and down."""

    scale_up: ScalingRules = ScalingRules()
    scale_down: ScalingRules = ScalingRules()


CPU_AT_80_PERCENT = Metric(MetricType.RESOURCE, ResourceMetric("cpu", MetricTarget(TargetType.UTILIZATION, 80)))
"""What is measured when no metric is named."""


@dataclass(frozen=True, slots=True)
class HorizontalPodAutoscalerSpec:
    """Between `min_replicas` and `max_replicas`, so that every metric is at its target."""

    scale_target_ref: ScaleTarget
    max_replicas: int
    min_replicas: int = 1
    metrics: tuple[Metric, ...] = ()
    behavior: Behavior = Behavior()


@dataclass(frozen=True, slots=True)
class HorizontalPodAutoscaler:
    """A workload's number of replicas, made from the use of its pods."""

    metadata: ObjectMeta
    spec: HorizontalPodAutoscalerSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("HorizontalPodAutoscaler", self.metadata.namespace, self.metadata.name)

    @property
    def target(self) -> Key:
        """The workload that is scaled."""
        return Key(self.spec.scale_target_ref.kind, self.metadata.namespace, self.spec.scale_target_ref.name)


@dataclass(frozen=True, slots=True)
class Use:
    """What a container used: CPU in millicores, as the mean from `since` to `at`, and its working set in bytes at `at`.

    Times are seconds since the epoch.
    """

    millicores: int
    memory: int
    since: float
    at: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric as it was found: the mean of a pod in millicores or bytes, and its share of the requests in per cent.

    None: unknown. `replicas` is the number that the metric asks for; None, with the `reason`, when it asks for none.
    The `share` belongs to metrics of the type Utilization.
    """

    metric: Metric
    share: int | None = None
    average: int | None = None
    replicas: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A number of replicas at a time (seconds since the epoch): a recommendation, or a step up or down."""

    at: float
    replicas: int


class Pace(StrEnum):
    """Whether it goes where the metrics point: the reasons of the condition AbleToScale, in Kubernetes' words."""

    READY = "ReadyForNewScale"
    RESCALED = "SucceededRescale"
    UP_STABILIZED = "ScaleUpStabilized"
    DOWN_STABILIZED = "ScaleDownStabilized"


class Limit(StrEnum):
    """The limit that scaling has met: the reasons of the condition ScalingLimited, in Kubernetes' words."""

    NONE = "DesiredWithinRange"
    TOO_FEW = "TooFewReplicas"
    TOO_MANY = "TooManyReplicas"
    UP = "ScaleUpLimit"
    DOWN = "ScaleDownLimit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscalerRecord:
    """The memory of an autoscaler. Times are seconds since the epoch; 0: it has not happened."""

    replicas: int | None = None
    """The number in force; None: it scales nothing."""
    began_at: float = 0.0
    """When it took its workload on."""
    looked_at: float = 0.0
    """When the metrics were last looked at."""
    scaled_at: float = 0.0
    """When the number last changed."""
    pace: Pace = Pace.READY
    """What holds the number back, as the condition AbleToScale says."""
    limit: Limit = Limit.NONE
    """Which limit the number has met, as the condition ScalingLimited says."""
    found: tuple[Reading, ...] = ()
    """What the metrics said at the last look."""
    recommendations: tuple[Change, ...] = field(default=())
    """Numbers wished for, for as long as a stabilization window looks back."""
    steps: tuple[Change, ...] = field(default=())
    """Changes made, for as long as a policy counts them."""
