"""A pod's template to what is asked of the engine for its sandbox and its containers."""

from collections.abc import Mapping
from dataclasses import replace

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.base.paths import cleaned
from gitpod_sync.model.engine.container import (
    CPU_PERIOD,
    HOST_NETWORK,
    UNLIMITED_MEMORY,
    ContainerConfig,
    Limits,
    LogRotation,
    Mount,
    MountKind,
    PublishedPort,
    Sharing,
    Terminal,
)
from gitpod_sync.model.engine.node import memory_for_pods
from gitpod_sync.model.engine.observed import ImageInfo, ObservedNode
from gitpod_sync.model.engine.pods import PodIdentity, identity_labels
from gitpod_sync.model.pods.claims import ClaimVolume
from gitpod_sync.model.pods.hashing import template_text
from gitpod_sync.model.pods.host_path import HostPathType
from gitpod_sync.model.pods.pod import GPU, Container, Medium, MountPropagation, PodSpec, Resources, Volume, VolumeMount
from gitpod_sync.model.pods.privileges import HARDENED, SHARING
from gitpod_sync.model.pods.qos import SANDBOX_SCORE, compute_oom_score_adj
from gitpod_sync.model.pods.requests import compute_memory_limit
from gitpod_sync.model.pods.sysctls import normalized_sysctl
from gitpod_sync.model.settings import LogSettings, Settings
from gitpod_sync.plan.config.dns import compute_domain, compute_hostname, compute_hosts, compute_resolver
from gitpod_sync.plan.config.environment import Environment
from gitpod_sync.plan.config.privileges import compute_privileges, compute_user
from gitpod_sync.plan.config.sub_paths import compute_sub_path
from gitpod_sync.plan.config.termination_messages import message_mounts, messages_mounts
from gitpod_sync.plan.config.variable_expansion import expand_words

LEAST_CPU_SHARES = 2
SANDBOX_LIMITS = Limits()
"""A sandbox does nothing that would have to be limited."""

MOST_CPU_SHARES = 262_144
MOST_CPU_QUOTA = 2**44 - 1
"""Microseconds; the kernel takes no longer ones."""

SHARES_PER_CPU = 1024
LONGEST_STOP = 2**31 - 1
"""Seconds; an engine counts them in nanoseconds, of which more do not fit."""

JSON_FILE = "json-file"
"""The engine's driver that lets logs grow for ever unless it is told how far."""

_PROPAGATIONS = {
    MountPropagation.NONE: "",
    MountPropagation.HOST_TO_CONTAINER: "rslave",
    MountPropagation.BIDIRECTIONAL: "rshared",
}
"""Kubernetes' words in the kernel's (Kubernetes: "Volumes", mount propagation)."""


def compute_sandbox_config(identity: PodIdentity, instance: Instance, *, most_memory: int = 0) -> ContainerConfig:
    """The sandbox holds what the pod's containers share: network, names, published ports, IPC, and the volumes.

    It is the record of the pod too: its labels say all that is needed to mend the pod. `most_memory` is how many bytes
    pods may have on the node (0: that is not known).
    """
    spec = identity.template.spec
    return ContainerConfig(
        image=SANDBOX_IMAGE,
        network=sandbox_network(spec, instance),
        hostname=compute_hostname(identity),
        domain=compute_domain(identity),
        hosts=compute_hosts(spec),
        resolver=compute_resolver(spec),
        ipc=Sharing.NODE if spec.host_ipc else Sharing.SHAREABLE,
        uts=_uts_sharing(spec),
        sysctls={normalized_sysctl(each.name): each.value for each in spec.security_context.sysctls},
        privileges=SHARING if _shares_claims(spec) else HARDENED,
        labels={
            **identity.template.metadata.labels,
            **identity_labels(identity, instance),
            labels.TEMPLATE_HASH: identity.template_hash,
            labels.TEMPLATE: template_text(identity.template),
            labels.COMMIT: identity.commit,
            **({labels.PRIORITY: str(identity.priority)} if identity.priority else {}),
        },
        mounts=tuple(
            sorted(
                (
                    *messages_mounts(identity, instance),
                    *(
                        replace(
                            _mount(identity, instance, volume, target=sandbox_path(spec, volume)),
                            copied=not volume.host_path and not volume.nfs and not _is_in_memory(volume),
                            size=_size_in_memory(spec, volume, most_memory),
                        )
                        for volume in spec.volumes
                        if not volume.image and (not volume.host_path or _is_mounted_in_parts(spec, volume))
                    ),
                )
            )
        ),
        # On the node's own network there is nothing to publish.
        ports=() if spec.host_network else published_ports(spec),
        limits=SANDBOX_LIMITS,
        oom_score_adj=SANDBOX_SCORE,
    )


def compute_container_config(
    identity: PodIdentity,
    container: Container,
    instance: Instance,
    *,
    sandbox: str,
    attempt: int,
    backoff: int,
    environment: Environment,
    image: ImageInfo | None,
    node: ObservedNode,
    settings: Settings,
) -> ContainerConfig:
    """One attempt of one container; it shares the network namespace of `sandbox` (an id, or a name yet to be made).

    `image` is the one that it is made from (None: not known), `node` the machine that it is to run on.
    """
    spec, security = identity.template.spec, container.security_context
    volumes = {volume.name: volume for volume in spec.volumes}
    most_memory = memory_for_pods(node, settings.node)
    return ContainerConfig(
        image=container.image,
        network=f"container:{sandbox}",
        entrypoint=_entrypoint(_expanded(container.command, environment.variables)),
        command=_expanded(container.args, environment.variables),
        env=environment.variables,
        working_dir=cleaned(container.working_dir),
        user=compute_user(spec.security_context, security, image),
        stop_signal=container.lifecycle.stop_signal,
        stop_timeout=min(spec.termination_grace_period_seconds, LONGEST_STOP),
        terminal=Terminal(container.stdin, container.stdin and container.stdin_once, container.tty),
        pid=_pid_sharing(spec),
        ipc=Sharing.NODE if spec.host_ipc else Sharing.JOINED,
        uts=_uts_sharing(spec),
        privileges=compute_privileges(spec.security_context, security),
        labels={
            **identity.template.metadata.labels,
            **identity_labels(identity, instance),
            labels.CONTAINER: container.name,
            labels.ATTEMPT: str(attempt),
            labels.BACKOFF: str(backoff),
            labels.GRACE: str(identity.template.spec.termination_grace_period_seconds),
            **environment.labels,
        },
        mounts=tuple(
            sorted(
                (
                    *message_mounts(identity, instance, container, attempt),
                    *(
                        replace(
                            _container_mount(identity, instance, volumes[mount.name], mount, environment),
                            size=_size_in_memory(spec, volumes[mount.name], most_memory),
                        )
                        for mount in container.volume_mounts
                    ),
                )
            )
        ),
        limits=replace(compute_limits(container.resources), pids=settings.pids_limit),
        gpus=container.resources.limits[GPU].units if GPU in container.resources.limits else 0,
        oom_score_adj=compute_oom_score_adj(spec, container, node.memory),
        log=compute_log_rotation(settings.logs, node),
    )


def sandbox_path(spec: PodSpec, volume: Volume) -> str:
    """Where a sandbox has a volume mounted. Its image has these folders, open to all, for new volumes to be like."""
    return f"/volumes/{spec.volumes.index(volume)}"


def is_read_only(volume: Volume) -> bool:
    """Whether no container may write into the volume, whatever its mount says."""
    if volume.persistent_volume_claim:
        return volume.persistent_volume_claim.read_only
    if volume.image:
        return True
    return volume.is_written or (volume.nfs is not None and volume.nfs.read_only)


def sandbox_network(spec: PodSpec, instance: Instance) -> str:
    """The network that the pod has its address on."""
    return HOST_NETWORK if spec.host_network else instance.network


def published_ports(spec: PodSpec) -> tuple[PublishedPort, ...]:
    """The ports of all containers that ask for a port of the node."""
    return tuple(
        sorted(
            PublishedPort(port.container_port, port.protocol, port.host_port, port.host_ip)
            for port in spec.ports
            if port.host_port
        )
    )


def compute_limits(resources: Resources) -> Limits:
    """Limits and requests in the kernel's units.

    Source of the numbers: Kubernetes, "Resource Management for Pods and Containers": a quota of limit × period,
    shares of 1024 a CPU, at least 2 and at most 262144; a request that is not given equals the limit. More memory than
    any machine has is no limit.
    """
    memory, cpu_limit = resources.limits.get("memory"), resources.limits.get("cpu")
    cpu_request = resources.requests.get("cpu", cpu_limit)
    return Limits(
        memory=memory.units if memory and memory.units < UNLIMITED_MEMORY else 0,
        cpu_quota=min(max(1000, cpu_limit.milli * CPU_PERIOD // 1000), MOST_CPU_QUOTA)
        if cpu_limit and cpu_limit.milli
        else 0,
        cpu_shares=min(max(LEAST_CPU_SHARES, cpu_request.milli * SHARES_PER_CPU // 1000), MOST_CPU_SHARES)
        if cpu_request
        else LEAST_CPU_SHARES,
    )


def compute_log_rotation(settings: LogSettings, node: ObservedNode) -> LogRotation | None:
    """None where nothing is asked for, or where whoever set up the engine has chosen another driver."""
    chosen = settings.max_size and node.features.log_driver == JSON_FILE
    return LogRotation(settings.max_size, settings.max_files) if chosen else None


def _uts_sharing(spec: PodSpec) -> Sharing:
    """As with the CRI: on the node's network, host and domain names are the node's own, to be read and to be set."""
    return Sharing.NODE if spec.host_network else Sharing.PRIVATE


def _pid_sharing(spec: PodSpec) -> Sharing:
    if spec.host_pid:
        return Sharing.NODE
    return Sharing.JOINED if spec.share_process_namespace else Sharing.PRIVATE


def _container_mount(
    identity: PodIdentity, instance: Instance, volume: Volume, mount: VolumeMount, environment: Environment
) -> Mount:
    read_only = mount.read_only or is_read_only(volume)
    found = _mount(identity, instance, volume, target=mount.target, read_only=read_only)
    inner = compute_sub_path(volume, mount, environment.variables)
    if inner and found.kind is MountKind.BIND:
        found = replace(found, source=f"{found.source.rstrip('/')}/{inner}")
    elif inner:
        # The sandbox holds the volume as a whole, and has said how it is made.
        found = replace(found, sub_path=inner, in_memory=False, size=0, group=0)
    return replace(found, propagation=_PROPAGATIONS[mount.mount_propagation])


def _mount(identity: PodIdentity, instance: Instance, volume: Volume, *, target: str, read_only: bool = False) -> Mount:
    if volume.host_path:
        checked = volume.host_path.type is not HostPathType.ANY
        return Mount(target, MountKind.BIND, volume.host_path.path, read_only, must_exist=checked)
    if volume.image:
        return Mount(target, MountKind.IMAGE, volume.image.reference, read_only=True)
    if volume.persistent_volume_claim:
        return _claim_mount(identity, instance, volume.persistent_volume_claim, target=target, read_only=read_only)
    return Mount(
        target,
        MountKind.VOLUME,
        instance.volume_name(identity.uid, volume.name),
        read_only,
        in_memory=_is_in_memory(volume),
        nfs=f"{volume.nfs.server}:{volume.nfs.path}" if volume.nfs else "",
        group=(identity.template.spec.security_context.fs_group or 0) if _is_in_memory(volume) else 0,
        volume_labels=(*sorted(identity_labels(identity, instance).items()), (labels.VOLUME, volume.name)),
    )


def _entrypoint(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
    # One empty word takes the image's ENTRYPOINT away, on Docker as in Kubernetes on Docker (cri-dockerd).
    return () if words == ("",) else words


def _claim_mount(
    identity: PodIdentity, instance: Instance, claim: ClaimVolume, *, target: str, read_only: bool
) -> Mount:
    return Mount(
        target,
        MountKind.VOLUME,
        instance.claim_volume_name(identity.namespace, claim.claim_name),
        read_only,
        volume_labels=(
            (labels.INSTANCE, instance.name),
            (labels.NAMESPACE, identity.namespace),
            (labels.CLAIM, claim.claim_name),
        ),
    )


def _shares_claims(spec: PodSpec) -> bool:
    """Whether files that others made have to be given to the pod's group."""
    claims = any(volume.persistent_volume_claim for volume in spec.volumes)
    return claims and spec.security_context.fs_group is not None


def _is_mounted_in_parts(spec: PodSpec, volume: Volume) -> bool:
    """Whether a container mounts only a part of it, which has to be looked at through the sandbox first."""
    mounts = (mount for container in spec.all_containers for mount in container.volume_mounts)
    return any(mount.name == volume.name and (mount.sub_path or mount.sub_path_expr) for mount in mounts)


def _is_in_memory(volume: Volume) -> bool:
    """Secrets never come to rest on a disk."""
    if volume.empty_dir:
        return volume.empty_dir.medium is Medium.MEMORY
    return volume.secret is not None or (volume.projected is not None and volume.projected.has_secret)


def _size_in_memory(spec: PodSpec, volume: Volume, most_memory: int) -> int:
    """What the kernel holds a volume in memory to; one on the disk is looked at from time to time.

    It is never more than the containers of the pod may have, or all pods of the node (Kubernetes: EmptyDirVolumeSource,
    sizeLimit; "Volumes", emptyDir).
    """
    if not volume.empty_dir or not _is_in_memory(volume):
        return 0
    own, limit = volume.empty_dir.size_limit, compute_memory_limit(spec)
    return min((size for size in (own.units if own else 0, limit, most_memory) if size), default=0)


def _expanded(words: tuple[str, ...] | None, environment: Mapping[str, str]) -> tuple[str, ...] | None:
    # An empty list means the image's own, as in Kubernetes.
    return expand_words(words, environment) if words else None
