"""Other objects that an object cannot do without."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.schema.templates import Template, parts_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.scheduling.priority import SYSTEM_CLASSES

_KEY_REFERENCES = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_MAP_REFERENCES = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_VOLUMES = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))
_PROJECTIONS = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An object that another one cannot do without. Optional ones are none: the pod starts without them as well."""

    kind: str
    """Of the object referred to."""
    name: str
    """Of the object, in the same namespace; a PriorityClass has none."""
    spot: Spot
    """Where the name stands."""
    key: str
    """A key or port of the object; "": the object as a whole."""
    key_spot: Spot
    """Where the key stands."""
    of_pod: bool
    """Whether a pod cannot do without it."""


@dataclass(frozen=True, slots=True)
class _Named:
    kind: str
    name: str
    path: FieldPath
    key: str = ""
    key_path: FieldPath = ()


def references_of(
    kind: str, value: Mapping[str, Json], template: Template | None, locate: Locate
) -> Iterator[Reference]:
    """References of the object and of its pods."""
    of_object = (*_of_object(kind, value), *_of_pulls(template))
    for of_pod, all_named in ((True, _of_template(template)), (False, of_object)):
        for named in all_named:
            spot = locate(named.path)
            key_spot = locate(named.key_path) if named.key_path else spot
            yield Reference(
                kind=named.kind, name=named.name, spot=spot, key=named.key, key_spot=key_spot, of_pod=of_pod
            )


def _of_template(template: Template | None) -> Iterator[_Named]:
    if template is not None:
        yield from _of_pod(template.spec, template.spec_path)


def _of_pulls(template: Template | None) -> Iterator[_Named]:
    """Pull Secrets are references that a pod may do without: its images may be here, or be anybody's."""
    if template is not None:
        for index, reference in enumerate(template.spec.get("imagePullSecrets", ())):
            if reference.get("name"):
                where = (*template.spec_path, "imagePullSecrets", index, "name")
                yield _Named("Secret", reference["name"], where)


def _of_object(kind: str, value: Mapping[str, Json]) -> Iterator[_Named]:
    if kind == "StatefulSet" and value["spec"].get("serviceName"):
        yield _Named("Service", value["spec"]["serviceName"], ("spec", "serviceName"))
    if kind == "HorizontalPodAutoscaler":
        target = value["spec"]["scaleTargetRef"]
        yield _Named(target["kind"], target["name"], ("spec", "scaleTargetRef", "name"))
    if kind == "Ingress":
        yield from _of_ingress(value["spec"])


def _of_pod(spec: Mapping[str, Json], path: FieldPath) -> Iterator[_Named]:
    for part in parts_of(spec):
        where = (*path, *part.path)
        for index, variable in enumerate(part.container.get("env", ())):
            if "valueFrom" in variable:
                yield from _of_variable(variable["valueFrom"], (*where, "env", index, "valueFrom"))
        for index, source in enumerate(part.container.get("envFrom", ())):
            for field, kind in _MAP_REFERENCES:
                if field in source and not source[field].get("optional"):
                    yield _Named(kind, source[field]["name"], (*where, "envFrom", index, field, "name"))
    for index, volume in enumerate(spec.get("volumes", ())):
        yield from _of_volume(volume, (*path, "volumes", index))
    priority = spec.get("priorityClassName", "")
    if priority and priority not in SYSTEM_CLASSES:
        yield _Named("PriorityClass", priority, (*path, "priorityClassName"))


def _of_variable(source: Mapping[str, Json], path: FieldPath) -> Iterator[_Named]:
    for field, kind in _KEY_REFERENCES:
        reference = source.get(field, {"optional": True})
        if not reference.get("optional"):
            where = (*path, field)
            yield _Named(kind, reference["name"], (*where, "name"), reference["key"], (*where, "key"))


def _of_volume(volume: Mapping[str, Json], path: FieldPath) -> Iterator[_Named]:
    for field, kind, name in _VOLUMES:
        if field in volume:
            yield from _of_files(volume[field], kind, name, (*path, field))
    for index, source in enumerate(volume.get("projected", {}).get("sources", ())):
        for field, kind, name in _PROJECTIONS:
            if field in source:
                yield from _of_files(source[field], kind, name, (*path, "projected", "sources", index, field))
    if "persistentVolumeClaim" in volume:
        where = (*path, "persistentVolumeClaim", "claimName")
        yield _Named("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"], where)


def _of_files(source: Mapping[str, Json], kind: str, name: str, path: FieldPath) -> Iterator[_Named]:
    if source.get("optional") or not source.get(name):
        return
    yield _Named(kind, source[name], (*path, name))
    for index, item in enumerate(source.get("items", ())):
        where = (*path, "items", index, "key")
        yield _Named(kind, source[name], where, item["key"], where)


def _of_ingress(spec: Mapping[str, Json]) -> Iterator[_Named]:
    if "defaultBackend" in spec:
        yield from _of_backend(spec["defaultBackend"], ("spec", "defaultBackend"))
    for outer, rule in enumerate(spec.get("rules", ())):
        for inner, entry in enumerate(rule.get("http", {}).get("paths", ())):
            yield from _of_backend(entry["backend"], ("spec", "rules", outer, "http", "paths", inner, "backend"))
    for index, tls in enumerate(spec.get("tls", ())):
        if tls.get("secretName"):
            yield _Named("Secret", tls["secretName"], ("spec", "tls", index, "secretName"))


def _of_backend(backend: Mapping[str, Json], path: FieldPath) -> Iterator[_Named]:
    if "service" in backend:
        service = backend["service"]
        port = service.get("port", {})
        named = port.get("name") or port.get("number") or ""
        where = (*path, "service")
        yield _Named("Service", service["name"], (*where, "name"), str(named), (*where, "port", _port_field(port)))


def _port_field(port: Mapping[str, Json]) -> str:
    return "name" if port.get("name") else "number"
