"""The text of docs/support.md: what becomes of every field, for people."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

WORDS = {
    "supported": "supported",
    "not yet": "**not yet**",
    "without meaning": "no meaning here",
    "rejected": "**rejected**",
}
HEAD = """# What is supported

Generated from [schemas/support.json](../schemas/support.json) by `python -m scripts.generate_schemas`;
change the table, not this page. It covers every field that Kubernetes {version} has for the kinds below.

- **supported**: honoured.
- **no meaning here**: accepted with a note, for the reason given; it still has to have the shape that Kubernetes asks
  for.
- **not yet**: refused until it is honoured.
- **rejected**: refused, for the reason given, with what to do instead.

A value that says what happens anyway (`hostNetwork: false`) is accepted whatever the support of its field.
"""


def support_page(table: Json) -> str:
    """The whole page."""
    return "\n".join([HEAD.format(version=table["kubernetes"]), *_summary(table), *_kinds(table), *_definitions(table)])


def _summary(table: Json) -> Iterator[str]:
    counts = Counter(
        each["support"]
        for entry in table["definitions"].values()
        for each in entry["fields"].values()
        if "support" in each
    )
    yield "Fields: " + ", ".join(f"{counts[support]} {support}" for support in WORDS) + ".\n"


def _kinds(table: Json) -> Iterator[str]:
    yield "## Kinds\n"
    yield "| kind | write as apiVersion | support | |"
    yield "|---|---|---|---|"
    for kind, entry in table["kinds"].items():
        version = f"`{entry['apiVersions'][0]}`" if entry["apiVersions"] else "(removed)"
        yield f"| {kind} | {version} | {WORDS[entry['support']]} | {_reason(entry)} |"
    yield ""


def _definitions(table: Json) -> Iterator[str]:
    yield "## Fields\n"
    for name, entry in table["definitions"].items():
        if "support" in entry or not entry["fields"]:
            continue
        yield f"### {name}\n"
        yield "| field | type | support | |"
        yield "|---|---|---|---|"
        for field, each in entry["fields"].items():
            yield f"| `{field}` | {_type(each)} | {WORDS[each['support']]} | {_reason(each)}{_values(each)} |"
        yield ""


def _type(entry: Json) -> str:
    name = entry["type"].removesuffix("[]")
    if "enum" in entry:
        name = ", ".join(f"`{value}`" for value in entry["enum"])
    return f"list of {name}" if entry["type"].endswith("[]") else name


def _reason(entry: Json) -> str:
    parts = (entry.get("why", ""), entry.get("instead", ""))
    return "; ".join(part for part in parts if part)


def _values(entry: Json) -> str:
    """The support of single values or keys, where it differs."""
    single = {**entry.get("values", {}), **entry.get("keys", {})}
    parts = [
        f"{'any other' if value == '*' else f'`{value}`'}: {WORDS[each['support']]}"
        + (f" ({_reason(each)})" if _reason(each) else "")
        for value, each in single.items()
        if each["support"] != "supported"
    ]
    return "; ".join(parts)
