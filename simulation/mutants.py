"""Defects made on purpose: a simulation that does not find them proves nothing.

A mutant is one line of a function of ours, changed as a tired person might. What is imported already has it as well:
the function stays the same one and gets other code.
"""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType


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
    """From now on this process has the defect. Raises `ValueError` when its place is in no function."""
    path = import_module(mutant.module).__file__
    assert path
    source = Path(path).read_text()
    changed = {
        before: after
        for before, after in zip(
            _functions(compile(source, path, "exec")),
            _functions(compile(mutant.change(source), path, "exec")),
            strict=True,
        )
        if before != after
    }
    planted = [each for each in gc.get_objects() if type(each) is FunctionType and each.__code__ in changed]
    if not planted:
        raise ValueError(f"the place of the mutant {mutant.name!r} is in no function of {mutant.module}")
    for each in planted:
        each.__code__ = changed[each.__code__]


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module and of its classes; what is defined within a function is a part of it."""
    for each in code.co_consts:
        if isinstance(each, CodeType) and each.co_flags & CO_OPTIMIZED:
            yield each
        elif isinstance(each, CodeType):
            yield from _functions(each)
