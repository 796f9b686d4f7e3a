"""Objects that pods refer to. They are validated and kept in `Desired`."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base.meta import Key, ObjectMeta


@dataclass(frozen=True, slots=True)
class Namespace:
    """A room for names. Docker knows none: it is part of every name and label instead."""

    metadata: ObjectMeta

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("Namespace", "", self.metadata.name)


@dataclass(frozen=True, slots=True)
class ConfigMap:
    """Configuration for pods; `binary_data` is base64."""

    metadata: ObjectMeta
    data: Mapping[str, str] = field(default_factory=dict)
    binary_data: Mapping[str, str] = field(default_factory=dict)
    immutable: bool = False

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("ConfigMap", self.metadata.namespace, self.metadata.name)

    @property
    def variables(self) -> Mapping[str, bytes]:
        """Values that can become variables: all but binary data."""
        return {name: value.encode() for name, value in self.data.items()}

    @property
    def files(self) -> Mapping[str, bytes]:
        """Values that can become files, text in UTF-8."""
        return {**self.variables, **{name: b64decode(value) for name, value in self.binary_data.items()}}


@dataclass(frozen=True, slots=True)
class Secret:
    """Confidential values for pods, base64 in `data` and plain in `string_data`; never printed, hence no repr."""

    metadata: ObjectMeta
    type: str = "Opaque"
    data: Mapping[str, str] = field(default_factory=dict, repr=False)
    string_data: Mapping[str, str] = field(default_factory=dict, repr=False)
    immutable: bool = False

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("Secret", self.metadata.namespace, self.metadata.name)

    @property
    def variables(self) -> Mapping[str, bytes]:
        """Values that can become variables: all; plain text wins over base64, as in Kubernetes."""
        encoded = {name: b64decode(value) for name, value in self.data.items()}
        return {**encoded, **{name: value.encode() for name, value in self.string_data.items()}}

    @property
    def files(self) -> Mapping[str, bytes]:
        """Values that can become files: all."""
        return self.variables
