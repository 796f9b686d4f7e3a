"""AppArmor profiles that annotations give to containers, as the fields which took their place (Kubernetes 1.30)."""

from collections.abc import Mapping

from gitpod_sync.manifests.schema.templates import template_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
"""Followed by the name of a container."""

LOCAL, UNCONFINED = "localhost/", "unconfined"
_FIELD = "appArmorProfile"


def with_profiles(kind: str, value: Mapping[str, Json]) -> Mapping[str, Json]:
    """The object with the field where only an annotation says it. One that asks for the default changes nothing."""
    template = template_of(kind, value)
    if template is None:
        return value
    named = {
        key.removeprefix(ANNOTATION): profile
        for key, text in template.annotations.items()
        if key.startswith(ANNOTATION) and (profile := _profile_of(text))
    }
    if not named or _FIELD in template.spec.get("securityContext", {}):
        return value
    changed = {
        field: [_with_profile(container, named.get(container["name"])) for container in template.spec[field]]
        for field in ("containers", "initContainers")
        if field in template.spec
    }
    return _replaced(value, template.spec_path, {**template.spec, **changed})


def _profile_of(text: str) -> Mapping[str, Json] | None:
    if text == UNCONFINED:
        return {"type": "Unconfined"}
    return {"type": "Localhost", "localhostProfile": text.removeprefix(LOCAL)} if text.startswith(LOCAL) else None


def _with_profile(container: Mapping[str, Json], profile: Mapping[str, Json] | None) -> Mapping[str, Json]:
    context: Mapping[str, Json] = container.get("securityContext", {})
    if profile is None or _FIELD in context:
        return container
    return {**container, "securityContext": {**context, _FIELD: profile}}


def _replaced(value: Mapping[str, Json], path: FieldPath, new: Mapping[str, Json]) -> Mapping[str, Json]:
    if not path:
        return new
    field = str(path[0])
    return {**value, field: _replaced(value[field], path[1:], new)}
