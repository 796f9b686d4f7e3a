"""Words that are nearly right, and quantities that nearly are some."""

import pytest

from gitpod_sync.manifests.schema.meant_quantities import meant_quantity
from gitpod_sync.manifests.schema.near_misses import near_miss, same_with_a_part_more


def test_a_slip_of_the_hand_is_found_whatever_the_case() -> None:
    assert near_miss("imagepullpolcy", ["image", "imagePullPolicy"]) == "imagePullPolicy"
    assert near_miss("restart", ["image", "imagePullPolicy"]) is None
    assert near_miss("a" * 1000, ["a" * 1000]) is None


def test_a_part_more_or_less_is_found_when_only_one_has_it() -> None:
    assert same_with_a_part_more("port", ["containerPort", "name"]) == "containerPort"
    assert same_with_a_part_more("environment", ["env", "image"]) == "env"
    assert same_with_a_part_more("port", ["containerPort", "hostPort"]) is None
    assert same_with_a_part_more("i", ["image"]) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("512MB", "512M"),
        ("1GiB", "1Gi"),
        ("512mi", "512Mi"),
        ("1 Gi", "1Gi"),
        ("10g", "10G"),
        ("64kb", "64k"),
        ("0,5", "0.5"),
        ("2 cores", "2"),
        ("250 m", "250m"),
        ("50%", None),
        ("half", None),
        ("-1", None),
        ("", None),
    ],
)
def test_a_quantity_is_recognised_by_its_number_and_unit(written: str, meant: str | None) -> None:
    assert meant_quantity(written) == meant
