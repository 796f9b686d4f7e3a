"""What of a container is not as it should be, field by field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from gitpod_sync.model.base.labels import ENV_DIGEST
from gitpod_sync.model.engine.container import ContainerConfig, Limits, Mount, Sharing
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.pods.privileges import Privileges

_COMPARED = (
    *("image", "network", "hostname", "domain", "hosts", "resolver", "pid", "ipc"),
    *("ports", "terminal", "gpus"),
)
"""The fields of `ContainerConfig` that are simply equal or not."""

_UNSAID = {"uts": Sharing.PRIVATE, "stop_timeout": None}
"""Fields that earlier versions did not ask for. A container that has nothing there was made by one, and stays."""


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """One field that should be `wanted` and is `found`."""

    field: str
    wanted: object
    found: object

    def __str__(self) -> str:
        return f"{self.field} is {_short(self.found)}, not {_short(self.wanted)}"


def compute_limits_drift(wanted: Limits, found: Limits) -> tuple[FieldDrift, ...]:
    """What `UpdateContainer` can mend."""
    if wanted == found:
        return ()
    return tuple(_differing(wanted, found, (each.name for each in fields(Limits))))


def compute_fixed_drift(wanted: ContainerConfig, container: ObservedContainer) -> tuple[FieldDrift, ...]:
    """What only a new container can mend.

    What was not asked for is the image's to say; when the image is gone, that part cannot be told and is passed over.
    """
    found = container.config
    return (
        *_differing(wanted, found, _COMPARED),
        *_differing(wanted, found, (name for name, unsaid in _UNSAID.items() if getattr(found, name) != unsaid)),
        *_mounts_drift(wanted, found),
        *_privileges_drift(wanted.privileges, found.privileges),
        *_program_drift(wanted, container),
        *_unequal("sysctls", dict(wanted.sysctls), dict(found.sysctls)),
        *_mapping_drift("labels", wanted.labels, found.labels),
    )


def _mounts_drift(wanted: ContainerConfig, found: ContainerConfig) -> Iterator[FieldDrift]:
    if wanted.mounts == found.mounts:
        return
    asked, there = ({mount.target: mount for mount in config.mounts} for config in (wanted, found))
    for target in sorted({*asked, *there}):
        mount, other, name = asked.get(target), there.get(target), f"mounts[{target}]"
        if mount is None or other is None:
            yield FieldDrift(name, None if mount is None else "as in the template", None if other is None else "set")
        elif mount != other and ENV_DIGEST in wanted.labels:
            # Its path may hold a value that came from a Secret.
            yield FieldDrift(name, "as in the template", "another one")
        elif mount != other:
            compared = (each.name for each in fields(Mount) if each.compare)
            yield from (replace(each, field=f"{name}.{each.field}") for each in _differing(mount, other, compared))


def _privileges_drift(wanted: Privileges, found: Privileges) -> Iterator[FieldDrift]:
    # A label of SELinux that nobody asked for is the engine's own.
    asked = found if wanted.se_linux else replace(found, se_linux=())
    return _differing(wanted, asked, (each.name for each in fields(Privileges)))


def _program_drift(wanted: ContainerConfig, container: ObservedContainer) -> Iterator[FieldDrift]:
    found, image = container.config, container.image
    entrypoint, command, working_dir = wanted.entrypoint, wanted.command, wanted.working_dir
    if wanted.stop_signal:
        yield from _unequal("stop_signal", wanted.stop_signal, found.stop_signal)
    if image is None:
        yield from _mapping_drift("env", wanted.env, found.env)
        return
    if command is None:
        # A command of our own drops the image's arguments.
        command = image.command if entrypoint is None else ()
    entrypoint = image.entrypoint if entrypoint is None else entrypoint
    words = (("entrypoint", entrypoint, found.entrypoint or ()), ("command", command, found.command or ()))
    for field, written, other in words:
        if ENV_DIGEST in wanted.labels and written != other:
            # A word may hold a value that came from a Secret: which field differs is said, not how.
            yield FieldDrift(field, "as in the template", "another one")
        else:
            yield from _unequal(field, written, other)
    yield from _unequal("working_dir", working_dir or image.working_dir, found.working_dir)
    yield from _unequal("user", wanted.user or image.user, found.user)
    env = {**image.env, **wanted.env}
    yield from _mapping_drift("env", env, found.env)
    for name in sorted(found.env.keys() - env.keys()):
        yield FieldDrift(f"env[{name}]", None, "set")


def _differing(wanted: object, found: object, names: Iterable[str]) -> Iterator[FieldDrift]:
    for name in names:
        yield from _unequal(name, getattr(wanted, name), getattr(found, name))


def _unequal(name: str, wanted: object, found: object) -> Iterator[FieldDrift]:
    if wanted != found:
        yield FieldDrift(name, wanted, found)


def _mapping_drift(name: str, wanted: Mapping[str, str], found: Mapping[str, str]) -> Iterator[FieldDrift]:
    # Values may be confidential: which one differs is said, not what it is.
    for key, value in sorted(wanted.items()):
        if found.get(key) != value:
            yield FieldDrift(f"{name}[{key}]", "as in the template", "another value" if key in found else None)


def _short(value: object) -> str:
    if value is None:
        return "missing"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004
