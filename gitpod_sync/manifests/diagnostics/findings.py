"""A finding about one object, before it is known where in which file the object stands."""

from dataclasses import dataclass

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import bounded
from gitpod_sync.manifests.yaml.documents import FieldPath

_LONGEST_STEP = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with a path from the object's root in place of file and line; becomes a `Diagnostic`."""

    code: str
    """As in `Diagnostic`."""
    path: FieldPath
    """From the object's root."""
    message: str
    """As in `Diagnostic`."""
    hint: str = ""
    """As in `Diagnostic`."""
    severity: Severity = Severity.ERROR
    """As in `Diagnostic`."""
    on_key: bool = False
    """It points at the key, not at its value."""
    beside: FieldPath | None = None
    """Another place in the object that the message speaks of and whose line is shown; None: none."""


def render_path(path: FieldPath) -> str:
    """`spec.containers[0].image`; keys that are no plain words as `metadata.labels['a.b/c']`. Long ones are cut."""
    parts = []
    for step in (bounded(step, _LONGEST_STEP) if isinstance(step, str) else step for step in path):
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.isidentifier():
            parts.append(f".{step}" if parts else step)
        else:
            parts.append(f"['{step}']")
    return bounded("".join(parts))
