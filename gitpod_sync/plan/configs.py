"""A pod's template to what is asked of the engine for its sandbox and its containers."""

from gitpod_sync.model import labels
from gitpod_sync.model.codec import canonical
from gitpod_sync.model.container import (
    CPU_PERIOD,
    UNLIMITED_MEMORY,
    ContainerConfig,
    Limits,
    Mount,
    MountKind,
    PublishedPort,
)
from gitpod_sync.model.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.paths import cleaned
from gitpod_sync.model.pod import Container, Medium, PodSpec, Resources, Volume
from gitpod_sync.model.pods import PodIdentity
from gitpod_sync.plan.expansion import compute_environment, expand

LEAST_CPU_SHARES = 2
SANDBOX_LIMITS = Limits()
"""A sandbox does nothing that would have to be limited."""

MOST_CPU_SHARES = 262_144
MOST_CPU_QUOTA = 2**44 - 1
"""Microseconds; the kernel takes no longer ones."""

SHARES_PER_CPU = 1024
LONGEST_HOSTNAME = 63


def compute_sandbox_config(identity: PodIdentity, instance: Instance) -> ContainerConfig:
    """The sandbox holds the pod's network, its host name, its published ports and its volumes.

    It is the record of the pod too: its labels say all that is needed to mend the pod.
    """
    spec = identity.template.spec
    return ContainerConfig(
        image=SANDBOX_IMAGE,
        network=instance.network,
        hostname=(spec.hostname or identity.name)[:LONGEST_HOSTNAME].rstrip("-."),
        labels={
            **identity.template.metadata.labels,
            **_identity_labels(identity, instance),
            labels.TEMPLATE_HASH: identity.template_hash,
            labels.TEMPLATE: canonical(identity.template),
            labels.COMMIT: identity.commit,
        },
        mounts=tuple(
            sorted(
                _mount(identity, instance, volume, target=f"/volumes/{volume.name}")
                for volume in spec.volumes
                if volume.empty_dir
            )
        ),
        ports=published_ports(spec),
        limits=SANDBOX_LIMITS,
        hardened=True,
    )


def compute_container_config(
    identity: PodIdentity, container: Container, instance: Instance, *, sandbox: str, attempt: int, backoff: int
) -> ContainerConfig:
    """One attempt of one container; it shares the network namespace of `sandbox` (an id, or a name yet to be made)."""
    environment = compute_environment(container.env)
    volumes = {volume.name: volume for volume in identity.template.spec.volumes}
    return ContainerConfig(
        image=container.image,
        network=f"container:{sandbox}",
        entrypoint=_entrypoint(_expanded(container.command, environment)),
        command=_expanded(container.args, environment),
        env=environment,
        working_dir=cleaned(container.working_dir),
        labels={
            **identity.template.metadata.labels,
            **_identity_labels(identity, instance),
            labels.CONTAINER: container.name,
            labels.ATTEMPT: str(attempt),
            labels.BACKOFF: str(backoff),
            labels.GRACE: str(identity.template.spec.termination_grace_period_seconds),
        },
        mounts=tuple(
            sorted(
                _mount(identity, instance, volumes[mount.name], target=mount.mount_path, read_only=mount.read_only)
                for mount in container.volume_mounts
            )
        ),
        limits=compute_limits(container.resources),
    )


def published_ports(spec: PodSpec) -> tuple[PublishedPort, ...]:
    """The ports of all containers that ask for a port of the node."""
    return tuple(
        sorted(
            PublishedPort(port.container_port, port.protocol, port.host_port, port.host_ip)
            for container in spec.containers
            for port in container.ports
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


def _identity_labels(identity: PodIdentity, instance: Instance) -> dict[str, str]:
    return {
        labels.INSTANCE: instance.name,
        labels.NAMESPACE: identity.namespace,
        labels.POD: identity.name,
        labels.UID: identity.uid,
        labels.OWNER: f"{identity.owner.kind}/{identity.owner.name}",
    }


def _mount(identity: PodIdentity, instance: Instance, volume: Volume, *, target: str, read_only: bool = False) -> Mount:
    if volume.host_path:
        return Mount(target, MountKind.BIND, volume.host_path.path, read_only)
    return Mount(
        target,
        MountKind.VOLUME,
        instance.volume_name(identity.uid, volume.name),
        read_only,
        in_memory=volume.empty_dir is not None and volume.empty_dir.medium is Medium.MEMORY,
        volume_labels=(*sorted(_identity_labels(identity, instance).items()), (labels.VOLUME, volume.name)),
    )


def _entrypoint(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
    # One empty word takes the image's ENTRYPOINT away, on Docker as in Kubernetes on Docker (cri-dockerd).
    return () if words == ("",) else words


def _expanded(words: tuple[str, ...] | None, environment: dict[str, str]) -> tuple[str, ...] | None:
    # An empty list means the image's own, as in Kubernetes.
    return tuple(expand(word, environment) for word in words) if words else None
