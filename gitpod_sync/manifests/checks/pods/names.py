"""How a pod finds names, and how it is called itself (Kubernetes: core/v1 validation, PodDNSConfig and HostAlias)."""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.ports import is_address
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_NAME_SERVERS = 3
_SEARCHES = 32
_SEARCH_CHARACTERS = 2048
_LONGEST = 253
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SEARCH = re.compile(r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*")


_SERVICE = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def is_service_name(text: str) -> bool:
    """Whether a Service can have this name: a DNS label that begins with a letter."""
    return _SERVICE.fullmatch(text) is not None


def is_subdomain(text: str) -> bool:
    """Whether the text is a DNS name as Kubernetes takes it: lower case, up to 253 characters."""
    return len(text) <= _LONGEST and _SUBDOMAIN.fullmatch(text) is not None


def check_name_service(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on the DNS settings and the extra names of a pod."""
    config: Mapping[str, Json] = spec.get("dnsConfig", {})
    where = (*path, "dnsConfig")
    servers = config.get("nameservers", [])
    if spec.get("dnsPolicy") == "None" and not servers:
        message = "with `dnsPolicy: None` the pod has no name server"
        yield Finding("missing-field", (*where, "nameservers"), message, "name at least one, or take dnsPolicy out")
    if config:
        yield from _check_servers(servers, (*where, "nameservers"))
        yield from _check_searches(config.get("searches", []), (*where, "searches"))
        for index, option in enumerate(config.get("options", [])):
            if not option.get("name"):
                yield Finding("missing-field", (*where, "options", index, "name"), "the option has no name", "add it")
    for index, alias in enumerate(spec.get("hostAliases", [])):
        yield from _check_alias(alias, (*path, "hostAliases", index))


def _check_servers(servers: list[str], path: FieldPath) -> Iterator[Finding]:
    if len(servers) > _NAME_SERVERS:
        message = f"{len(servers)} name servers are more than the {_NAME_SERVERS} that a resolver asks"
        yield Finding("too-many", path, message, "take some out")
    for index, server in enumerate(servers):
        if not is_address(server):
            yield Finding(
                "wrong-format", (*path, index), f"`{server}` is not a valid IP address", "write it like 10.0.0.53"
            )


def _check_searches(searches: list[str], path: FieldPath) -> Iterator[Finding]:
    if len(searches) > _SEARCHES or len(" ".join(searches)) > _SEARCH_CHARACTERS:
        message = f"the domains are more than {_SEARCHES}, or longer than {_SEARCH_CHARACTERS} characters together"
        yield Finding("too-many", path, message, "take some out")
    for index, domain in enumerate(searches):
        name = domain.removesuffix(".")
        if domain != "." and (len(name) > _LONGEST or not _SEARCH.fullmatch(name)):
            yield Finding(
                "wrong-format", (*path, index), f"`{domain}` is not a valid domain", "write it like shop.example.org"
            )


def _check_alias(alias: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if not is_address(alias["ip"]):
        yield Finding(
            "wrong-format", (*path, "ip"), f"`{alias['ip']}` is not a valid IP address", "write it like 10.0.0.1"
        )
    for index, name in enumerate(alias.get("hostnames", [])):
        if not is_subdomain(name):
            hint = "use lower-case letters, digits, '-' and '.', and begin and end every part with a letter or digit"
            yield Finding("wrong-format", (*path, "hostnames", index), f"`{name}` is not a valid DNS name", hint)
