"""Kernel parameters that belong to a namespace, and so can belong to a pod.

Source of the rules: Kubernetes, "Using sysctls in a Kubernetes Cluster"; sysctl.d(5) for the two ways to write a name.
"""

from enum import StrEnum

_IPC = ("kernel.shm", "kernel.msg", "fs.mqueue.")
_SEMAPHORES = "kernel.sem"
_NETWORK = "net."


class SysctlNamespace(StrEnum):
    """The namespace that a parameter belongs to."""

    IPC = "IPC"
    NETWORK = "network"


def normalized_sysctl(written: str) -> str:
    """With dots between its parts: `net/ipv4/conf/eth0.1/x` means `net.ipv4.conf.eth0/1.x`."""
    first = next((mark for mark in written if mark in "./"), ".")
    return written if first == "." else written.translate(str.maketrans("./", "/."))


def namespace_of(written: str) -> SysctlNamespace | None:
    """The parameter's namespace; None for a parameter that belongs to the node as a whole."""
    name = normalized_sysctl(written)
    if name.startswith(_NETWORK):
        return SysctlNamespace.NETWORK
    return SysctlNamespace.IPC if name.startswith(_IPC) or name == _SEMAPHORES else None
