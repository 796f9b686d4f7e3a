"""A v1 Node: what the machine has, what pods may ask for, and how it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.engines.node import NodeAbout
from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.engine.node import ARCHITECTURE, Node
from gitpod_sync.model.pods.requests import MEMORY, STORAGE, Amounts, written
from gitpod_sync.model.records.pressure import NodeCondition, Pressure, condition_of
from gitpod_sync.model.scheduling.taints import UNSCHEDULABLE
from gitpod_sync.model.workloads.local_time import render_rfc3339

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeItem:
    """A node as listed."""

    node: Node
    """As pods see it."""
    about: NodeAbout
    """What runs on the machine."""
    pressure: Pressure
    """What the node is short of."""
    unwatched: str
    """Why not everything is known of how much is left; "" when it is."""
    pods: Sequence[PodState]
    """All on it."""
    began_at: float | None = None
    """Since when the instance has been on it, in seconds since the epoch; None: there is nothing of it."""

    @property
    def name(self) -> str:
        """The node's name."""
        return self.node.name

    @property
    def residents(self) -> tuple[PodState, ...]:
        """The pods that hold resources of the node: all that are not over."""
        return tuple(state for state in self.pods if state.outcome is None and not state.pod.vacated)


def _creation(item: NodeItem) -> Json:
    return {} if item.began_at is None else {"creationTimestamp": render_rfc3339(item.began_at)}


def node_object(item: NodeItem) -> Json:
    """The object, in the words of Kubernetes."""
    node, about = item.node, item.about
    spec: Json = {"unschedulable": True} if _is_cordoned(node) else {}
    if node.taints:
        spec["taints"] = [encode(each) for each in node.taints]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": dict(sorted(node.labels.items())), **_creation(item)},
        "spec": spec,
        "status": {
            "capacity": _amounts(node.capacity),
            "allocatable": _amounts(node.allocatable),
            "conditions": [*(_pressure_condition(item, each) for each in NodeCondition), _READY],
            "nodeInfo": {
                "architecture": node.labels.get(ARCHITECTURE, about.architecture),
                "containerRuntimeVersion": about.runtime,
                "kernelVersion": about.kernel,
                "kubeletVersion": about.runtime.rpartition("//")[2],
                "operatingSystem": about.operating_system,
                "osImage": about.os_image,
            },
        },
    }


def _is_cordoned(node: Node) -> bool:
    return any(each.key == UNSCHEDULABLE for each in node.taints)


def _amounts(amounts: Amounts) -> Json:
    """CPUs, kibibytes, pieces, as a kubelet writes them."""
    return {
        name: f"{amount // 1024}Ki" if name in {MEMORY, STORAGE} else written(name, amount)
        for name, amount in sorted(amounts.items())
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
        found["lastTransitionTime"] = render_rfc3339(held.since)
    return found
