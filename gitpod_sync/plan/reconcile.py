"""The heart: a situation to a plan.

A node looks at its pods, it is decided what should be, and the node acts upon it. On one machine the three run one
after the other; each has an input of its own, so that they could run in different places. The same situation always
gives the same plan.
"""

from dataclasses import replace

from gitpod_sync.model.base.pass_cache import Memo, What
from gitpod_sync.plan.act import act
from gitpod_sync.plan.backlog import backlog_of
from gitpod_sync.plan.decide import decide
from gitpod_sync.plan.doors import Doors
from gitpod_sync.plan.incremental.steady_pods import SteadyPods
from gitpod_sync.plan.look import look
from gitpod_sync.plan.situation import Situation, split_situation
from gitpod_sync.plan.states.stale_facts import forget_earlier_runs, forget_other_times
from gitpod_sync.plan.steps import Draft, Plan
from gitpod_sync.plan.troubles import Trouble
from gitpod_sync.plan.workloads.in_force import resolve_desired

_STEADY: What[SteadyPods] = What("steady pods")


def compute_plan(situation: Situation, memo: Memo | None = None) -> Plan:
    """What has to be done now. Pure: all that it knows is in `situation`.

    `memo` holds what was computed before of things that are the same still: a plan takes less time with it, and is no
    other. Who brings an error about is left out, and told of in the plan.
    """
    memo = memo or Memo()
    situation = forget_other_times(forget_earlier_runs(situation))
    known, troubles = situation.remembered, dict[str, Trouble]()
    while True:
        draft = Draft(backlog_of(situation))
        doors = Doors(known.failures, situation.now, troubles, draft.hold_back)
        try:
            in_force, unresolved = resolve_desired(situation, doors)
            node, cluster = split_situation(replace(situation, desired=in_force), memo, unresolved)
            steady = memo.keep(_STEADY, SteadyPods)
            view, gathered = look(node, steady, doors)
            decided = decide(cluster, view, memo, doors)
            plan = act(draft, node, gathered, decided, steady, doors)
            return replace(plan, desired=in_force, troubles=tuple(troubles.values()))
        except Exception as error:
            found = doors.trouble(error)
            if found is None:
                raise
            troubles[found.key] = found
            memo.forget()
