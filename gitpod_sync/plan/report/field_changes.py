"""Two values side by side, field by field."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.doors import words_of


class ChangeKind(StrEnum):
    """What becomes of an object. A note tells of a difference that stays, as Kubernetes would let it stay."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: what runs has `old`, Git asks for `new`; None means that the field is not there."""

    path: str
    old: Json
    new: Json


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object that is not as Git asks. `why` a difference stays is said of a note."""

    key: Key
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    why: str = ""


def told_apart(key: Key, tell: Callable[[], Iterable[ObjectChange]]) -> tuple[ObjectChange, ...]:
    """What is told of one object. An error that comes of it is its own line, and keeps none of the others back."""
    try:
        return tuple(tell())
    except Exception as error:  # noqa: BLE001 # whatever it is, it is told
        return (ObjectChange(key, ChangeKind.NOTE, why=f"how it differs cannot be told: {words_of(error)}"),)


def compute_field_changes(old: Json, new: Json, path: str) -> Iterator[FieldChange]:
    """Walk two JSON values side by side. List items that bear a name are matched by it, others by place."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from compute_field_changes(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    elif _named(old) and _named(new):
        olds, news = ({item["name"]: item for item in items} for items in (old, new))
        for name in sorted(olds.keys() | news.keys()):
            yield from compute_field_changes(olds.get(name), news.get(name), f"{path}[{name}]")
    elif old != new:
        yield FieldChange(path, old, new)


def _named(items: Json) -> bool:
    return isinstance(items, list) and bool(items) and all(isinstance(item, dict) and "name" in item for item in items)
