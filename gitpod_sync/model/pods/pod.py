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
    """The fate of a container that ended (Kubernetes: "Pod Lifecycle", restartPolicy)."""

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
    """Where a volume of the pod, or a part of it, appears in the container (Kubernetes: VolumeMount)."""

    name: str
    """The pod's volume."""
    mount_path: str
    """The path as written; `target` is the absolute one."""
    read_only: bool = False
    """Keeps the container from writing; for some kinds of volume nobody can write in any case."""
    mount_propagation: MountPropagation = MountPropagation.NONE
    """Whether mounts made later below the path are seen, and by whom."""
    recursive_read_only: RecursiveReadOnly = RecursiveReadOnly.DISABLED
    """Whether mounts below a read-only path are read-only as well."""
    sub_path: str = ""
    """The file or folder of the volume that is mounted, relative to the volume's root; "": the whole volume."""
    sub_path_expr: str = ""
    """As `sub_path`, with `$(VAR)` from the container's environment; "" when there is none."""

    @property
    def target(self) -> str:
        """The absolute path in the container: a relative one begins at the root, as in Kubernetes."""
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
    """One container of a pod (Kubernetes: Container). Init containers are of the same type."""

    name: str
    """Unique in the pod; also a DNS label."""
    image: str
    """The reference as written, tag or digest included."""
    command: tuple[str, ...] | None = None
    """Replaces the image's ENTRYPOINT; None: the image's own."""
    args: tuple[str, ...] | None = None
    """Replaces the image's CMD; None: the image's own."""
    working_dir: str = ""
    """The first process's folder; "": the image's own."""
    env: tuple[EnvVar, ...] = ()
    """Variables one by one; a later one may refer to earlier ones, and all of them win over `env_from`."""
    env_from: tuple[EnvFrom, ...] = ()
    """ConfigMaps and Secrets whose keys all become variables; of equal names the last counts."""
    ports: tuple[ContainerPort, ...] = ()
    """Ports listened on; only those with a host port are published on the node."""
    resources: Resources = Resources()
    """CPU, memory and others: requests, which scheduling counts, and limits, which the engine enforces."""
    volume_mounts: tuple[VolumeMount, ...] = ()
    """Volumes of the pod, each at its path."""
    image_pull_policy: PullPolicy | None = None
    """None: Always for the tag `latest`, else IfNotPresent; `pull_policy` is the one in force."""
    security_context: SecurityContext = SecurityContext()
    """Rights of its processes; wins over the pod's."""
    lifecycle: Lifecycle = Lifecycle()
    """The hooks postStart and preStop, and the signal that ends it."""
    resize_policy: tuple[ResizePolicy, ...] = ()
    """For CPU and memory, whether a changed limit needs a restart; without an entry it needs none."""
    stdin: bool = False
    """Whether standard input is kept open for whoever attaches."""
    stdin_once: bool = False
    """Whether standard input is closed after the first one who attached has left; only with `stdin`."""
    tty: bool = False
    """Whether the first process gets a terminal."""
    restart_policy: RestartPolicy | None = None
    """None: the pod's own. An init container with Always is a sidecar."""
    startup_probe: Probe | None = None
    """Until it has passed the other two are not asked; None: passed from the start."""
    readiness_probe: Probe | None = None
    """Decides whether the container is ready; None: ready once it is started."""
    liveness_probe: Probe | None = None
    """Its failure restarts the container; None: only an exit does."""
    termination_message_path: str = DEFAULT_PATH
    """The file in the container that says why it ended; an absolute path."""
    termination_message_policy: TerminationMessagePolicy = TerminationMessagePolicy.FILE
    """Whether the end of the log stands in for an empty file after a failure."""

    @property
    def pull_policy(self) -> PullPolicy:
        """The policy in force: the written one, or the default that the tag implies."""
        return self.image_pull_policy or default_pull_policy(self.image)


@dataclass(frozen=True, slots=True)
class EmptyDir:
    """A volume that lives and dies with the pod; `size_limit` is in bytes."""

    medium: Medium = Medium.DISK
    size_limit: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """A named volume of the pod (Kubernetes: Volume); exactly one source is set, the others are None."""

    name: str
    """What volume mounts refer to; unique in the pod."""
    empty_dir: EmptyDir | None = None
    """A folder that begins empty and lives as long as the pod, on disk or in memory."""
    host_path: HostPath | None = None
    """A path of the node."""
    config_map: ConfigMapVolume | None = None
    """The keys of a ConfigMap as files."""
    secret: SecretVolume | None = None
    """The keys of a Secret as files."""
    downward_api: DownwardVolume | None = field(default=None, metadata={"json": "downwardAPI"})
    """Fields of the pod and resources of its containers as files."""
    projected: ProjectedVolume | None = None
    """Several of the three above in one folder."""
    persistent_volume_claim: ClaimVolume | None = None
    """A claim of the namespace, which outlives the pod."""
    ephemeral: EphemeralVolume | None = None
    """A claim that is made for this pod and goes with it."""
    nfs: NfsVolume | None = None
    """A folder of an NFS server."""
    image: ImageVolume | None = None
    """The files of an image, read-only."""

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
    """The containers of a pod and everything about how they run (Kubernetes: PodSpec)."""

    containers: tuple[Container, ...]
    """The main containers, at least one; they run side by side."""
    volumes: tuple[Volume, ...] = ()
    """At most `MOST_VOLUMES`."""
    restart_policy: RestartPolicy = RestartPolicy.ALWAYS
    """For containers that do not have their own; see `restart_policy_of`."""
    termination_grace_period_seconds: int = DEFAULT_GRACE
    """Seconds between the order to end and KILL, preStop hooks included."""
    hostname: str = ""
    """The name that the containers see; "": the pod's name."""
    subdomain: str = ""
    """The domain below the namespace's under which others find the pod by its hostname; "": none."""
    set_hostname_as_fqdn: bool = field(default=False, metadata={"json": "setHostnameAsFQDN"})
    """Whether the containers see the full name, domain included, as their hostname."""
    host_aliases: tuple[HostAlias, ...] = ()
    """Further lines for /etc/hosts."""
    dns_policy: DnsPolicy = DnsPolicy.CLUSTER_FIRST
    """Where the resolver's servers and search domains come from."""
    dns_config: DnsConfig = DnsConfig()
    """Servers, search domains and options beside those of the policy."""
    security_context: PodSecurityContext = PodSecurityContext()
    """Rights of all containers, and what they share."""
    host_network: bool = False
    """Whether the pod is on the node's own network; every container port is then a port of the node."""
    host_pid: bool = field(default=False, metadata={"json": "hostPID"})
    """Whether the containers see the processes of the node."""
    host_ipc: bool = field(default=False, metadata={"json": "hostIPC"})
    """Whether the containers share the node's IPC namespace; without it, each other's."""
    share_process_namespace: bool = False
    """Whether the containers see each other's processes."""
    service_account_name: str = ""
    """Only shown to the pod (downward API): there is no API server to log in to."""
    init_containers: tuple[Container, ...] = ()
    """Each ends with success before the next begins; those with restart policy Always are sidecars and stay."""
    active_deadline_seconds: int | None = None
    """Seconds from the pod's start after which it is ended as failed; None: never."""
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    """Secrets of the namespace with logins for registries."""
    node_name: str = ""
    """The only node that the pod may be on; "": any."""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    """Labels that the node must have."""
    affinity: Affinity = NO_AFFINITY
    """Nodes and pods that the pod wants to be near to, or far from."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints of the node that the pod puts up with."""
    topology_spread_constraints: tuple[SpreadConstraint, ...] = ()
    """How evenly pods like this are to be spread."""
    priority_class_name: str = ""
    """As written; `priority` is settled from it. "": the default class, if there is one."""
    priority: int | None = None
    """The higher number is placed first and evicted last; None: 0, unless a class says otherwise."""
    preemption_policy: PreemptionPolicy | None = None
    """Whether pods of lower priority are ended to make room; None: as its class says, else they are."""
    os: PodOS | None = None
    """The system that the containers are for, which has to be the node's; None: any."""

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Init containers, sidecars and the others, in the order in which they start."""
        return (*self.init_containers, *self.containers)

    @property
    def images(self) -> frozenset[str]:
        """Images of its containers and of its image volumes."""
        mounted = {volume.image.reference for volume in self.volumes if volume.image}
        return frozenset(mounted | {container.image for container in self.all_containers})

    @property
    def sidecars(self) -> tuple[Container, ...]:
        """Init containers that stay (Kubernetes: "Sidecar Containers"), in the order in which they start."""
        return tuple(each for each in self.init_containers if each.restart_policy is RestartPolicy.ALWAYS)

    def message_file_of(self, container: str, attempt: int) -> MessageFile:
        """The file of a container's attempt for its termination message."""
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
    """The template of pods; of its metadata only labels and annotations count."""

    spec: PodSpec
    metadata: ObjectMeta = ObjectMeta()
