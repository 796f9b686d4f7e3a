"""Likely meanings of a text that is nearly a quantity: `512MB`, `1 Gi`, `0,5`."""

import re

_NUMBER_AND_UNIT = re.compile(r"(?P<number>[0-9]{1,18}([.,][0-9]{1,9})?) ?(?P<unit>[A-Za-z]{0,5})")
_UNITS = {
    "": "",
    **dict.fromkeys(("core", "cores", "cpu", "cpus"), ""),
    **dict.fromkeys(("b", "byte", "bytes"), ""),
    **{f"{letter.lower()}i": f"{letter}i" for letter in "KMGTPE"},
    **{f"{letter.lower()}ib": f"{letter}i" for letter in "KMGTPE"},
    **{f"{letter.lower()}b": letter for letter in "MGTPE"},
    "kb": "k",
    "m": "m",
    "g": "G",
    "t": "T",
}


def meant_quantity(written: str) -> str | None:
    """The quantity as Kubernetes would take it; None when there is nothing near."""
    match = _NUMBER_AND_UNIT.fullmatch(written.strip())
    unit = _UNITS.get(match["unit"].lower()) if match else None
    if match is None or unit is None:
        return None
    return f"{match['number'].replace(',', '.')}{unit}"
