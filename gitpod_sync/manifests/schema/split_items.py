"""One item of a list written as several, by a '- ' before more than its first field."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_MISSING = "missing-field"
_NAME = "name"


@dataclass(slots=True)
class _Items:
    """A list, and the fields that are missing in its items, by index."""

    values: list[Json]
    lacking: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def join_split_items(value: Json, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with one for every superfluous '- ' in place of those on the split item's missing fields.

    An item is a part of the one before if it has no name and none of that one's fields, and lacks one of them:

        - name: web
        - image: nginx    # lacks the name; the item before lacks the image
    """
    given = list(findings)
    lists = _lists_with_gaps(value, given)
    if not lists:
        return given
    explained: set[FieldPath] = set()
    joined: list[Finding] = []
    for path, items in lists.items():
        for index, lead, fields in _parts(items):
            first = next(iter(items.values[index]))
            message = f"`{first}` begins an item of its own, which has no `{lead}`"
            hint = f"if it belongs to the item before, take out its '- ' and indent it like `{lead}`"
            joined.append(Finding(_MISSING, (*path, index, first), message, hint, on_key=True))
            explained |= {(*path, at, name) for at in items.lacking if at <= index for name in fields}
            explained |= {(*path, index, name) for name in items.lacking[index]}
    return [each for each in given if each.code != _MISSING or each.path not in explained] + joined


def _lists_with_gaps(value: Json, findings: Iterable[Finding]) -> Mapping[FieldPath, _Items]:
    lists: dict[FieldPath, _Items] = {}
    for finding in findings:
        match finding.path:
            case (*above, int(index), str(name)) if finding.code == _MISSING:
                path = tuple(above)
                lists.setdefault(path, _Items(_at(value, path))).lacking[index].add(name)
    return lists


def _at(value: Json, path: FieldPath) -> list[Json]:
    for step in path:
        value = value[step]
    return list(value)


def _parts(items: _Items) -> Iterator[tuple[int, str, set[str]]]:
    """The index of every part but the first of an item, a field it lacks, and the fields of the parts so far."""
    so_far: set[str] = set()
    for index, item in enumerate(items.values):
        fields = set(item) if isinstance(item, dict) else set()
        lacked = items.lacking.get(index, set()) & so_far
        if fields and lacked and fields.isdisjoint({*so_far, _NAME}):
            so_far |= fields
            yield index, min(lacked, key=lambda name: (name != _NAME, name)), set(so_far)
        else:
            so_far = fields
