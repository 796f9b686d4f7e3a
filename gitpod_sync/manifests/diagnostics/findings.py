"""A finding about one object, before it is known where in which file the object stands."""

from dataclasses import dataclass

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import bounded
from gitpod_sync.manifests.yaml.documents import FieldPath

_LONGEST_STEP = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """As `Diagnostic`, with a path from the object's root. `on_key` points at the key, not at its value.

    `beside` is another place in the object that the message speaks of; its line is told.
    """

    code: str
    path: FieldPath
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    on_key: bool = False
    beside: FieldPath | None = None


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
