import pytest

from gitpod_sync.manifests.yaml.scalars import Scalar, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("y", True),
        ("No", False),
        ("on", True),
        ("yEs", "yEs"),
        ("5", 5),
        ("+5", 5),
        ("-5", -5),
        ("017", 15),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b101", 5),
        ("08", 8),
        ("1_000", 1000),
        ("_1", "_1"),
        ("1e3", 1000),
        ("3.0", 3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("22:22", "22:22"),
        ("2024-01-01", "2024-01-01"),
        ("500m", "500m"),
        ("-", "-"),
        ("1-2", "1-2"),
        ("18446744073709551615", 2**64 - 1),
        ("9" * 5000, "9" * 5000),
        ("<<", "<<"),
    ],
)
def test_plain_scalars_are_read_as_kubectl_reads_them(text: str, value: Scalar) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)
