"""What a pod is called, and whom it asks for names: from its spec to the sandbox that holds /etc/hosts and resolv.conf.

Source of the rules: Kubernetes, "DNS for Services and Pods", pod's hostname and subdomain fields, setHostnameAsFQDN.
"""

from gitpod_sync.model.engine.container import Resolver
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.dns import CLUSTER_DOMAIN, DnsPolicy
from gitpod_sync.model.pods.pod import PodSpec

LONGEST_LABEL = 63
LONGEST_HOSTNAME = 64
"""Of the kernel: what `hostname` can show."""

_NO_SEARCH = (".",)
"""The engine's own way to say that no domain is searched, not even the node's."""


def compute_hostname(identity: PodIdentity) -> str:
    """What `hostname` shows in the pod; "" on the node's own network, where the node's name stands."""
    spec = identity.template.spec
    if spec.host_network:
        return ""
    short = (spec.hostname or identity.name)[:LONGEST_LABEL].rstrip("-.")
    domain = _domain(identity)
    return f"{short}.{domain}" if spec.set_hostname_as_fqdn and domain else short


def compute_domain(identity: PodIdentity) -> str:
    """What comes after the host name in `hostname -f`; "" when the host name says it already."""
    spec = identity.template.spec
    return "" if spec.host_network or spec.set_hostname_as_fqdn else _domain(identity)


def compute_hosts(spec: PodSpec) -> tuple[tuple[str, str], ...]:
    """Names and addresses that the pod's /etc/hosts has beside its own."""
    return tuple((name, alias.ip) for alias in spec.host_aliases for name in alias.hostnames)


def compute_resolver(spec: PodSpec) -> Resolver:
    """What replaces the engine's own lines; with policy None nothing of the node's is left."""
    config = spec.dns_config
    options = tuple(f"{each.name}:{each.value}" if each.value else each.name for each in config.options)
    silent = spec.dns_policy is DnsPolicy.NONE and not config.searches
    return Resolver(config.nameservers, _NO_SEARCH if silent else config.searches, options)


def refuse_hostname(identity: PodIdentity) -> str:
    """Why the pod cannot bear its name, "" when it can."""
    hostname = compute_hostname(identity)
    if len(hostname) <= LONGEST_HOSTNAME:
        return ""
    return f"setHostnameAsFQDN makes a host name of {len(hostname)} characters: {hostname}; the kernel takes at most 64"


def _domain(identity: PodIdentity) -> str:
    subdomain = identity.template.spec.subdomain
    return f"{subdomain}.{identity.namespace}.svc.{CLUSTER_DOMAIN}" if subdomain else ""
