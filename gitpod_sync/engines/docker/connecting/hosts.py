"""Further lines of /etc/hosts, in the words of the engine's API, and back. Pure.

The engine writes an address, a tab, and the name as it was given. Names that follow each other and have one address are
given as one with tabs between, so that they stand in one line as the kubelet writes them: who looks an address up is
told all of its names, not the first alone.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

Hosts = Iterable[tuple[str, str]]
"""Names and their addresses."""


def compute_extra_hosts(hosts: Hosts) -> list[str]:
    """`name:address`, an entry a line."""
    lines = groupby(hosts, key=itemgetter(1))
    return ["\t".join(name for name, _ in names) + f":{address}" for address, names in lines]


def read_extra_hosts(entries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name with its address, whether it has a line of its own or not."""
    for entry in entries:
        names, _, address = entry.partition(":")
        yield from ((name, address) for name in names.split("\t"))
