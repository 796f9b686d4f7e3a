"""Quantities mean what Kubernetes says they mean."""

import pytest

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.quantity import Quantity


@pytest.mark.parametrize(
    ("written", "units", "milli"),
    [
        ("500m", 1, 500),
        ("0.5", 1, 500),
        (".5", 1, 500),
        ("2", 2, 2000),
        ("1Gi", 1024**3, 1000 * 1024**3),
        ("128Mi", 128 * 1024**2, 128_000 * 1024**2),
        ("1e3", 1000, 1_000_000),
        ("1E3", 1000, 1_000_000),
        ("1E", 10**18, 10**21),
        ("100k", 100_000, 100_000_000),
        ("1n", 1, 1),
        ("1.", 1, 1000),
        ("1.G", 10**9, 10**12),
        ("+0.5Mi", 1024**2 // 2, 500 * 1024**2),
        ("1.3E+6", 1_300_000, 1_300_000_000),
        ("0.5e-1", 1, 50),
        (" 64Mi ", 64 * 1024**2, 64_000 * 1024**2),
    ],
)
def test_amounts_are_exact_and_rounded_up(written: str, units: int, milli: int) -> None:
    quantity = Quantity.parse(written)
    assert (quantity.units, quantity.milli) == (units, milli)


@pytest.mark.parametrize(
    "written", ["", "100mb", "0,5", "1 Gi", "Gi", "1KiB", "१", "--1", "1e", "0x10", "1i", "1.1.M", "0.1mi"]
)
def test_what_is_no_quantity_is_refused_with_the_shape_to_use(written: str) -> None:
    with pytest.raises(ManifestError, match="write it like"):
        Quantity.parse(written)
