"""What a revision would take away although nobody asked for that: a mistake never looks like a deletion.

Who deletes a file, or takes an object out of one, asks for that. Nobody is taken to ask where the file still stands
there and gives nothing any more (it is empty, a link stands in its place, the configuration or a chart leaves it out),
and nobody is taken to ask for the last workload of a source to go: an empty folder is more often a disk that is not
mounted. Pure; who is asked for permission, and how, is for others to say.
"""

from collections.abc import Iterator, Sequence

from gitpod_sync.model.layout import Layout, is_workload
from gitpod_sync.model.removal import Leaving, Removal


def compute_removals(in_force: Sequence[Layout], newest: Sequence[Layout]) -> tuple[Removal, ...]:
    """For every source in force that would lose something unasked, its losses.

    An object that moves to another file or source does not leave. A source in force that is not among the newest is not
    followed any more, which somebody has asked for; but not for the last workload of all to go.
    """
    asked = {key for layout in newest for key in layout.files}
    by_source = {layout.source: layout for layout in newest}
    any_workload = any(layout.asks_for_pods for layout in newest)
    found = []
    for before in in_force:
        after = by_source.get(before.source)
        keeps_pods = any_workload if after is None else after.asks_for_pods
        left = sorted(before.files.keys() - asked)
        empties = not keeps_pods and any(map(is_workload, left))
        leaving = tuple(Leaving(key, before.files[key], _why_unread(before.files[key], after)) for key in left)
        if empties or any(each.unread for each in leaving):
            found.append(Removal(before.source, before.commit, after.commit if after else "", leaving, empties))
    return tuple(found)


def _why_unread(file: str, after: Layout | None) -> str:
    for place in _places(file) if after else ():
        if after and place in after.unread:
            return f"{place} is still there, but {after.unread[place]}"
    return ""


def _places(file: str) -> Iterator[str]:
    """The file itself and the folders on its way, in whose place a link or a submodule may stand."""
    while file:
        yield file
        file = file.rpartition("/")[0]
