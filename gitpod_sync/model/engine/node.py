"""The node that pods are placed on. One machine has one; the scheduler takes it as an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.pods.requests import CPU, MEMORY, PODS, STORAGE, Amounts
from gitpod_sync.model.scheduling.taints import Taint

HOSTNAME, OS, ARCHITECTURE = "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"
MOST_PODS = 110
"""The kubelet's own default (maxPods)."""


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """The configuration of the node: its labels and taints, what is kept from pods, and what cannot be seen.

    `reserved` and `devices` (extended resources, as `nvidia.com/gpu`) are in the units of `model.requests`.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    reserved: Amounts = field(default_factory=dict)
    devices: Amounts = field(default_factory=dict)
    pods: int = MOST_PODS


@dataclass(frozen=True, slots=True)
class Node:
    """A machine as pods see it. A condition that keeps pods off it (pressure, maintenance) is one of its `taints`."""

    name: str
    """Its host name, or what the configuration calls it."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What node selectors and affinities go by; the well-known ones of Kubernetes included."""
    taints: tuple[Taint, ...] = ()
    """What pods have to tolerate to come, or to stay."""
    capacity: Amounts = field(default_factory=dict)
    """What the machine has, by resource. A resource that is in neither of the two is not counted."""
    allocatable: Amounts = field(default_factory=dict)
    """What pods may ask for, by resource."""
    os: str = "linux"
    """The operating system in Go's word."""
    drained: bool = False
    """It is being emptied, or is kept empty, of all but the pods of DaemonSets."""


NO_NODE = Node("")


def memory_for_pods(machine: ObservedNode, settings: NodeSettings) -> int:
    """Bytes of memory that pods may have on it; 0 when that is not known."""
    return compute_node(machine, settings).allocatable.get(MEMORY, 0)


def compute_node(machine: ObservedNode, settings: NodeSettings) -> Node:
    """The machine with the configuration's labels, taints and reserves.

    Source of the rules: Kubernetes, "Reserve Compute Resources for System Daemons": allocatable = capacity − reserve.
    The labels that every node has cannot be given otherwise.
    """
    seen = {CPU: machine.cpus * 1000, MEMORY: machine.memory, STORAGE: machine.storage}
    capacity = {**{name: amount for name, amount in seen.items() if amount}, **settings.devices, PODS: settings.pods}
    own = {HOSTNAME: machine.name, OS: machine.os, ARCHITECTURE: machine.architecture}
    return Node(
        machine.name,
        {**settings.labels, **{label: value for label, value in own.items() if value}},
        settings.taints,
        capacity,
        {name: max(0, amount - settings.reserved.get(name, 0)) for name, amount in capacity.items()},
        machine.os,
    )
