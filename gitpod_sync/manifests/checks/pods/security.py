"""Security settings that do not contradict each other (Kubernetes: core/v1 validation, SecurityContext)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.repeated import check_unique
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_OF_IPC = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
_OF_NETWORK = ("net.",)
_LONGEST_NAME = 4095


def check_pod_security(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on the security context of a pod."""
    context: Mapping[str, Json] = spec["securityContext"]
    yield from _check_profiles(context, path)
    sysctls = context.get("sysctls", [])
    yield from check_unique(sysctls, (*path, "sysctls"), "name", "a kernel parameter")
    for index, sysctl in enumerate(sysctls):
        name = sysctl["name"].replace("/", ".")
        for field, prefixes in (("hostNetwork", _OF_NETWORK), ("hostIPC", _OF_IPC)):
            if spec.get(field) and name.startswith(prefixes):
                message = f"with `{field}` the parameter `{name}` would be the node's own"
                where = (*path, "sysctls", index, "name")
                yield Finding("wrong-combination", where, message, f"take it out, or `{field}`")


def check_container_security(
    container: Mapping[str, Json], of_pod: Mapping[str, Json], path: FieldPath
) -> Iterator[Finding]:
    """Findings on the security context of a container, whose own settings win over its pod's."""
    context: Mapping[str, Json] = container.get("securityContext", {})
    yield from _check_user(context, of_pod, path)
    if not context:
        return
    where = (*path, "securityContext")
    yield from _check_profiles(context, where)
    yield from _check_capabilities(context.get("capabilities", {}), (*where, "capabilities"))
    if context.get("allowPrivilegeEscalation") is False:
        yield from _check_no_escalation(context, (*where, "allowPrivilegeEscalation"))


def _check_user(context: Mapping[str, Json], of_pod: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    both = {**of_pod, **context}
    if both.get("runAsNonRoot") and both.get("runAsUser") == 0 and context.keys() & {"runAsNonRoot", "runAsUser"}:
        field = "runAsUser" if "runAsUser" in context else "runAsNonRoot"
        message = "`runAsNonRoot` refuses the user 0 that `runAsUser` asks for: the container would never start"
        hint = "give another runAsUser, or take runAsNonRoot out"
        yield Finding("wrong-combination", (*path, "securityContext", field), message, hint)


def _check_profiles(context: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    for field in ("seccompProfile", "appArmorProfile"):
        profile = context.get(field)
        if profile is None:
            continue
        is_local, name = profile["type"] == "Localhost", profile.get("localhostProfile")
        if is_local and not name:
            message = "a Localhost profile needs its name"
            yield Finding("missing-field", (*path, field, "localhostProfile"), message, "add `localhostProfile`")
        elif name and not is_local:
            message = f"`localhostProfile` goes only with type Localhost, not {profile['type']}"
            yield Finding("wrong-combination", (*path, field, "localhostProfile"), message, "take it out", on_key=True)
        elif is_local and field == "appArmorProfile" and (name != name.strip() or len(name) > _LONGEST_NAME):
            message = f"`{name}` is not a valid name for a profile"
            hint = f"write it without spaces around it, with at most {_LONGEST_NAME} characters"
            yield Finding("wrong-format", (*path, field, "localhostProfile"), message, hint)
        elif is_local and field == "seccompProfile" and (name.startswith("/") or ".." in name.split("/")):
            message = f"`{name}` leads out of the folder of profiles"
            hint = "write a path below it, without '..'"
            yield Finding("wrong-format", (*path, field, "localhostProfile"), message, hint)


def _check_capabilities(capabilities: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    for part in ("add", "drop"):
        for index, name in enumerate(capabilities.get(part, [])):
            where = (*path, part, index)
            plain = name.upper().removeprefix("CAP_")
            if name.upper().startswith("CAP_"):
                message = f"`{name}` is written without CAP_ in Kubernetes, where engines may not know it"
                yield Finding("capability-prefix", where, message, f"write {plain}", Severity.WARNING)
            elif name != plain:
                yield Finding(
                    "capability-case", where, f"`{name}` is taken as {plain}", f"write {plain}", Severity.NOTE
                )


def _check_no_escalation(context: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if context.get("privileged"):
        message = "a privileged container can always gain privileges: `allowPrivilegeEscalation: false` is not possible"
        yield Finding("wrong-combination", path, message, "take one of the two out")
    elif "CAP_SYS_ADMIN" in context.get("capabilities", {}).get("add", []):
        message = (
            "a container with CAP_SYS_ADMIN can gain privileges: `allowPrivilegeEscalation: false` is not possible"
        )
        yield Finding("wrong-combination", path, message, "take one of the two out")
