"""What a rule is."""

from collections.abc import Iterator
from typing import Protocol

from simulation.sight import Sight


class BrokenPromise(Exception):
    """A promise was broken. `rule` names it, `sentence` says how."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule
        self.sentence = sentence


class Rule(Protocol):
    """Looks at every decision; may remember what it has seen."""

    name: str

    def look(self, sight: Sight) -> Iterator[str]:
        """A sentence for every way in which it is broken."""
        ...
