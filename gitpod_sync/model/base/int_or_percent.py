"""IntOrString as `maxSurge` and `maxUnavailable` use it: `2` or `25%`.

Source of the rules: Kubernetes Deployment, "Rolling Update Deployment": maxSurge rounds up, maxUnavailable rounds down.
"""

import re
from dataclasses import dataclass
from typing import Self

from gitpod_sync.errors import ManifestError

_PERCENT = re.compile(r"(\d+)%", re.ASCII)


@dataclass(frozen=True, slots=True)
class IntOrPercent:
    """A count of pods, or a share of the wanted replicas in per cent."""

    value: int
    percent: bool = False

    def of(self, replicas: int, *, round_up: bool) -> int:
        """The count meant for `replicas` pods: 25 % of 10 is 3 rounded up and 2 rounded down."""
        if not self.percent:
            return self.value
        share = self.value * replicas
        return -(-share // 100) if round_up else share // 100

    def to_json(self) -> int | str:
        """The value as a manifest writes it."""
        return f"{self.value}%" if self.percent else self.value

    @classmethod
    def from_json(cls, value: int | str) -> Self:
        """Read `2` or `"25%"`; raises `ManifestError` for anything else."""
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return cls(value)
        match = _PERCENT.fullmatch(str(value))
        if not match:
            raise ManifestError(f"{value!r} is neither a count nor a percentage", "write it like 1 or 25%")
        return cls(int(match[1]), percent=True)
