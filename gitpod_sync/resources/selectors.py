"""Label selectors as they are shown: `app=web,tier!=db,env in (a,b),canary,!old`."""

from typing import assert_never

from gitpod_sync.model.base.selector import LabelSelector, Requirement, SelectorOperator


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
