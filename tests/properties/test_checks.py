"""Whatever its schema accepts, an object is checked, and its facts are found, without an exception."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.manifests.checks.objects import check_object
from gitpod_sync.manifests.checks.revision.facts import facts_of
from gitpod_sync.manifests.checks.revision.revision import check_revision
from gitpod_sync.manifests.checks.revision.transition import check_transition
from gitpod_sync.manifests.checks.spots import Spot
from gitpod_sync.manifests.diagnostics.findings import render_path
from gitpod_sync.manifests.schema.fast_validation import first_look
from gitpod_sync.manifests.schema.kinds import with_schema
from gitpod_sync.manifests.schema.schemas import bundled_schema
from tests.support.examples import examples

TEXTS = (
    *(
        "a",
        "b",
        "app",
        "web-0",
        "a.b",
        "x/y",
        "/",
        "/a",
        "/a/..",
        "a:b",
        "",
        " ",
        "0",
        "1",
        "644",
        "25%",
        "0%",
        "busybox:1",
    ),
    *(
        "500m",
        "1Gi",
        "100m",
        "0.5",
        "cpu",
        "memory",
        "hugepages-2Mi",
        "nvidia.com/gpu",
        "metadata.labels",
        "status.podIP",
    ),
    *(
        "limits.cpu",
        "metadata.labels['a']",
        "10.0.0.1",
        "::",
        "*.a.b",
        "* * * * *",
        "@daily",
        "0 0 31 2 *",
        "Local",
        "UTC",
    ),
    *(
        "eA==",
        "?",
        "kubernetes.io/tls",
        "kubernetes.io/dockercfg",
        "tls.crt",
        ".dockercfg",
        "{}",
        "SIGTERM",
        "net.a",
        "0-2",
    ),
)
MAPPINGS = st.dictionaries(st.sampled_from(TEXTS), st.sampled_from(TEXTS), max_size=2)


def values(schema: Mapping[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that are as the schema says, for the most part: those that are not are left out by the test."""
    if "const" in schema or "enum" in schema:
        return st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
    kinds = schema.get("type", "object")
    choices = [kinds] if isinstance(kinds, str) else kinds
    return st.one_of([_of_type(choice, schema, depth) for choice in choices])


@cache
def objects(kind: str) -> st.SearchStrategy[Any]:
    """Objects of a kind."""
    return values(bundled_schema(kind))


def _of_type(kind: str, schema: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case "object" if "properties" in schema:
            return st.deferred(lambda: _mappings(schema, depth + 1))
        case "object":
            return _entries(schema, depth)
        case "array":
            least = schema.get("minItems", 0)
            return st.deferred(
                lambda: st.lists(
                    values(schema["items"], depth + 1), min_size=least, max_size=max(least, 3 - depth // 4)
                )
            )
        case "string":
            return st.sampled_from(_texts(schema.get("pattern", ""), schema.get("minLength", 0)))
        case "boolean":
            return st.booleans()
        case _:
            least, most = schema.get("minimum", -(2**31)), schema.get("maximum", 2**31)
            return st.integers(least, most) | st.integers(least, min(most, max(least, 3)))


def _mappings(schema: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    fields = {name: values(part, depth) for name, part in schema["properties"].items()}
    required = set(schema.get("required", ()))
    always = {name: fields[name] for name in required}
    sometimes = [name for name in sorted(fields) if name not in required]
    few = st.lists(st.sampled_from(sometimes), max_size=6, unique=True) if sometimes else st.just([])
    return few.flatmap(lambda names: st.fixed_dictionaries({**always, **{name: fields[name] for name in names}}))


def _entries(schema: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    inner = schema.get("additionalProperties")
    if not isinstance(inner, dict):
        return MAPPINGS
    keys = _texts(schema.get("propertyNames", {}).get("pattern", ""), 1)
    return st.dictionaries(st.sampled_from(keys), values(inner, depth + 1), max_size=3)


@cache
def _texts(pattern: str, least: int) -> tuple[str, ...]:
    fitting = tuple(text for text in TEXTS if len(text) >= least and re.search(pattern, text))
    return fitting or ("a",)


@pytest.mark.parametrize("kind", sorted(with_schema()))
@given(data=st.data())
@examples(25)
def test_what_a_schema_accepts_is_checked(kind: str, data: st.DataObject) -> None:
    drawn = [data.draw(objects(kind)) for _ in range(2)]
    facts = []
    for value in drawn:
        if first_look(kind)(value):
            findings = list(check_object(kind, value))
            assert not [finding for finding in findings if not finding.code or not finding.message]
            facts.append(facts_of(kind, value, "a.yaml", lambda path: Spot(1, 1, render_path(path))))
    assert list(check_revision(facts, strict=True)) is not None
    assert not list(check_transition({each.key: each for each in facts}, facts[-1:]))
