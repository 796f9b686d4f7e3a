"""`$(VAR)` in commands, arguments and env values.

Source of the rules: Kubernetes, "Define Dependent Environment Variables": a reference to an unknown variable stays as
it is, and `$$` stands for one `$`, so that `$$(VAR)` gives `$(VAR)`.
"""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.model.env import EnvVar

_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)\))")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Put the values of known variables into `text`."""

    def value_of(match: re.Match[str]) -> str:
        name = match["name"]
        return "$" if name is None else variables.get(name, match[0])

    return _REFERENCE.sub(value_of, text) if "$" in text else text


def unknown_references(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The names in `text` that no variable has. What an escape leaves, or a value holds, is no reference."""
    names = (match["name"] for match in _REFERENCE.finditer(text))
    return (name for name in names if name is not None and name not in variables)


def compute_environment(env: tuple[EnvVar, ...]) -> dict[str, str]:
    """The variables with their references expanded; each sees those before it, and the last of one name stands."""
    variables: dict[str, str] = {}
    for variable in env:
        variables[variable.name] = expand(variable.value, variables)
    return variables
