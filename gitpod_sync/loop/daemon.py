"""`gitpod-sync run`: passes for ever, each begun by a ring or a time that a pass asked for."""

import logging
import os
import threading
import time
from dataclasses import dataclass, replace
from queue import SimpleQueue

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.errors import EngineError, InstanceTaken
from gitpod_sync.loop.following import Following
from gitpod_sync.loop.memory.memory import read_failures
from gitpod_sync.loop.notify import Watchdog, notify
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.loop.revisions.in_force import Sources
from gitpod_sync.loop.stages import Stages
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.loop.watch.engine_watch import EngineWatch
from gitpod_sync.loop.watch.intervention_watch import InterventionWatch
from gitpod_sync.loop.watch.usage_watch import UsageWatch
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.steps import Plan

log = logging.getLogger(__name__)

FRESH_EVERY = 300.0
"""Seconds between passes that trust no event and read everything again."""

ENGINE_RETRY = 1.0
_TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Sources and settings that take over with the next pass."""

    sources: Sources
    policy: Policy
    settings: Settings


class Daemon:
    """Owned by the thread that calls `run`; `stop` may be called from anywhere, signal handlers included."""

    def __init__(
        self,
        deps: Deps,
        wake: Wake,
        sources: Sources,
        policy: Policy = DEFAULT_POLICY,
        *,
        allow_empty: bool = False,
    ) -> None:
        """Set the loop up. `allow_empty`: every source may take away what nobody seems to have asked to be removed."""
        self._measuring = UsageWatch(deps.engine, deps.clock, wake.ring)
        self._watchdog = Watchdog(os.environ, os.getpid())
        self._stages = Stages(self._watchdog.feed)
        self._deps = deps = replace(deps, use_watch=self._measuring, stages=self._stages)
        self._wake = wake
        self._exchanges: SimpleQueue[_Exchange] = SimpleQueue()
        self._following = Following(deps, sources, policy, allow_empty=allow_empty)
        self._reconciler = Reconciler(deps, read_failures(deps.history))
        self._watch = EngineWatch(deps.engine, self._reconciler.is_under_way, wake.ring)
        self._orders = InterventionWatch(deps.history, wake.ring)
        self._stopped = threading.Event()
        self._reported = ""
        self._trouble = ""

    def run(self) -> None:
        """Converge until stopped. Pods go on running when it returns."""
        self._stages.start()
        self._watch.start()
        self._orders.start()
        if self._deps.node_watch:
            self._deps.node_watch.start()
        self._following.start()
        self._watch.await_first_try()
        notify("READY=1")
        try:
            self._turn()
        finally:
            notify("STOPPING=1")
            self._reconciler.stop()
            self._following.stop()
            self._orders.stop()
            self._watch.stop()
            self._measuring.stop()
            self._stages.stop()
            if self._deps.node_watch:
                self._deps.node_watch.stop()

    def stop(self) -> None:
        """Return from `run` soon; operations that were begun are let come to their end."""
        self._stopped.set()
        self._wake.ring()

    def adopt(self, sources: Sources, policy: Policy, settings: Settings) -> None:
        """Go by these from the next pass on. May be called from anywhere but a signal handler."""
        self._exchanges.put(_Exchange(sources, policy, settings))
        self._wake.ring()

    def _exchange(self) -> None:
        while not self._exchanges.empty():
            new = self._exchanges.get()
            self._reconciler.go_by(new.settings)
            if self._deps.node_watch:
                self._deps.node_watch.go_by(new.settings.eviction)
            self._following.exchange(new.sources, new.policy)

    def _turn(self) -> None:
        # By a clock that nobody sets.
        fresh_at = time.monotonic() + FRESH_EVERY
        while not self._stopped.is_set():
            self._look_again()
            now = time.monotonic()
            self._exchange()
            desired = self._following.desired
            if desired is None:
                self._rest(self._deps.clock() + (ENGINE_RETRY if self._following.wanted.undecided else fresh_at - now))
                continue
            fresh = now >= fresh_at
            plan = self._pass(desired, fresh=fresh)
            fresh_at = now + FRESH_EVERY if fresh else fresh_at
            self._wait(plan, self._deps.clock() + fresh_at - time.monotonic())

    def _look_again(self) -> None:
        """At what could not come into force yet."""
        try:
            self._following.wanted.look_again()
        except Exception as error:  # noqa: BLE001 - as in `_pass`
            self._tell(
                type(error).__name__, f"what waits could not be looked at again: {type(error).__name__}: {error}"
            )

    def _pass(self, desired: Desired, *, fresh: bool) -> Plan | None:
        """The plan of one pass; None when no plan was made and another pass is due soon."""
        try:
            plan = self._reconciler.run_pass(desired, fresh=fresh)
        except InstanceTaken as error:
            if not (self._deps.ownership and self._deps.ownership.held):
                raise
            # A person has decided it. Ending would have a service manager start us again.
            self._reconciler.stop()
            self._tell(_TAKEN, f"{error}; nothing more is changed from here")
            return None
        except EngineError as error:
            self._tell("engine", f"{error}; waiting for the engine")
            return None
        except Exception as error:
            # A defect of ours. Ending would heal nothing and leave the pods alone; the next pass may find it otherwise.
            kind = type(error).__name__
            if self._tell(kind, f"a pass failed unexpectedly: {kind}: {error}; trying again"):
                log.debug("where it failed", exc_info=True)
            return None
        if self._trouble:
            log.info("passes are made again")
        self._trouble = ""
        self._report(plan)
        return plan

    def _tell(self, kind: str, words: str) -> bool:
        """Say once a kind what is in the way of passes, however the words vary; whether it was said."""
        new = kind != self._trouble
        if new:
            log.error("%s", words)
        self._trouble = kind
        return new

    def _wait(self, plan: Plan | None, fresh_at: float) -> None:
        if plan is None:
            retry = self._deps.clock() + ENGINE_RETRY
            self._rest(fresh_at if self._trouble == _TAKEN else retry)
            return
        self._rest(min(fresh_at, plan.wake_at or fresh_at))
        self._stopped.wait(self._reconciler.pause)

    def _rest(self, until: float) -> None:
        """Wait for a ring, and say meanwhile that we are alive."""
        self._watchdog.feed()
        self._wake.wait(until, self._watchdog.feed, self._watchdog.wait_at_most)

    def _report(self, plan: Plan) -> None:
        """Say how things stand when that has changed."""
        summary = summarize(plan) or "no workload is asked for"
        if summary != self._reported:
            self._reported = summary
            log.info("%s", summary)
            notify(f"STATUS={summary}")


def summarize(plan: Plan) -> str:
    """One line: workloads complete, where there are to be any, and what is being waited for; "" for neither."""
    complete = sum(decision.status.complete for decision in plan.decisions)
    count = [f"{complete} of {len(plan.decisions)} workloads complete"] if plan.decisions else []
    kept = [f"{each.workload}: {each.status.failed or each.status.held}" for each in plan.decisions if _is_kept(each)]
    reasons = sorted({f"{each.who}: {each.reason}" for each in plan.waiting if each.reason != "ContainerCreating"})
    waiting = [f"waiting: {', '.join(reasons)}"] if reasons else []
    return "; ".join((*count, *kept, *waiting))


def _is_kept(decision: Decision) -> bool:
    """Whether something other than Git's newest is kept, on purpose or because of a failure."""
    return bool(decision.status.failed or decision.status.held)
