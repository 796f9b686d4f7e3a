"""The objects that ask for pods."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.pod import PodSpec, PodTemplate
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.stateful_sets import StatefulSet


@dataclass(frozen=True)
class Pod:
    """A bare pod. Kubernetes forgets a lost one; here Git still asks for it, so it is made again."""

    metadata: ObjectMeta
    spec: PodSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("Pod", self.metadata.namespace, self.metadata.name)

    @cached_property
    def template(self) -> PodTemplate:
        """The pod as its own template: the same object each time, since computed values are kept with it."""
        labels_and_annotations = ObjectMeta(labels=self.metadata.labels, annotations=self.metadata.annotations)
        return PodTemplate(self.spec, labels_and_annotations)


@dataclass(frozen=True, slots=True)
class ReplicaSetSpec:
    """`replicas` pods of the template; available after `min_ready_seconds` of being ready."""

    template: PodTemplate
    selector: LabelSelector = LabelSelector()
    replicas: int = 1
    min_ready_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """Keeps N pods of one template."""

    metadata: ObjectMeta
    spec: ReplicaSetSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("ReplicaSet", self.metadata.namespace, self.metadata.name)


@dataclass(frozen=True, slots=True)
class ReplicationController:
    """The elder of ReplicaSet: the manifest reader has turned its plain selector into a LabelSelector."""

    metadata: ObjectMeta
    spec: ReplicaSetSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("ReplicationController", self.metadata.namespace, self.metadata.name)


class StrategyType(StrEnum):
    """How a Deployment replaces its pods."""

    ROLLING_UPDATE = "RollingUpdate"
    RECREATE = "Recreate"


@dataclass(frozen=True, slots=True)
class RollingUpdate:
    """How far a rolling update may leave the wanted number, upwards and downwards."""

    max_surge: IntOrPercent = IntOrPercent(25, percent=True)
    max_unavailable: IntOrPercent = IntOrPercent(25, percent=True)


@dataclass(frozen=True, slots=True)
class DeploymentStrategy:
    """RollingUpdate 25 % / 25 % unless said otherwise."""

    type: StrategyType = StrategyType.ROLLING_UPDATE
    rolling_update: RollingUpdate = RollingUpdate()


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """Kubernetes: DeploymentSpec."""

    template: PodTemplate
    """What its pods are made from."""
    selector: LabelSelector = LabelSelector()
    """As written; only checked against the template: a pod belongs to the Deployment that made it."""
    replicas: int = 1
    """How many pods there are outside of rollouts."""
    strategy: DeploymentStrategy = DeploymentStrategy()
    """How pods of an earlier version are replaced."""
    min_ready_seconds: int = 0
    """Seconds of being ready after which a pod is available."""
    paused: bool = False
    """Whether a new template waits; the number of replicas is followed all the same."""
    progress_deadline_seconds: int = 600
    """Seconds without progress after which a rollout has failed."""
    revision_history_limit: int = 10
    """How many earlier revisions are remembered."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Keeps N pods and moves them from one template to the next."""

    metadata: ObjectMeta
    spec: DeploymentSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("Deployment", self.metadata.namespace, self.metadata.name)


Workload = Pod | ReplicaSet | ReplicationController | Deployment | StatefulSet | DaemonSet | Job


def template_of(workload: Workload) -> PodTemplate:
    """The template of the workload's pods."""
    return workload.template if isinstance(workload, Pod) else workload.spec.template


def with_template_annotation(workload: Workload, name: str, value: str) -> Workload:
    """The same, where the template says this as well."""
    if isinstance(workload, Pod):
        return replace(workload, metadata=_annotated(workload.metadata, name, value))
    template = workload.spec.template
    annotated = replace(template, metadata=_annotated(template.metadata, name, value))
    # mypy does not see that each kind of workload keeps its own kind of spec.
    return replace(workload, spec=replace(workload.spec, template=annotated))  # type: ignore[arg-type]


def _annotated(metadata: ObjectMeta, name: str, value: str) -> ObjectMeta:
    return replace(metadata, annotations={**metadata.annotations, name: value})
