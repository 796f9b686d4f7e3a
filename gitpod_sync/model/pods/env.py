"""Sources of a container's variables: a value, or a reference that is resolved when an attempt is planned.

Source of the meanings: Kubernetes, EnvVarSource and EnvFromSource.
"""

from dataclasses import dataclass

from gitpod_sync.model.base.quantity import Quantity


@dataclass(frozen=True, slots=True)
class KeyRef:
    """One key of a ConfigMap or of a Secret of the pod's namespace; an optional key may be missing."""

    name: str
    key: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the pod itself, like `metadata.name`."""

    field_path: str


@dataclass(frozen=True, slots=True)
class ResourceFieldRef:
    """A limit or request of a container, in units of `divisor`; `container_name` "" means the asking container."""

    resource: str
    container_name: str = ""
    divisor: Quantity | None = None


@dataclass(frozen=True, slots=True)
class EnvVarSource:
    """The source of a variable's value; exactly one is set."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: FieldRef | None = None
    resource_field_ref: ResourceFieldRef | None = None


@dataclass(frozen=True, slots=True)
class EnvVar:
    """A variable by value or by reference; `$(OTHER)` in a value refers to variables defined before it."""

    name: str
    value: str = ""
    value_from: EnvVarSource | None = None


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """A ConfigMap or Secret of the pod's namespace; an optional one may be missing."""

    name: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EnvFrom:
    """Every key of a ConfigMap or Secret becomes a variable, its name begun with `prefix`; exactly one is set."""

    prefix: str = ""
    config_map_ref: ObjectRef | None = None
    secret_ref: ObjectRef | None = None
