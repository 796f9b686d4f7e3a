"""Kubernetes resource quantities: `500m`, `1Gi`, `1e3`, `0.5`.

Source of the rules: Kubernetes API conventions, "Quantity" (resource.Quantity): a decimal number with a binary suffix
(Ki … Ei), a decimal suffix (n, u, m, k … E) or a decimal exponent.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Self

from gitpod_sync.errors import ManifestError

_BINARY = {suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)}
_DECIMAL = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal("1e3"),
    "M": Decimal("1e6"),
    "G": Decimal("1e9"),
    "T": Decimal("1e12"),
    "P": Decimal("1e15"),
    "E": Decimal("1e18"),
}
_FACTORS = {**_BINARY, **_DECIMAL}
_SHAPE = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<tail>[eE][+-]?\d{1,3}|[A-Za-z]{0,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, kept exactly and as it was written, without spaces around it.

    Two quantities are equal when they are written alike; compare `amount` to compare what they mean.
    """

    text: str
    amount: Decimal

    @classmethod
    def parse(cls, written: str | float) -> Self:
        """Read a quantity. Raises `ManifestError` with the expected shape when it is none.

        Spaces around it mean nothing, as in the JSON of Kubernetes.
        """
        text = str(written).strip()
        match = _SHAPE.fullmatch(text)
        tail = match["tail"] if match else ""
        if match and tail[:1] in {"e", "E"} and len(tail) > 1 and tail not in _FACTORS:
            return cls(text, Decimal(match["number"] + tail))
        if match and tail in _FACTORS:
            return cls(text, Decimal(match["number"]) * _FACTORS[tail])
        raise ManifestError(f"{text!r} is not a valid quantity", "write it like 500m, 0.5, 128Mi or 1Gi")

    @property
    def units(self) -> int:
        """Whole units (bytes of memory), rounded up as Kubernetes does."""
        return int(self.amount.to_integral_value(ROUND_CEILING))

    @property
    def milli(self) -> int:
        """Thousandths (millicores of CPU), rounded up as Kubernetes does."""
        return int((self.amount * 1000).to_integral_value(ROUND_CEILING))

    def to_json(self) -> str:
        """The quantity as it was written, as a string."""
        return self.text

    @classmethod
    def from_json(cls, value: str | float) -> Self:
        """The codec's way in."""
        return cls.parse(value)
