"""`gitpod-sync sync`: passes until everything is as Git asks, or a reason why it is not."""

import time
from collections.abc import Callable

from gitpod_sync.errors import NotConverged
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.loop.watch.engine_watch import EngineWatch
from gitpod_sync.model.desired import Desired
from gitpod_sync.operations.operations import RemoveNetwork, RemoveVolume
from gitpod_sync.plan.steps import Plan

LOOK_AGAIN = 1.0
"""Seconds after which a pass is made without any event: engines have been known to lose some."""


LEFT_TO_OTHERS = 10.0
"""Seconds for which the removal of networks and volumes is tried when all else is done: somebody else may use them."""


def converge(deps: Deps, wake: Wake, desired: Desired, timeout: float, show: Callable[[Plan], None]) -> Plan:
    """Converge once and return the last plan, which has nothing left to do.

    `show` is called with every pass's plan. Raises `NotConverged` after `timeout` seconds, or when a workload can
    never get there and the others are; `EngineUnavailable` when the engine goes away.
    """
    # Somebody waits: what failed before is tried at once.
    reconciler = Reconciler(deps, failures={})
    watch = EngineWatch(deps.engine, reconciler.is_under_way, wake.ring)
    deadline = deps.clock() + timeout
    in_use: frozenset[str] = frozenset()
    tidying_since: float | None = None
    watch.start()
    watch.await_first_try()
    if deps.node_watch:
        deps.node_watch.start()
    try:
        while True:
            plan = reconciler.run_pass(desired)
            show(plan)
            if plan.settled and not reconciler.under_way:
                return plan
            idle = not plan.steps and not reconciler.under_way
            in_use |= plan.in_use
            tidying_since = (tidying_since or deps.clock()) if in_use and _only_tidies(plan, in_use) else None
            if idle and tidying_since is not None and deps.clock() - tidying_since >= LEFT_TO_OTHERS:
                raise NotConverged(f"all that Git asks for is there, but {_reasons(plan)}")
            _check(plan, idle=idle, expired=deps.clock() >= deadline, timeout=timeout)
            wake.wait(min(deadline, plan.wake_at or deadline, deps.clock() + LOOK_AGAIN))
            time.sleep(reconciler.pause)
    finally:
        reconciler.stop()
        watch.stop()
        if deps.node_watch:
            deps.node_watch.stop()


def _check(plan: Plan, *, idle: bool, expired: bool, timeout: float) -> None:
    """Report failures once nothing else is on its way: a failure must not keep the rest from getting there."""
    failed = [decision for decision in plan.decisions if decision.status.failed]
    # Whoever waits for others gets no further than they do.
    held = {waiting.key for waiting in plan.waiting if waiting.reason == "DependencyNotReady"}
    undone = [each for each in plan.decisions if not each.status.complete and str(each.workload) not in held]
    open_ones = [each for each in undone if not each.status.failed or each.status.recovering]
    if failed and ((idle and not open_ones) or expired):
        raise NotConverged("; ".join(f"{each.workload}: {each.status.failed}" for each in failed))
    if expired:
        raise NotConverged(f"not converged after {timeout:g} s: {_reasons(plan)}")


def _only_tidies(plan: Plan, in_use: frozenset[str]) -> bool:
    """Whether nothing is left to do but to remove networks and volumes, which could not be done so far."""
    tidying = all(isinstance(step.operation, RemoveNetwork | RemoveVolume) for step in plan.steps)
    return tidying and plan.going <= in_use and all(decision.status.complete for decision in plan.decisions)


def _reasons(plan: Plan) -> str:
    waiting = [str(each) for each in plan.waiting]
    incomplete = [
        f"{each.workload}: {each.status.available} of {each.status.desired} available, {each.status.updated} updated"
        for each in plan.decisions
        if not each.status.complete
    ]
    return "; ".join((*incomplete, *waiting)) or "operations are still under way"
