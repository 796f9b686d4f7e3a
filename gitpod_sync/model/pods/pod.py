"""The pod as the user writes it: the fields of a pod template that are honoured.

Field names are Kubernetes' own in Python's spelling; `model.codec` translates. A field that is not here is rejected by
the schema, never dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.pods.claims import ClaimVolume, EphemeralVolume, NfsVolume
from gitpod_sync.model.pods.config_volumes import ConfigMapVolume, DownwardVolume, ProjectedVolume, SecretVolume
from gitpod_sync.model.pods.dns import DnsConfig, DnsPolicy, HostAlias
from gitpod_sync.model.pods.env import EnvFrom, EnvVar
from gitpod_sync.model.pods.host_path import HostPath
from gitpod_sync.model.pods.image import ImageVolume, PullPolicy, default_pull_policy
from gitpod_sync.model.pods.probe import Lifecycle, Probe
from gitpod_sync.model.pods.security import PodSecurityContext, SecurityContext
from gitpod_sync.model.pods.termination_messages import (
    DEFAULT_PATH,
    MessageFile,
    TerminationMessagePolicy,
    message_file,
)
from gitpod_sync.model.scheduling.affinity import NO_AFFINITY, Affinity
from gitpod_sync.model.scheduling.priority import PreemptionPolicy
from gitpod_sync.model.scheduling.spread import SpreadConstraint
from gitpod_sync.model.scheduling.taints import Toleration

MOST_VOLUMES = 64
"""How many volumes a pod can have: a sandbox has so many places for them."""

GPU = "nvidia.com/gpu"
"""The extended resource that stands for NVIDIA's GPUs (Kubernetes: "Schedule GPUs")."""

DEFAULT_GRACE = 30
"""Seconds between TERM and KILL when nothing is said, as in Kubernetes."""


class RestartPolicy(StrEnum):
    """What happens to a container that ended (Kubernetes: "Pod Lifecycle", restartPolicy)."""

    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"
    NEVER = "Never"


class Protocol(StrEnum):
    """Transport protocol of a port."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"


class Medium(StrEnum):
    """Where an emptyDir lives: on the engine's disk, or in memory (tmpfs)."""

    DISK = ""
    MEMORY = "Memory"


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port the container listens on; published on the node when `host_port` is set."""

    container_port: int
    name: str = ""
    protocol: Protocol = Protocol.TCP
    host_port: int = 0
    host_ip: str = field(default="", metadata={"json": "hostIP"})


class MountPropagation(StrEnum):
    """Whether mounts made below a mounted path of the node are seen: in no direction, from the node, or both ways."""

    NONE = "None"
    HOST_TO_CONTAINER = "HostToContainer"
    BIDIRECTIONAL = "Bidirectional"


class RecursiveReadOnly(StrEnum):
    """Whether what is mounted below a read-only mount is read-only as well: as the engine has it, or surely."""

    DISABLED = "Disabled"
    IF_POSSIBLE = "IfPossible"
    ENABLED = "Enabled"


@dataclass(frozen=True, slots=True)
class VolumeMount:
    """Where a volume of the pod, or the part of it at a sub-path, appears in the container."""

    name: str
    mount_path: str
    read_only: bool = False
    mount_propagation: MountPropagation = MountPropagation.NONE
    recursive_read_only: RecursiveReadOnly = RecursiveReadOnly.DISABLED
    sub_path: str = ""
    sub_path_expr: str = ""

    @property
    def target(self) -> str:
        """The path in the container: one that does not say where it begins begins at the root, as in Kubernetes."""
        return self.mount_path if self.mount_path.startswith("/") else f"/{self.mount_path}"


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits are enforced; a CPU request becomes the container's weight against its neighbours."""

    limits: Mapping[str, Quantity] = field(default_factory=dict)
    requests: Mapping[str, Quantity] = field(default_factory=dict)


class ResizeRestart(StrEnum):
    """Whether a container has to be started anew for a changed limit to mean something to it."""

    NOT_REQUIRED = "NotRequired"
    RESTART_CONTAINER = "RestartContainer"


@dataclass(frozen=True, slots=True)
class ResizePolicy:
    """How a change of one resource, `cpu` or `memory`, is applied to a container that runs."""

    resource_name: str
    restart_policy: ResizeRestart


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a pod. `command` None means the image's ENTRYPOINT, `args` None the image's CMD.

    `restart_policy` None means the pod's own; an init container with Always is a sidecar.
    """

    name: str
    image: str
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    working_dir: str = ""
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: Resources = Resources()
    volume_mounts: tuple[VolumeMount, ...] = ()
    image_pull_policy: PullPolicy | None = None
    security_context: SecurityContext = SecurityContext()
    lifecycle: Lifecycle = Lifecycle()
    resize_policy: tuple[ResizePolicy, ...] = ()
    stdin: bool = False
    stdin_once: bool = False
    tty: bool = False
    restart_policy: RestartPolicy | None = None
    startup_probe: Probe | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    termination_message_path: str = DEFAULT_PATH
    termination_message_policy: TerminationMessagePolicy = TerminationMessagePolicy.FILE

    @property
    def pull_policy(self) -> PullPolicy:
        """The policy in force: the one written, or the default that the tag implies."""
        return self.image_pull_policy or default_pull_policy(self.image)


@dataclass(frozen=True, slots=True)
class EmptyDir:
    """A volume that lives and dies with the pod; `size_limit` is in bytes."""

    medium: Medium = Medium.DISK
    size_limit: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """A named volume of the pod; exactly one source is set."""

    name: str
    empty_dir: EmptyDir | None = None
    host_path: HostPath | None = None
    config_map: ConfigMapVolume | None = None
    secret: SecretVolume | None = None
    downward_api: DownwardVolume | None = field(default=None, metadata={"json": "downwardAPI"})
    projected: ProjectedVolume | None = None
    persistent_volume_claim: ClaimVolume | None = None
    ephemeral: EphemeralVolume | None = None
    nfs: NfsVolume | None = None
    image: ImageVolume | None = None

    @property
    def is_written(self) -> bool:
        """Whether its files are written for the pod."""
        return any((self.config_map, self.secret, self.downward_api, self.projected))


@dataclass(frozen=True, slots=True)
class LocalObjectReference:
    """Another object of the pod's namespace."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class PodOS:
    """The operating system that the pod's containers are for."""

    name: str


@dataclass(frozen=True, slots=True)
class PodSpec:
    """What runs in a pod. Times are in seconds."""

    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...] = ()
    restart_policy: RestartPolicy = RestartPolicy.ALWAYS
    termination_grace_period_seconds: int = DEFAULT_GRACE
    hostname: str = ""
    subdomain: str = ""
    set_hostname_as_fqdn: bool = field(default=False, metadata={"json": "setHostnameAsFQDN"})
    host_aliases: tuple[HostAlias, ...] = ()
    dns_policy: DnsPolicy = DnsPolicy.CLUSTER_FIRST
    dns_config: DnsConfig = DnsConfig()
    security_context: PodSecurityContext = PodSecurityContext()
    host_network: bool = False
    host_pid: bool = field(default=False, metadata={"json": "hostPID"})
    host_ipc: bool = field(default=False, metadata={"json": "hostIPC"})
    share_process_namespace: bool = False
    service_account_name: str = ""
    init_containers: tuple[Container, ...] = ()
    active_deadline_seconds: int | None = None
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    node_name: str = ""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    affinity: Affinity = NO_AFFINITY
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: tuple[SpreadConstraint, ...] = ()
    priority_class_name: str = ""
    priority: int | None = None
    preemption_policy: PreemptionPolicy | None = None
    os: PodOS | None = None

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Init containers, sidecars and the others, in the order in which they start."""
        return (*self.init_containers, *self.containers)

    @property
    def images(self) -> frozenset[str]:
        """The images that its containers are made from, and those that they mount."""
        mounted = {volume.image.reference for volume in self.volumes if volume.image}
        return frozenset(mounted | {container.image for container in self.all_containers})

    @property
    def sidecars(self) -> tuple[Container, ...]:
        """Init containers that stay (Kubernetes: "Sidecar Containers"), in the order in which they start."""
        return tuple(each for each in self.init_containers if each.restart_policy is RestartPolicy.ALWAYS)

    def message_file_of(self, container: str, attempt: int) -> MessageFile:
        """Where an attempt of the container of that name leaves its termination message."""
        names = [each.name for each in self.all_containers]
        return message_file(len(names), names.index(container), attempt)

    def restart_policy_of(self, container: Container) -> RestartPolicy:
        """The policy in force for one container. Under Always an init container is retried until it succeeds."""
        policy = container.restart_policy or self.restart_policy
        names = {each.name for each in self.init_containers if each.restart_policy is not RestartPolicy.ALWAYS}
        retried = container.name in names and policy is RestartPolicy.ALWAYS
        return RestartPolicy.ON_FAILURE if retried else policy

    @property
    def ports(self) -> tuple[ContainerPort, ...]:
        """The ports that its containers, sidecars included, listen on.

        On the node's own network every one of them is a port of the node (Kubernetes, PodSpec, hostNetwork: hostPort is
        the containerPort).
        """
        ports = (port for container in (*self.sidecars, *self.containers) for port in container.ports)
        return tuple(replace(port, host_port=port.container_port) if self.host_network else port for port in ports)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PodTemplate:
    """What a controller makes pods from; of its metadata only labels and annotations count."""

    spec: PodSpec
    metadata: ObjectMeta = ObjectMeta()
