"""Variables, commands and arguments that are too long for the kernel (execve(2)), as far as their text is written."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.pods.expansion import LONGEST, MOST_ALTOGETHER, least_length

_HINT = "keep it in a file of a ConfigMap volume"


def check_lengths(container: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """The first that is too long: what refers to it is too long as well."""
    others = bool(container.get("envFrom"))
    lengths: dict[str, int] = {}
    text = 0
    for index, variable in enumerate(container.get("env", [])):
        name, written = variable["name"], variable.get("value") or ""
        lengths[name] = 0 if "valueFrom" in variable else least_length(written, lengths, others=others)
        where = (*path, "env", index, "value")
        if lengths[name] + len(name) + 1 > LONGEST:
            yield _too_long(where, f"the variable `{name}`", lengths[name])
            return
        text += lengths[name]
        if text > MOST_ALTOGETHER:
            message = f"the variables become more than the {MOST_ALTOGETHER} bytes that the kernel takes altogether"
            yield Finding("too-long", where, message, _HINT)
            return
    for field in ("command", "args"):
        for index, word in enumerate(container.get(field, [])):
            length = least_length(word, lengths, others=others)
            if length > LONGEST:
                yield _too_long((*path, field, index), "the text", length)
                return


def _too_long(where: FieldPath, what: str, length: int) -> Finding:
    message = f"{what} becomes {length} bytes long, and the kernel takes at most {LONGEST} for one"
    return Finding("too-long", where, message, _HINT)
