"""Where in an object of a kind a field belongs, by the support table."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

from gitpod_sync.manifests.schema.support import FieldEntry, Support, table
from gitpod_sync.manifests.yaml.documents import FieldPath

ITEM = "[]"
Way = tuple[str, ...]
"""A path whatever the index: `("spec", "containers", "[]", "image")`."""

_RESOURCES: Mapping[tuple[str, str], Way] = {
    ("ResourceRequirements", "limits"): ("cpu", "memory", "ephemeral-storage"),
    ("ResourceRequirements", "requests"): ("cpu", "memory", "ephemeral-storage"),
    ("VolumeResourceRequirements", "requests"): ("storage",),
}
"""The amounts of resources stand under names that are no fields."""
_MOST_SHOWN = 3
_FARTHEST = 3


def way_of(path: FieldPath) -> Way:
    """The path without its indexes."""
    return tuple(ITEM if isinstance(step, int) else step for step in path)


def ways_to(kind: str, name: str, owner: FieldPath, beside: Collection[str] = ()) -> tuple[Way, ...]:
    """The ways to a field of this name that are nearest to the mapping `owner`, in which it was looked for.

    Of several, those are taken whose mappings also have the most of the fields `beside` it, and those of containers.
    None when objects of the kind have no such field, or none that is near.
    """
    here, every = way_of(owner), _ways(kind)
    ways = every.get(name, ())
    nearest = min((_distance(here, way[:-1]) for way in ways), default=0)
    near = [way for way in ways if _distance(here, way[:-1]) == nearest <= _FARTHEST]
    shared = [sum((*way[:-1], other) in every.get(other, ()) for other in beside) for way in near]
    best = tuple(way for way, count in zip(near, shared, strict=True) if count == max(shared))
    return tuple(way for way in best if "containers" in way) or best


def kinds_with(name: str, owner: FieldPath) -> list[str]:
    """The kinds whose objects have a field of this name at this very place."""
    way = (*way_of(owner), name)
    return [kind for kind, entry in sorted(table().kinds.items()) if entry.definition and _has(entry.definition, way)]


def place(way: Way, seen_from: FieldPath) -> FieldPath:
    """The way with the indexes of the path that it is seen from, as far as both go together."""
    placed: list[str | int] = []
    is_same = True
    for index, step in enumerate(way):
        there = seen_from[index] if index < len(seen_from) else None
        is_same = is_same and (step == there or (step == ITEM and isinstance(there, int)))
        placed.append(there if is_same and there is not None else step)
    return tuple(placed)


def ways_along(placed: Collection[FieldPath]) -> frozenset[FieldPath]:
    """The places, and every mapping and list on the way to them."""
    return frozenset(each[:length] for each in placed for length in range(1, len(each) + 1))


def is_along(path: FieldPath, ways: Collection[FieldPath]) -> bool:
    """Whether the path is one of the ways, whose last indexes may be open."""
    indexes = [at for at, step in enumerate(path) if isinstance(step, int)]
    opened = (path[:first] + way_of(path[first:]) for first in (*indexes, len(path)))
    return any(each in ways for each in opened)


def render_owners(ways: Collection[Way], seen_from: FieldPath) -> str:
    """The mappings that hold the fields at the ends of the ways, in words."""
    shown = [_render_owner(place(way, seen_from)[:-1]) for way in ways][:_MOST_SHOWN]
    *others, last = shown
    return f"{', '.join(others)} or {last}" if others else last


def _render_owner(owner: FieldPath) -> str:
    if not owner:
        return "the top level"
    if owner[-1] == ITEM:
        return f"an item of {_render_owner(owner[:-1])}"
    parts = (ITEM if step == ITEM else f"[{step}]" if isinstance(step, int) else f".{step}" for step in owner)
    return f"`{''.join(parts).removeprefix('.')}`"


def _distance(one: Way, other: Way) -> int:
    """How many mappings lie between the two; an item is at its list."""
    common = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    common = min(len(one), len(other)) if common is None else common
    return sum(step != ITEM for step in (*one[common:], *other[common:]))


@cache
def _ways(kind: str) -> Mapping[str, tuple[Way, ...]]:
    found: dict[str, list[Way]] = defaultdict(list)
    entry = table().kinds.get(kind)
    if entry is not None and entry.definition in table().definitions:
        _walk(entry.definition, (), (), found)
    return {name: tuple(ways) for name, ways in found.items()}


def _walk(definition: str, owner: Way, within: tuple[str, ...], found: dict[str, list[Way]]) -> None:
    for name, entry in table().definitions[definition].fields.items():
        if _is_out_of_reach(name, entry):
            continue
        found[name].append((*owner, name))
        below = (*owner, name, ITEM) if entry.is_list else (*owner, name)
        for resource in _RESOURCES.get((definition, name), ()):
            found[resource].append((*below, resource))
        # A schema of a CustomResourceDefinition holds further ones.
        if entry.type in table().definitions and entry.type not in within:
            _walk(entry.type, below, (*within, definition), found)


def _is_out_of_reach(name: str, entry: FieldEntry) -> bool:
    return name == "status" or entry.verdict is None or entry.verdict.support is Support.REJECTED


def _has(definition: str, way: Way) -> bool:
    for step in way:
        if step == ITEM:
            continue
        entry = table().definitions[definition].fields.get(step) if definition in table().definitions else None
        if entry is None or _is_out_of_reach(step, entry):
            return False
        definition = entry.type
    return True
