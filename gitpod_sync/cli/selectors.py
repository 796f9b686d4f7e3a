"""Label selectors as they are typed and shown: `app=web,tier!=db,env in (a,b),canary,!old`.

Source of the grammar: Kubernetes, "Labels and Selectors", API.
"""

import re
from typing import assert_never

import click

from gitpod_sync.model.selector import LabelSelector, Requirement, SelectorOperator

_KEY = r"(?P<key>[A-Za-z0-9][A-Za-z0-9._/-]*)"
_SET = re.compile(rf"{_KEY}\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY = re.compile(rf"{_KEY}\s*(?P<operator>==|=|!=)\s*(?P<value>[A-Za-z0-9._-]*)")
_PRESENCE = re.compile(rf"(?P<absent>!?)\s*{_KEY}")
_COMMA = re.compile(r",(?![^()]*\))")
"""A comma that is not inside parentheses."""


def parse_selector(text: str) -> LabelSelector:
    """Read a selector. Raises click's usage error for a part that is none."""
    parts = [part.strip() for part in _COMMA.split(text)]
    return LabelSelector(match_expressions=tuple(_parse_requirement(part) for part in parts if part))


def render_selector(selector: LabelSelector | None) -> str:
    """A selector as it would be typed; `<none>` for none, or for one that selects everything."""
    if selector is None:
        return "<none>"
    equalities = [f"{key}={value}" for key, value in sorted(selector.match_labels.items())]
    return ",".join((*equalities, *map(_render_requirement, selector.match_expressions))) or "<none>"


def _render_requirement(requirement: Requirement) -> str:
    values = ",".join(requirement.values)
    match requirement.operator:
        case SelectorOperator.IN:
            return f"{requirement.key} in ({values})"
        case SelectorOperator.NOT_IN:
            return f"{requirement.key} notin ({values})"
        case SelectorOperator.EXISTS:
            return requirement.key
        case SelectorOperator.DOES_NOT_EXIST:
            return f"!{requirement.key}"
        case _ as never:
            assert_never(never)


def _parse_requirement(part: str) -> Requirement:
    if match := _SET.fullmatch(part):
        operator = SelectorOperator.IN if match["operator"] == "in" else SelectorOperator.NOT_IN
        return Requirement(match["key"], operator, tuple(value.strip() for value in match["values"].split(",")))
    if match := _EQUALITY.fullmatch(part):
        operator = SelectorOperator.NOT_IN if match["operator"] == "!=" else SelectorOperator.IN
        return Requirement(match["key"], operator, (match["value"],))
    if match := _PRESENCE.fullmatch(part):
        operator = SelectorOperator.DOES_NOT_EXIST if match["absent"] else SelectorOperator.EXISTS
        return Requirement(match["key"], operator)
    raise click.UsageError(f"{part!r} is no part of a selector; write it like app=web,tier!=db or env in (a,b)")
