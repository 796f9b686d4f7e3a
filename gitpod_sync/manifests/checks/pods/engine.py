"""Fields that Kubernetes takes and no engine of ours can be asked for, or that have no effect there."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Part
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.pods.privileges import normalized_capability
from gitpod_sync.model.pods.sysctls import namespace_of

_CAPABILITIES = frozenset(
    """
    ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
    FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE
    NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE
    SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM
    """.split()  # noqa: SIM905 - as one reads it in the manual
)
"""capabilities(7), as of Linux 5.9; an engine may know later ones."""


def check_engine(spec: Mapping[str, Json], parts: Sequence[Part], path: FieldPath) -> Iterator[Finding]:
    """Findings on the pod spec at `path` and on its containers."""
    yield from _check_sysctls(spec.get("securityContext", {}).get("sysctls", ()), path)
    yield from _check_nameservers(spec, path)
    if spec.get("hostNetwork"):
        yield from _check_node_name(spec, path)
    of_node = {volume["name"] for volume in spec.get("volumes", ()) if "hostPath" in volume}
    for part in parts:
        where = (*path, *part.path)
        yield from _check_capabilities(part.container, where)
        yield from _check_propagation(part.container, of_node, where)


def _check_sysctls(sysctls: Sequence[Mapping[str, Json]], path: FieldPath) -> Iterator[Finding]:
    for index, sysctl in enumerate(sysctls):
        if namespace_of(sysctl["name"]) is None:
            message = f"`{sysctl['name']}` belongs to the node as a whole, not to a pod"
            where = (*path, "securityContext", "sysctls", index, "name")
            yield Finding("rejected", where, message, "set it on the node; pods have net.*, kernel.shm* and the like")


def _check_nameservers(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    policy = spec.get("dnsPolicy") or "ClusterFirst"
    if policy != "None" and spec.get("dnsConfig", {}).get("nameservers"):
        message = f"name servers beside those of dnsPolicy {policy} are not honoured: the engine asks only one set"
        where = (*path, "dnsConfig", "nameservers")
        yield Finding("rejected", where, message, "write `dnsPolicy: None`, or take them out", on_key=True)


def _check_node_name(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    for field in ("hostname", "subdomain"):
        if spec.get(field):
            message = f"`{field}` has no effect with `hostNetwork`: the pod bears the node's name, as in Kubernetes"
            yield Finding("without-meaning", (*path, field), message, severity=Severity.NOTE, on_key=True)


def _check_capabilities(container: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    capabilities = container.get("securityContext", {}).get("capabilities", {})
    for part in ("add", "drop"):
        for index, name in enumerate(capabilities.get(part, ())):
            if normalized_capability(name) not in _CAPABILITIES:
                message = (
                    f"`{name}` is not a capability of Linux 5.9; an engine that does not know it refuses the container"
                )
                where = (*path, "securityContext", "capabilities", part, index)
                hint = "write it like NET_ADMIN, or ALL"
                yield Finding("unknown-capability", where, message, hint, Severity.WARNING)


def _check_propagation(container: Mapping[str, Json], of_node: set[str], path: FieldPath) -> Iterator[Finding]:
    for index, mount in enumerate(container.get("volumeMounts", ())):
        propagation, where = mount.get("mountPropagation", "None"), (*path, "volumeMounts", index)
        if propagation == "None":
            continue
        if mount["name"] not in of_node:
            message = f"the engine propagates mounts only below paths of the node, and `{mount['name']}` is none"
            hint = "use a hostPath volume, or take it out"
            yield Finding("rejected", (*where, "mountPropagation"), message, hint)
        if mount.get("recursiveReadOnly", "Disabled") != "Disabled":
            message = f"`recursiveReadOnly` does not go with mountPropagation {propagation}"
            yield Finding("wrong-combination", (*where, "recursiveReadOnly"), message, "keep one of the two")
