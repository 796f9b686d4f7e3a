"""The variables of a container, resolved when an attempt is planned; and what they were for one that is there.

Source of the rules: Kubernetes, "Define Environment Variables for a Container": `envFrom` first, then `env`, later ones
win. Values are read at the start of a container: a ConfigMap that changes afterwards is no drift.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.pods.env import EnvFrom, EnvVarSource, KeyRef
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.plan.config.downward_api import compute_field, compute_resource
from gitpod_sync.plan.config.references import PodReferences, UnresolvedError
from gitpod_sync.plan.config.variable_expansion import Variables, compute_environment

_CONFIG_MAP, _SECRET = "ConfigMap", "Secret"


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables with their values, and the labels by which a container with references is known again."""

    variables: Mapping[str, str] = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)


def has_references(container: Container) -> bool:
    """Whether a variable comes from elsewhere."""
    return bool(container.env_from) or any(variable.value_from for variable in container.env)


def resolve_environment(container: Container, facts: PodReferences) -> Environment:
    """The variables that an attempt would be given now. Raises `UnresolvedError`."""
    if not has_references(container):
        return Environment(compute_environment(container.env))
    variables = Variables()
    for source in container.env_from:
        for name, value in _all_keys(source, facts).items():
            variables.give(name, value)
    for variable in container.env:
        if variable.value_from is None:
            variables.give_expanded(variable.name, variable.value)
            continue
        resolved = _resolve(variable.value_from, container, facts)
        if resolved is not None:
            variables.give(variable.name, resolved)
    return Environment(variables, _describe(variables, facts.situation.digest_key))


def recall_environment(container: Container, found: ObservedContainer, key: DigestKey) -> Environment:
    """The variables that a container was given, as far as its labels tell; altered ones give another digest."""
    if not has_references(container):
        return Environment(compute_environment(container.env))
    try:
        names = [str(name) for name in json.loads(found.labels.get(labels.ENV_NAMES, "[]"))]
    except (ValueError, TypeError):
        names = []
    variables = {name: found.config.env.get(name, "") for name in names}
    described, digest = _describe(variables, key), found.labels.get(labels.ENV_DIGEST, "")
    if digest and not key.made(digest):
        described[labels.ENV_DIGEST] = digest  # by a key that is lost: nothing can be compared
    return Environment(variables, described)


def _describe(variables: Mapping[str, str], key: DigestKey) -> dict[str, str]:
    parts = (text.encode(errors="surrogatepass") for entry in variables.items() for text in entry)
    return {labels.ENV_NAMES: json.dumps(list(variables)), labels.ENV_DIGEST: key.digest(*parts)}


def _all_keys(source: EnvFrom, facts: PodReferences) -> dict[str, str]:
    variables = {}
    for kind, ref in ((_CONFIG_MAP, source.config_map_ref), (_SECRET, source.secret_ref)):
        if ref is not None:
            config = facts.find_config(kind, ref.name, optional=ref.optional)
            values = config.variables if config else {}
            for key in sorted(values):
                variables[f"{source.prefix}{key}"] = _text(values[key], f"the key `{key}` of {kind} {ref.name}")
    return variables


def _resolve(source: EnvVarSource, container: Container, facts: PodReferences) -> str | None:
    if source.field_ref:
        return _without_zero(compute_field(source.field_ref, facts), f"the field `{source.field_ref.field_path}`")
    if source.resource_field_ref:
        return compute_resource(source.resource_field_ref, container, facts)
    if source.secret_key_ref:
        return _one_key(_SECRET, source.secret_key_ref, facts)
    return _one_key(_CONFIG_MAP, source.config_map_key_ref, facts) if source.config_map_key_ref else None


def _one_key(kind: str, ref: KeyRef, facts: PodReferences) -> str | None:
    config = facts.find_config(kind, ref.name, optional=ref.optional)
    if config and ref.key in config.variables:
        return _text(config.variables[ref.key], f"the key `{ref.key}` of {kind} {ref.name}")
    if ref.optional:
        return None
    raise UnresolvedError(f"{kind} {facts.identity.namespace}/{ref.name} has no key `{ref.key}`")


def _text(value: bytes, what: str) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        # Not chained: the error of the decoding shows the value.
        raise UnresolvedError(f"{what} is not text; mount it as a file instead") from None
    return _without_zero(text, what)


def _without_zero(text: str, what: str) -> str:
    if "\0" in text:
        raise UnresolvedError(f"{what} holds a zero byte, which a variable cannot; mount it as a file instead")
    return text
