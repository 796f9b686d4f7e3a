"""The meaning of failed pods for their Job, and the successes that suffice.

Source of the rules: Kubernetes, "Jobs", pod failure policy and success policy.
"""

from collections.abc import Collection
from dataclasses import dataclass

from gitpod_sync.controllers.pod.container_state import StateKind
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.shared.conditions import compute_conditions
from gitpod_sync.model.workloads.indexes import count_common, count_indexes
from gitpod_sync.model.workloads.jobs import (
    CodeOperator,
    ConditionPattern,
    ExitCodes,
    FailureAction,
    PodFailurePolicy,
    SuccessPolicy,
    SuccessRule,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The action on a failed pod, and the reason in words."""

    action: FailureAction
    why: str = ""


COUNTED = Judgement(FailureAction.COUNT)


def judge_failure(policy: PodFailurePolicy | None, state: PodState) -> Judgement:
    """The judgement of the first rule that fits; without a fitting rule the pod is counted."""
    for number, rule in enumerate(policy.rules if policy else ()):
        why = _fitting_code(rule.on_exit_codes, state) if rule.on_exit_codes else ""
        why = why or _fitting_condition(rule.on_pod_conditions, state)
        if why:
            return Judgement(rule.action, f"{why} matching {rule.action} rule at index {number}")
    return COUNTED


def rule_met(policy: SuccessPolicy, done: Collection[int]) -> int | None:
    """The number of the first rule that the indexes that are done fulfil; it takes one at least."""
    return next((number for number, rule in enumerate(policy.rules) if done and _is_met(rule, done)), None)


def _is_met(rule: SuccessRule, done: Collection[int]) -> bool:
    if not rule.succeeded_indexes:
        return rule.succeeded_count is not None and len(done) >= rule.succeeded_count
    named = rule.succeeded_indexes
    wanted = count_indexes(named) if rule.succeeded_count is None else rule.succeeded_count
    return count_common(named, done) >= wanted


def _fitting_code(codes: ExitCodes, state: PodState) -> str:
    for container in (*state.init, *state.containers):
        code = container.exit_code
        if codes.container_name not in {"", container.name} or container.kind is not StateKind.TERMINATED or not code:
            continue
        if (code in codes.values) == (codes.operator is CodeOperator.IN):
            return f"Container {container.name} for pod {state.pod.identity} failed with exit code {code}"
    return ""


def _fitting_condition(patterns: Collection[ConditionPattern], state: PodState) -> str:
    if not patterns:
        return ""
    present = {each.type: str(each.status) for each in compute_conditions(state)}
    for pattern in patterns:
        if present.get(pattern.type) == pattern.status:
            return f"Pod {state.pod.identity} has condition {pattern.type}"
    return ""
