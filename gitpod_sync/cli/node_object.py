"""A v1 Node: what the machine has, what pods may ask for, and how it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from gitpod_sync.cli.moments import render_moment
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.engines.node import NodeAbout
from gitpod_sync.model.codec import Json
from gitpod_sync.model.observed import ObservedNode
from gitpod_sync.model.pressure import NodeCondition, Pressure, Signal, condition_of

_WORDS = {
    NodeCondition.MEMORY: (
        ("KubeletHasSufficientMemory", "the node has sufficient memory available"),
        ("KubeletHasInsufficientMemory", "the node has insufficient memory available"),
    ),
    NodeCondition.DISK: (
        ("KubeletHasNoDiskPressure", "the node has no disk pressure"),
        ("KubeletHasDiskPressure", "the node has disk pressure"),
    ),
}
"""Kubernetes' reasons, with their messages: while it is well, and while it is not."""


@dataclass(frozen=True, slots=True)
class NodeItem:
    """A node as listed. `unwatched` says why not everything is known of how much is left ("" when it is)."""

    machine: ObservedNode
    about: NodeAbout
    pressure: Pressure
    unwatched: str
    pods: Sequence[PodState]

    @property
    def name(self) -> str:
        """The node's name."""
        return self.machine.name

    @property
    def residents(self) -> tuple[PodState, ...]:
        """The pods that hold something of the node."""
        return tuple(state for state in self.pods if not state.pod.vacated)


def node_object(item: NodeItem) -> Json:
    """The object, in the words of Kubernetes."""
    capacity: Json = {"cpu": str(item.machine.cpus), "memory": f"{item.machine.memory // 1024}Ki"}
    disk = item.pressure.look.levels.get(Signal.NODEFS_AVAILABLE)
    if disk:
        capacity["ephemeral-storage"] = f"{disk.capacity // 1024}Ki"
    about = item.about
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": item.name,
            "labels": {
                "kubernetes.io/arch": about.architecture,
                "kubernetes.io/hostname": item.name,
                "kubernetes.io/os": about.operating_system,
            },
        },
        "status": {
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": [*(_pressure_condition(item, each) for each in NodeCondition), _READY],
            "nodeInfo": {
                "architecture": about.architecture,
                "containerRuntimeVersion": about.runtime,
                "kernelVersion": about.kernel,
                "kubeletVersion": about.runtime.rpartition("//")[2],
                "operatingSystem": about.operating_system,
                "osImage": about.os_image,
            },
        },
    }


_READY: Json = {"type": "Ready", "status": "True", "reason": "EngineReady", "message": "the engine answers"}


def _pressure_condition(item: NodeItem, condition: NodeCondition) -> Json:
    held = item.pressure.conditions.get(condition)
    if held is None and not any(condition_of(signal) is condition for signal in item.pressure.look.levels):
        message = item.unwatched or "it was not looked at"
        return {"type": condition.value, "status": "Unknown", "reason": "NodeStatusUnknown", "message": message}
    reason, message = _WORDS[condition][held is not None]
    found: Json = {"type": condition.value, "status": str(held is not None), "reason": reason, "message": message}
    if held:
        found["lastTransitionTime"] = render_moment(held.since)
    return found
