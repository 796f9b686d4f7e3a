"""Host names and DNS of a pod.

Source of the meanings: Kubernetes, "DNS for Services and Pods" and "Adding entries to Pod /etc/hosts with HostAliases".
"""

from dataclasses import dataclass
from enum import StrEnum

CLUSTER_DOMAIN = "cluster.local"
"""Kubernetes' default, below which the names of pods and Services lie."""


class DnsPolicy(StrEnum):
    """Whom the pod asks for names. All but None ask the engine's resolver, which asks the node's."""

    CLUSTER_FIRST = "ClusterFirst"
    CLUSTER_FIRST_WITH_HOST_NET = "ClusterFirstWithHostNet"
    DEFAULT = "Default"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class HostAlias:
    """Further names for an address, in the pod's /etc/hosts."""

    ip: str
    hostnames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DnsOption:
    """An option of resolv.conf: `ndots:2` has a value, `edns0` has none."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class DnsConfig:
    """Lines of the pod's resolv.conf."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[DnsOption, ...] = ()
