"""One look at the node: how much is left; and which pods use it, when too little is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.engines.node import NodeReader
from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Medium
from gitpod_sync.model.records.pressure import (
    EvictionSettings,
    NodeCondition,
    NodeLook,
    PodUse,
    Pressure,
    condition_of,
    take_in,
)
from gitpod_sync.plan.eviction.storage_limits import has_storage_limits


def take_look(
    reader: NodeReader,
    pods: Sequence[PodState],
    before: Pressure,
    settings: EvictionSettings,
    now: float,
    *,
    with_limits: bool,
) -> tuple[Pressure, str]:
    """The node's pressure now, and in one line why not all of it is known ("" when it is).

    `with_limits` also measures pods whose use of the disk is limited. Raises `EngineError`.
    """
    levels = reader.read_levels()
    pressure = take_in(before, NodeLook(now, levels.levels), settings)
    due = condition_of(pressure.due.threshold.signal) if pressure.due else None
    present = [state.pod for state in pods if not state.pod.ending and not state.pod.evicted]
    on_disk = present if due is NodeCondition.DISK else [each for each in present if with_limits and _is_limited(each)]
    look = replace(
        pressure.look,
        uses=_uses(reader, present if due is NodeCondition.MEMORY else (), on_disk),
        images=reader.read_stored_images() if due is NodeCondition.DISK else (),
    )
    return replace(pressure, look=look), levels.unwatched


def _is_limited(pod: ObservedPod) -> bool:
    return has_storage_limits(pod.template.spec)


def _uses(reader: NodeReader, in_memory: Sequence[ObservedPod], on_disk: Sequence[ObservedPod]) -> dict[str, PodUse]:
    running = [each.id for pod in in_memory for each in pod.containers if each.alive]
    memory = {each: use.memory for each, use in reader.read_uses(running).items()} if running else {}
    uses = {pod.identity.uid: PodUse(memory=_by_name(pod, memory)) for pod in in_memory}
    if on_disk:
        containers = [each.id for pod in on_disk for each in pod.containers]
        volumes = [volume for pod in on_disk for volume, _ in _disk_volumes(pod)]
        storage = reader.read_storage_use(containers, volumes)
        for pod in on_disk:
            sizes = {name: storage.volumes.get(volume, 0) for volume, name in _disk_volumes(pod)}
            known = uses.get(pod.identity.uid, PodUse())
            uses[pod.identity.uid] = replace(known, written=_by_name(pod, storage.containers), volumes=sizes)
    return uses


def _by_name(pod: ObservedPod, found: Mapping[str, int]) -> dict[str, int]:
    """Sums over the attempts of each container: ended attempts have written, too."""
    attempts = {name: [each.id for each in ids if each.id in found] for name, ids in pod.attempts.items()}
    return {name: sum(found[each] for each in ids) for name, ids in sorted(attempts.items()) if ids}


def _disk_volumes(pod: ObservedPod) -> Iterable[tuple[str, str]]:
    """The pod's volumes that lie on the node's disk and count as its own: as the engine calls them, and the pod."""
    own = {
        volume.name
        for volume in pod.identity.template.spec.volumes
        if volume.empty_dir and volume.empty_dir.medium is Medium.DISK
    }
    for volume in pod.volumes:
        name = volume.labels.get(labels.VOLUME, "")
        if name in own:
            yield volume.name, name
