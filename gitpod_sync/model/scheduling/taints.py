"""Taints of nodes, and what pods tolerate of them.

Source of the rules: Kubernetes, "Taints and Tolerations".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

MEMORY_PRESSURE = "node.kubernetes.io/memory-pressure"
DISK_PRESSURE = "node.kubernetes.io/disk-pressure"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
"""Keys of the taints that a node bears for what it suffers from, and for being cordoned."""

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)


class TaintEffect(StrEnum):
    """The fate of pods that do not tolerate a taint: none comes, none comes if it can be helped, none stays."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


@dataclass(frozen=True, slots=True, order=True)
class Taint:
    """A mark of a node that keeps pods off."""

    key: str
    value: str
    effect: TaintEffect

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


class TolerationOperator(StrEnum):
    """How a toleration compares the value of a taint with its own: Gt is true of a taint with the greater number."""

    EXISTS = "Exists"
    EQUAL = "Equal"
    GREATER = "Gt"
    LESS = "Lt"


@dataclass(frozen=True, slots=True)
class Toleration:
    """Taints that a pod puts up with; an empty key stands for all keys, no effect for all effects.

    `toleration_seconds` is how long it puts up with NoExecute; None: for ever.
    """

    key: str = ""
    operator: TolerationOperator = TolerationOperator.EQUAL
    value: str = ""
    effect: TaintEffect | None = None
    toleration_seconds: int | None = None

    def tolerates(self, taint: Taint) -> bool:
        """Whether this taint is one of them."""
        if (self.effect and self.effect is not taint.effect) or (self.key and self.key != taint.key):
            return False
        match self.operator:
            case TolerationOperator.EXISTS:
                return True
            case TolerationOperator.EQUAL:
                return bool(self.key) and self.value == taint.value
            case TolerationOperator.GREATER | TolerationOperator.LESS:
                if not self.key or not _INTEGER.fullmatch(self.value) or not _INTEGER.fullmatch(taint.value):
                    return False
                own, other = int(self.value), int(taint.value)
                return other > own if self.operator is TolerationOperator.GREATER else other < own
            case _ as never:
                assert_never(never)


def first_untolerated(
    taints: Iterable[Taint], tolerations: Iterable[Toleration], effects: frozenset[TaintEffect]
) -> Taint | None:
    """The first taint with one of the `effects` that no toleration is for."""
    tolerations = tuple(tolerations)
    for taint in taints:
        if taint.effect in effects and not any(each.tolerates(taint) for each in tolerations):
            return taint
    return None


def patience_with(taint: Taint, tolerations: Iterable[Toleration]) -> float | None:
    """Seconds for which a taint is tolerated: the least of the matching tolerations; None: for ever.

    A taint without a matching toleration is tolerated for 0 seconds.
    """
    found = [each.toleration_seconds for each in tolerations if each.tolerates(taint)]
    if not found:
        return 0.0
    limited = [max(0.0, float(seconds)) for seconds in found if seconds is not None]
    return min(limited, default=None)
