"""`$(VAR)` in commands, arguments and env values, put together: never more than the kernel takes.

A reference may name a variable that is made of references, and each of thirty of those may double what the one before
it has. So what is too long is given up as soon as that is known, and is a reason at the pod.
"""

from collections.abc import Iterable, Iterator, Mapping

from gitpod_sync.model.pods.env import EnvVar
from gitpod_sync.model.pods.expansion import LONGEST, MOST_ALTOGETHER, REFERENCE
from gitpod_sync.plan.config.references import UnresolvedError


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Put the values of known variables into `text`. Raises `UnresolvedError` for what the kernel does not take."""
    if "$" not in text:
        return text
    parts: list[str] = []
    length = end = 0
    for match in REFERENCE.finditer(text):
        name = match["name"]
        value = "$" if name is None else variables.get(name, match[0])
        parts += (text[end : match.start()], value)
        length += match.start() - end + len(value)
        end = match.end()
        if length > LONGEST:
            raise UnresolvedError(f"its references become more than the {LONGEST} bytes that the kernel takes")
    return "".join((*parts, text[end:]))


def unknown_references(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    """The names in `text` that no variable has. What an escape leaves, or a value holds, is no reference."""
    names = (match["name"] for match in REFERENCE.finditer(text))
    return (name for name in names if name is not None and name not in variables)


class Variables(dict[str, str]):
    """The variables of a container, put together one after the other. Raises `UnresolvedError` when they are too long.

    `text` is what the program is given altogether, in bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = 0

    def give(self, name: str, value: str) -> None:
        """The last of one name stands."""
        size = _size(f"{name}={value}")
        if size > LONGEST:
            raise UnresolvedError(f"the variable `{name}` has more than the {LONGEST} bytes that the kernel takes")
        self.text += size - (_size(f"{name}={self[name]}") if name in self else 0)
        _check_all(self.text)
        self[name] = value

    def give_expanded(self, name: str, written: str) -> None:
        """With the values of those before it."""
        try:
            value = expand(written, self)
        except UnresolvedError as error:
            raise UnresolvedError(f"the variable `{name}` is too long: {error.message}") from None
        self.give(name, value)


def compute_environment(env: tuple[EnvVar, ...]) -> dict[str, str]:
    """The variables with their references expanded; each sees those before it, and the last of one name stands."""
    variables = Variables()
    for variable in env:
        variables.give_expanded(variable.name, variable.value)
    return variables


def expand_words(words: Iterable[str], variables: Mapping[str, str]) -> tuple[str, ...]:
    """A command or its arguments. Raises `UnresolvedError` when one of them is too long, or all are."""
    found: list[str] = []
    text = 0
    for number, word in enumerate(words):
        try:
            expanded = expand(word, variables)
        except UnresolvedError as error:
            raise UnresolvedError(f"the argument {number} is too long: {error.message}") from None
        if _size(expanded) > LONGEST:
            raise UnresolvedError(f"the argument {number} has more than the {LONGEST} bytes that the kernel takes")
        text += _size(expanded)
        _check_all(text)
        found.append(expanded)
    return tuple(found)


def _check_all(size: int) -> None:
    if size > MOST_ALTOGETHER:
        message = f"arguments and variables have more than the {MOST_ALTOGETHER} bytes that the kernel takes altogether"
        raise UnresolvedError(message)


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
