"""Files that have become empty: they ask for nothing, and a mistake must not end what they asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from gitpod_sync.manifests.bounds import bounded
from gitpod_sync.manifests.checks.facts import Facts
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.diagnostics import Diagnostic, Severity, about_file
from gitpod_sync.model.meta import Key


def check_emptied(empty: Collection[str], before: Mapping[Key, Facts], after: Sequence[Facts]) -> Iterator[Diagnostic]:
    """An error for each of the `empty` files whose objects in force are in no other file now.

    A shell truncates a file before it writes to it, and a full disk leaves it so.
    """
    if not empty:
        return
    there = {each.key for each in after}
    lost: dict[str, list[Key]] = defaultdict(list)
    for key, facts in before.items():
        if facts.file in empty and key not in there:
            lost[facts.file].append(key)
    for name, keys in sorted(lost.items()):
        message = f"the file is empty now, and in force is what it had: {listed(map(str, keys))}"
        hint = "write it anew; if all of that is to go, remove the file"
        yield about_file(Severity.ERROR, "emptied-file", name, bounded(message), hint)
