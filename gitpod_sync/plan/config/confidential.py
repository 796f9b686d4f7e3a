"""What must not be told of a container: values of Secrets that it was given as variables, and words made with them.

An engine that cannot create or start a container says why, and repeats words of the request. Why is told; what came
from a Secret is not. It does not repeat variables as such, so a value that is too short to be told apart from what the
engine says by itself is hidden only within the words that were made with it.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.pods.pod import Container, PodSpec

HIDDEN = "***"
_SHORTEST = 4


def compute_hidden(container: Container, config: ContainerConfig) -> frozenset[str]:
    """The texts that are not to be told of a container that is asked for, or there, with this config."""
    # Parts of volumes may be named by variables, too.
    paths = (path for mount in config.mounts for path in (mount.source, mount.sub_path))
    return hidden_texts(container, config.env, (*(config.entrypoint or ()), *(config.command or ()), *paths))


def hidden_texts(container: Container, variables: Mapping[str, str], words: Iterable[str]) -> frozenset[str]:
    """The values of Secrets among the variables, and those of the words that were made with them."""
    values = frozenset(_secret_values(container, variables))
    literal = {*(container.command or ()), *(container.args or ())}
    made = (word for word in words if word not in literal and any(value in word for value in values))
    return frozenset({*(value for value in values if len(value) >= _SHORTEST), *made})


def why_not_started(spec: PodSpec, name: str, found: ObservedContainer) -> str:
    """What the engine says of an attempt of the container `name` that it could not start."""
    container = next((each for each in spec.all_containers if each.name == name), None)
    return hide(found.error, compute_hidden(container, found.config)) if container else "its program cannot be run"


def hide(text: str, hidden: Iterable[str]) -> str:
    """The text with `***` for each of `hidden`, however engines write it."""
    forms = sorted({form for each in hidden for form in _forms(each)}, key=lambda form: (-len(form), form))
    return re.sub("|".join(map(_pattern, forms)), HIDDEN, text) if forms else text


def _pattern(form: str) -> str:
    found = re.escape(form)
    return found if len(form) >= _SHORTEST else rf"(?<!\w){found}(?!\w)"


def _secret_values(container: Container, variables: Mapping[str, str]) -> Iterator[str]:
    named = {variable.name: variable for variable in container.env}
    prefixes = tuple(source.prefix for source in container.env_from if source.secret_ref is not None)
    for name, value in variables.items():
        variable = named.get(name)
        if variable is None:
            secret = any(name.startswith(prefix) for prefix in prefixes)
        else:
            secret = variable.value_from is not None and variable.value_from.secret_key_ref is not None
        if secret and value:
            yield value


def _forms(text: str) -> Iterator[str]:
    """As it is, on one line, as a cleaned path, line by line; each as it is and quoted once and twice."""
    others = (" ".join(text.split()), posixpath.normpath(text), *text.splitlines())
    for form in (text, *(other for other in others if len(other) >= _SHORTEST)):
        quoted = json.dumps(form, ensure_ascii=False)[1:-1]
        yield from (form, quoted, json.dumps(quoted, ensure_ascii=False)[1:-1])
