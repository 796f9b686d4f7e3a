"""Annotations that Kubernetes reads on pods (Kubernetes: core/v1 validation, pod-specific annotations)."""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.app_armor import ANNOTATION as APP_ARMOR
from gitpod_sync.manifests.schema.app_armor import LOCAL, UNCONFINED
from gitpod_sync.manifests.schema.templates import Template, parts_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_MIRROR = "kubernetes.io/config.mirror"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"

_COST = re.compile(r"0|-[0-9]{1,10}|[1-9][0-9]{0,9}")
_LARGEST_COST = 2**31 - 1
_DEFAULT, _DEFAULT_OF_OLD = "runtime/default", "docker/default"
_TYPES = {"RuntimeDefault": (_DEFAULT, _DEFAULT_OF_OLD), "Unconfined": (UNCONFINED,)}


def check_pod_annotations(template: Template) -> Iterator[Finding]:
    """Findings on the annotations that pods of the template would have."""
    path = (*template.path, "metadata", "annotations")
    for key in sorted(template.annotations):
        value, where = template.annotations[key], (*path, key)
        if key == _MIRROR and not template.spec.get("nodeName"):
            message = "the annotation marks the image of a pod that a node runs by itself, and there is no `nodeName`"
            yield Finding("wrong-combination", where, message, "take it out", on_key=True)
        elif key == _DELETION_COST and not _is_cost(value):
            yield Finding(
                "wrong-format", where, f"`{value}` is not a valid cost", 'write a whole number in quotes, like "-5"'
            )
        elif key == _SECCOMP_OF_POD:
            yield from _check_seccomp(value, template.spec, "the pod's", where)
        elif key.startswith(_SECCOMP):
            name = key.removeprefix(_SECCOMP)
            yield from _check_seccomp(value, _containers(template).get(name, {}), f"container `{name}`'s", where)
        elif key.startswith(APP_ARMOR):
            yield from _check_app_armor(key.removeprefix(APP_ARMOR), value, template, where)


def _is_cost(text: str) -> bool:
    return _COST.fullmatch(text) is not None and -_LARGEST_COST - 1 <= int(text) <= _LARGEST_COST


def _containers(template: Template) -> Mapping[str, Mapping[str, Json]]:
    return {part.container["name"]: part.container for part in parts_of(template.spec)}


def _check_seccomp(value: str, owner: Mapping[str, Json], whose: str, path: FieldPath) -> Iterator[Finding]:
    """Kubernetes has not gone by this annotation since 1.27, and still refuses it when it is wrong."""
    name = value.removeprefix(LOCAL)
    leads_out = name.startswith("/") or ".." in name.split("/")
    if value not in {_DEFAULT, _DEFAULT_OF_OLD, UNCONFINED} and (name == value or leads_out):
        message = f"`{value}` is not a valid seccomp profile"
        yield Finding("wrong-format", path, message, "take it out, and set `securityContext.seccompProfile`")
        return
    profile = owner.get("securityContext", {}).get("seccompProfile")
    if profile is None:
        message = "the annotation has no meaning since Kubernetes 1.27, and none here: the engine's own profile holds"
        hint = "say it with `securityContext.seccompProfile`"
        yield Finding("without-meaning", path, message, hint, Severity.NOTE, on_key=True)
    elif not _says(value, profile):
        yield _contradiction(f"{whose} seccompProfile", profile, path)


def _check_app_armor(name: str, value: str, template: Template, path: FieldPath) -> Iterator[Finding]:
    containers = _containers(template)
    if name not in containers:
        message = f"the pod has no container named `{name}`"
        yield Finding("unknown-container", path, message, f"it has {listed(containers)}", on_key=True)
    elif value not in {"", _DEFAULT, UNCONFINED} and not value.startswith(LOCAL):
        message = f"`{value}` is not a valid AppArmor profile"
        yield Finding("wrong-format", path, message, "take it out, and set `securityContext.appArmorProfile`")
    else:
        both = (containers[name], template.spec)
        profiles = (each.get("securityContext", {}).get("appArmorProfile") for each in both)
        profile = next((each for each in profiles if each is not None), None)
        if profile is not None and (value == _DEFAULT_OF_OLD or not _says(value, profile)):
            yield _contradiction(f"container `{name}`'s appArmorProfile", profile, path)


def _says(value: str, profile: Mapping[str, Json]) -> bool:
    """Whether the annotation's value is the profile of the field."""
    if profile["type"] == "Localhost":
        return bool(value == LOCAL + profile.get("localhostProfile", ""))
    return value in _TYPES[profile["type"]]


def _contradiction(what: str, profile: Mapping[str, Json], path: FieldPath) -> Finding:
    message = f"the annotation says another profile than {what}, which is {profile['type']}"
    return Finding("wrong-combination", path, message, "keep the field, and take the annotation out")
