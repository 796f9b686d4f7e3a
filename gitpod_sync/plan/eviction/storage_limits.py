"""Whether a pod has more on the node's disk than it may.

Source of the rules and words: Kubernetes, "Local ephemeral storage", and pkg/kubelet/eviction: first each emptyDir
against its sizeLimit, then the pod against the sum of its containers' limits (what containers have written, their logs
and the emptyDirs), then each container against its own limit (what it has written, and its log).
"""

from collections.abc import Iterator
from itertools import chain

from gitpod_sync.model.pods.pod import Medium, PodSpec
from gitpod_sync.model.records.pressure import PodUse

_STORAGE = "ephemeral-storage"


def has_storage_limits(spec: PodSpec) -> bool:
    """Whether there is anything that the pod's use of the disk has to be held against."""
    return any(_limited_volumes(spec)) or any(_STORAGE in each.resources.limits for each in spec.all_containers)


def find_excess(spec: PodSpec, use: PodUse) -> str:
    """What the pod has too much of, in the kubelet's words; "" when nothing."""
    return next(chain(_volumes(spec, use), _pod(spec, use), _containers(spec, use)), "")


def _limited_volumes(spec: PodSpec) -> Iterator[tuple[str, str, int]]:
    """Names of emptyDirs on the disk with their limits, as written and in bytes. The kernel minds those in memory."""
    for volume in spec.volumes:
        source = volume.empty_dir
        if source and source.medium is Medium.DISK and source.size_limit and source.size_limit.units:
            yield volume.name, source.size_limit.text, source.size_limit.units


def _volumes(spec: PodSpec, use: PodUse) -> Iterator[str]:
    for name, text, limit in _limited_volumes(spec):
        if use.volumes.get(name, 0) > limit:
            yield f'Usage of EmptyDir volume "{name}" exceeds the limit "{text}". '


def _pod(spec: PodSpec, use: PodUse) -> Iterator[str]:
    limits = [each.resources.limits[_STORAGE] for each in spec.containers if _STORAGE in each.resources.limits]
    total = sum(each.units for each in limits)
    if limits and use.storage > total:
        text = limits[0].text if len(limits) == 1 else render_bytes(total)
        yield f"Pod ephemeral local storage usage exceeds the total limit of containers {text}. "


def _containers(spec: PodSpec, use: PodUse) -> Iterator[str]:
    for each in spec.all_containers:
        limit = each.resources.limits.get(_STORAGE)
        if limit and use.written.get(each.name, 0) > limit.units:
            yield f'Container {each.name} exceeded its local ephemeral storage limit "{limit.text}". '


def render_bytes(amount: int) -> str:
    """`104857600` as `100Mi`: the largest unit in which it is a whole number, as Kubernetes writes quantities."""
    for unit in ("", "Ki", "Mi", "Gi"):
        if amount % 1024 or not amount:
            return f"{amount}{unit}"
        amount //= 1024
    return f"{amount}Ti"
