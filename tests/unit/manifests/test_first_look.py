"""What the first look accepts is not looked at again, so it must never accept what the library would refuse."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gitpod_sync.manifests.schema.fast_validation import look_by
from gitpod_sync.manifests.schema.kinds import LIST, with_schema
from gitpod_sync.manifests.schema.schemas import bundled_schema
from tests.support.examples import examples


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and all below it."""
    yield schema
    below = [*schema.get("properties", {}).values()]
    below += [schema[each] for each in ("items", "additionalProperties", "propertyNames") if schema.get(each)]
    for part in below:
        yield from parts_of(part)


KINDS = [*sorted(with_schema()), LIST]
PARTS = list({str(part): part for kind in KINDS for part in parts_of(bundled_schema(kind))}.values())
DEEPEST = 4
TEXTS = st.sampled_from(
    ["a", "", "a\n", "a-b", "A_B", "/a", "/a/../b", "a.b/c", "1Gi", "5m", "25%", "80", "a:1", "-", "é", "a" * 64]
) | st.integers(0, 600).map(lambda length: "a" * length)
# Whole floats are left out, no reader makes them, and NaN, which the look leaves to the library.
SCALARS = st.none() | st.booleans() | st.integers(-1, 70000) | st.sampled_from([0.5, -0.5, 2**40, math.inf]) | TEXTS
STRAY = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXTS, SCALARS, max_size=2)


@st.composite
def shaped(draw: st.DrawFn, schema: Any, depth: int = 0) -> Any:
    """A value that is mostly as the schema says, with something else in its place now and then."""
    if not schema or draw(st.integers(0, 30)) == 30:
        return draw(STRAY)
    match schema:
        case {"const": only}:
            return only
        case {"enum": choices}:
            return draw(st.sampled_from(choices))
        case {"items": items}:
            return draw(st.lists(shaped(items, depth + 1), min_size=schema.get("minItems", 0), max_size=2))
        case {"properties": properties}:
            optional = [*properties] if depth < DEEPEST else []
            chosen = draw(st.sets(st.sampled_from(optional), max_size=3)) if optional else set()
            names = sorted(chosen | {*schema.get("required", ())})
            forgotten = draw(st.integers(0, 30))
            return {name: draw(shaped(properties[name], depth + 1)) for name in names[0 if forgotten else 1 :]}
        case {"additionalProperties": dict(values)}:
            return draw(st.dictionaries(TEXTS, shaped(values, depth + 1), max_size=2))
        case {"type": "boolean"}:
            return draw(st.booleans())
        case {"type": "integer"}:
            return draw(st.integers(schema.get("minimum", -9) - 1, schema.get("maximum", 9) + 1))
        case _:
            return draw(SCALARS)


@given(number=st.integers(0, len(PARTS) - 1), data=st.data())
@examples(1500)
def test_the_look_and_the_library_give_one_verdict(number: int, data: st.DataObject) -> None:
    schema = PARTS[number]
    value = data.draw(shaped(schema))
    assert look_by(schema)(value) == Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"type": "string"}, "1", 1),
        ({"type": "integer"}, 1, True),
        ({"type": "number"}, 0.5, True),
        ({"type": "boolean"}, True, 1),
        ({"type": "null"}, None, ""),
        ({"type": ["integer", "string"], "minimum": 1}, "0", 0),
        ({"const": "v1"}, "v1", "v2"),
        ({"enum": ["TCP", "UDP"]}, "UDP", None),
        ({"type": "string", "minLength": 1}, "a", ""),
        ({"type": "string", "maxLength": 1}, "a", "ab"),
        ({"type": "string", "pattern": r"^a\Z"}, "a", "a\n"),
        ({"type": "integer", "minimum": 0}, 0, -1),
        ({"type": "integer", "maximum": 9}, 9, 10),
        ({"type": "number", "minimum": 0}, 0.5, math.nan),
        ({"type": "array", "minItems": 1}, [1], []),
        ({"type": "array", "items": {"type": "string"}}, ["a"], ["a", 1]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "b", "c": 1}, {"a": 1}),
        ({"type": "object", "required": ["a"]}, {"a": None}, {"b": None}),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"a": 1, "b": 1}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": "b"}, {"a": 1}),
        ({"type": "object", "propertyNames": {"type": "string", "maxLength": 1}}, {"a": 1}, {"ab": 1}),
        ({}, [None, {"a": 0.5}], ()),
    ],
)
def test_every_keyword_is_looked_at(schema: dict[str, Any], accepted: object, refused: object) -> None:
    assert look_by(schema)(accepted)
    assert not look_by(schema)(refused)


@pytest.mark.parametrize(
    "schema", [{"type": "string", "format": "date"}, {"type": "string", "enum": ["a"]}, {"const": 1}]
)
def test_a_schema_with_what_the_look_does_not_know_accepts_nothing(schema: dict[str, Any]) -> None:
    assert not any(look_by(schema)(value) for value in ("a", "2026-01-01", 1))


@pytest.mark.parametrize("number", range(len(PARTS)))
def test_the_look_knows_every_keyword_of_the_schemas(number: int) -> None:
    assert look_by(PARTS[number]) is not look_by(False)
