"""Names of pods that controllers make: `<workload>-<template hash>-<suffix>` or `<workload>-<suffix>`.

Kubernetes draws the suffix at random. Here it follows from the stem and the names in use, so that a dry run names the
very pods that would come.
"""

from collections.abc import Collection, Iterator
from itertools import count

from gitpod_sync.model.pods.hashing import safe_digest

LONGEST_NAME = 63
"""A pod's name is its hostname as well."""

_SUFFIX = 5


def free_names(stem: str, taken: Collection[str]) -> Iterator[str]:
    """Names that begin with `stem`, in a fixed order; taken names are skipped."""
    head = stem[: LONGEST_NAME - _SUFFIX - 1].rstrip("-.")
    for number in count():
        name = f"{head}-{safe_digest(f'{stem}/{number}', _SUFFIX)}"
        if name not in taken:
            yield name
