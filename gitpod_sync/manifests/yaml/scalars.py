"""Unquoted YAML scalars, read as kubectl reads them.

kubectl turns YAML 1.1 into JSON with a reader of its own habits: `y`, `no` and `on` are booleans, `0o17` and `017` are
octal, `1_000` is a thousand, `22:22` and dates are text, `3.0` is the integer 3.
Source of the rules: Kubernetes, sigs.k8s.io/yaml (goyaml.v2, resolve.go).
"""

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_FIRST = frozenset("0123456789+-.~yYnNtTfFoO")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_LONGEST_INTEGER = 70
"""Sign, prefix and 64 binary digits, with some room."""
_WHOLE_AS_JSON = 1e21
"""Go writes whole floats below this as integers when it makes JSON."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar."""
    if not text:
        return None
    if text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _number(text.replace("_", "")) if text[0] in "0123456789+-." else None
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if len(text) <= _LONGEST_INTEGER and _INTEGER.fullmatch(text):
        digits = text.lstrip("+-")
        old_octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
        value = int(text, 8 if old_octal else 0)
        if -(2**63) <= value < 2**64:
            return value
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return int(number) if number.is_integer() and abs(number) < _WHOLE_AS_JSON else number
    return None


def canonical_key(value: Scalar) -> str | None:
    """The JSON key that kubectl makes of a scalar key; None when it refuses it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case None:
            return None
