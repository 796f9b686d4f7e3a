"""Texts that no process can be started with, and paths that no file can have, though Kubernetes takes them."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.probes import PROBES
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.paths import reason_against

_ZERO = "\0"
_PATHS = ("workingDir", "terminationMessagePath")


def check_texts(container: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """No text for a process holds a zero byte, which would end it."""
    for field in ("command", "args"):
        yield from _check_words(container.get(field, ()), (*path, field))
    for field in _PATHS:
        if _ZERO in container.get(field, ""):
            yield _zero((*path, field))
    for index, variable in enumerate(container.get("env", ())):
        if _ZERO in variable.get("value", ""):
            yield _zero((*path, "env", index, "value"))
    lifecycle = container.get("lifecycle", {})
    for owner, handlers, where in ((container, PROBES, path), (lifecycle, lifecycle, (*path, "lifecycle"))):
        for name in handlers:
            handler = owner.get(name)
            if isinstance(handler, dict) and "exec" in handler:
                yield from _check_words(handler["exec"].get("command", ()), (*where, name, "exec", "command"))


def _check_words(words: Json, path: FieldPath) -> Iterator[Finding]:
    for index, word in enumerate(words):
        if _ZERO in word:
            yield _zero((*path, index))


def _zero(path: FieldPath) -> Finding:
    return Finding("wrong-format", path, "the text holds a zero byte, where it would end", "take it out")


def check_path(written: str, path: FieldPath, *, in_mount: bool) -> Iterator[Finding]:
    """A file below a volume can have the path."""
    reason = reason_against(written, in_mount=in_mount)
    if reason:
        yield Finding("wrong-format", path, f"no file can have this path: {reason}", "write another")
