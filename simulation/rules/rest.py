"""What is left once everything has come to rest."""

from collections import Counter
from collections.abc import Iterator

from gitpod_sync.loop.dry_run import dry_run_of, publish_once
from gitpod_sync.model.base import labels
from gitpod_sync.plan.report.field_changes import ChangeKind
from simulation.kinds.all import kind_of, owns
from simulation.rules.rollouts import look_at_words
from simulation.sight import Sight
from simulation.world import INSTANCE, KEY, World

KEPT = 2
"""Attempts of each container: the last one, and the one before it for its log."""


def look_at_rest(sight: Sight) -> Iterator[str]:
    """Every workload is as Git asks, and nothing of ours is left that belongs to none of them."""
    asked = sorted(sight.world.asked)
    for key in asked:
        for sentence in kind_of(key).judge_rest(sight.look_at(key)):
            yield f"{key}: {sentence}"
    for pod in sight.pods:
        if pod.sandbox is None or not any(owns(key, pod.owner) for key in asked):
            yield f"pod {pod.name} of {pod.owner} is left"
        attempts = Counter(each.labels[labels.CONTAINER] for each in pod.containers)
        for name, many in sorted(attempts.items()):
            if many > KEPT:
                yield f"{many} attempts of container {name} are left"
    yield from look_at_words(sight)
    yield from _leftovers(sight)
    yield from _dry_run(sight.world)


def _leftovers(sight: Sight) -> Iterator[str]:
    engine, uids = sight.world.engine, {pod.uid for pod in sight.pods}
    for name, known in sorted(engine.volumes.items()):
        ours = known.get(labels.INSTANCE) == INSTANCE.name and labels.CLAIM not in known
        if ours and known.get(labels.UID) not in uids:
            yield f"volume {name} is left"
    if not sight.pods and INSTANCE.network in engine.networks:
        yield "the network is left"


def _dry_run(world: World) -> Iterator[str]:
    changes, plan = dry_run_of(
        publish_once(world.engine, INSTANCE, world.desired, world.history, world.clock, "nonce of the dry run", KEY)
    )
    differing = [str(each.key) for each in changes if each.kind is not ChangeKind.NOTE]
    if differing or plan.steps:
        yield f"a dry run still finds {differing} and {len(plan.steps)} steps"
