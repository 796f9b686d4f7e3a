"""Workloads that ask to be rolled when what they refer to changes: a digest of it becomes part of their template.

The digest is keyed, so that nothing can be told from it. An instance that has lost its key rolls such workloads once.
"""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.labels import CONFIG_DIGEST, RESTART_ON_CONFIG_CHANGE
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.pods.configs import ConfigMap, Secret
from gitpod_sync.model.pods.pod import Container, PodSpec, Volume
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.workloads import Workload, template_of, with_template_annotation

_CONFIG_MAP, _SECRET = "ConfigMap", "Secret"
Reference = tuple[str, str]
"""Kind and name."""


def with_config_digests(desired: Desired, key: DigestKey) -> Desired:
    """The same, where the templates that ask for it say what their references hold now."""
    workloads = {name: _with_digest(workload, desired, key) for name, workload in desired.workloads.items()}
    if all(workloads[name] is workload for name, workload in desired.workloads.items()):
        return desired
    return replace(desired, workloads=workloads)


def references_of(spec: PodSpec) -> frozenset[Reference]:
    """Every ConfigMap and Secret that the pod takes variables or files from."""
    of_containers = (each for container in spec.all_containers for each in _of_container(container))
    return frozenset((*of_containers, *references_of_volumes(spec)))


def references_of_volumes(spec: PodSpec) -> frozenset[Reference]:
    """Every ConfigMap and Secret that the pod takes files from."""
    return frozenset(each for volume in spec.volumes for each in _of_volume(volume))


def _with_digest(workload: Workload, desired: Desired, key: DigestKey) -> Workload:
    if isinstance(workload, Job):
        return workload  # what has begun does not change
    template = template_of(workload)
    if template.metadata.annotations.get(RESTART_ON_CONFIG_CHANGE) != "true":
        return workload
    digest = _digest(template.spec, workload.key.namespace, desired, key)
    return with_template_annotation(workload, CONFIG_DIGEST, digest)


def _digest(spec: PodSpec, namespace: str, desired: Desired, key: DigestKey) -> str:
    parts: list[bytes] = []
    for kind, name in sorted(references_of(spec)):
        parts += (kind.encode(), name.encode())
        config = desired.configs.get(Key(kind, namespace, name))
        if isinstance(config, ConfigMap | Secret):
            parts += (part for path, content in sorted(config.files.items()) for part in (path.encode(), content))
    return key.digest(*parts)


def _of_container(container: Container) -> Iterator[Reference]:
    for source in container.env_from:
        if source.config_map_ref:
            yield _CONFIG_MAP, source.config_map_ref.name
        if source.secret_ref:
            yield _SECRET, source.secret_ref.name
    for variable in container.env:
        if variable.value_from and variable.value_from.config_map_key_ref:
            yield _CONFIG_MAP, variable.value_from.config_map_key_ref.name
        if variable.value_from and variable.value_from.secret_key_ref:
            yield _SECRET, variable.value_from.secret_key_ref.name


def _of_volume(volume: Volume) -> Iterator[Reference]:
    if volume.config_map:
        yield _CONFIG_MAP, volume.config_map.name
    if volume.secret:
        yield _SECRET, volume.secret.secret_name
    for source in volume.projected.sources if volume.projected else ():
        if source.config_map:
            yield _CONFIG_MAP, source.config_map.name
        if source.secret:
            yield _SECRET, source.secret.name
