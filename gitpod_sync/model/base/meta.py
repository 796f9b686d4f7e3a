"""Names and identity of objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The identity of an object: kind, namespace, name. Namespaces themselves have namespace ``""``."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class ObjectMeta:
    """Metadata of an object or of a pod template (where the name is empty)."""

    name: str = ""
    namespace: str = DEFAULT_NAMESPACE
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
