"""Defects made on purpose: a simulation that does not find them proves nothing.

A mutant is one line of a module of ours, changed as a tired person might. It is made while the module is imported, so
it needs a process of its own.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Mutant:
    """In `module` the text `before`, which is there once, becomes `after`. `kind` is the workloads to look at."""

    name: str
    kind: str
    module: str
    before: str
    after: str

    def change(self, source: str) -> str:
        """The source with the defect. Raises `ValueError` when the place is not there (any more)."""
        if source.count(self.before) != 1:
            raise ValueError(f"{self.module} has {source.count(self.before)} places for the mutant {self.name!r}")
        return source.replace(self.before, self.after)


def plant(mutant: Mutant) -> None:
    """From now on the module is imported with its defect."""
    if mutant.module in sys.modules:
        raise ValueError(f"{mutant.module} is imported already")
    sys.meta_path.insert(0, _Finder(mutant))


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The one module; all others are found as always."""
        if fullname != self._mutant.module:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.origin is None:
            return None
        return spec_from_loader(fullname, _Loader(self._mutant, found.origin), origin=found.origin)


class _Loader(SourceLoader):
    def __init__(self, mutant: Mutant, path: str) -> None:
        self._mutant = mutant
        self._path = path

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - it has one file
        return self._path

    def get_data(self, path: str) -> bytes:
        with open(path, "rb") as file:  # noqa: PTH123 - the loader speaks in plain paths
            data = file.read()
        return self._mutant.change(data.decode()).encode() if path == self._path else data
