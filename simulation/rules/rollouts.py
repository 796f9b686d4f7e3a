"""What is on purpose not as Git asks stays so for as long as it should, and no longer."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from gitpod_sync.model.base.labels import RESTARTED_AT
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.interventions import Verb
from gitpod_sync.model.workloads.workloads import Deployment
from simulation.kinds.all import owns
from simulation.kinds.promises import restarted_at
from simulation.sight import Sight

TOLERANCE = 0.1


@dataclass(slots=True)
class _Course:
    """What was seen of one Deployment: versions from before a pause, and what was rolled back.

    `since` is when the version that Git asks for was first to be had, or was to be tried again. Nothing else of the
    object gives it more time: Kubernetes counts from the last progress, and another strategy or number of replicas is
    none by itself.
    """

    object: str = ""
    asked: str = ""
    since: float = 0.0
    versions: set[str] = field(default_factory=set)
    failed: str = ""


class HoldsAreKept:
    """A paused rollout brings nothing new, a failed version is given its time, and is not tried again after that."""

    name = "what holds a rollout"

    def __init__(self) -> None:
        self._courses: dict[Key, _Course] = defaultdict(_Course)

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        world = sight.world
        if world.state_was_lost:
            return  # words may be lost as well
        interventions = world.history.interventions() or ()
        paused = {each.subject for each in interventions if each.verb is Verb.PAUSE}
        restarts = {each.subject: each.argument for each in interventions if each.verb is Verb.RESTART}
        tried = {each.subject for each in sight.plan.remember.withdrawn if each.verb is Verb.RETRY}
        for key, workload in sorted(world.desired.workloads.items()):
            if isinstance(workload, Deployment):
                target = self._courses[key]
                self._follow(target, workload, world.clock(), tried=key in tried)
                if key not in paused:
                    # It may have begun, and its first pod may come later: a pause keeps what each version is to have.
                    restarted = restarted_at(restarts.get(key, ""), workload.spec.template)
                    target.versions |= {target.asked, template_hash(restarted)}
                yield from _judge(sight, key, workload, target, paused=key in paused)
        for key in [each for each in self._courses if each not in world.desired.workloads]:
            del self._courses[key]

    def _follow(self, target: _Course, workload: Deployment, now: float, *, tried: bool) -> None:
        found, asked = object_hash(workload), template_hash(workload.spec.template)
        again = target.failed and (tried or target.object != found)
        if again or target.asked != asked:
            target.since, target.failed = now, ""
        target.object, target.asked = found, asked


def _judge(sight: Sight, key: Key, workload: Deployment, target: _Course, *, paused: bool) -> Iterator[str]:
    born = {birth.template_hash: birth.name for birth in sight.born if owns(key, birth.owner)}
    if not paused:
        target.versions |= born.keys()
    for version in sorted(born.keys() - target.versions):
        yield f"{key}: pod {born[version]} of the new version {version} is made, and its rollout is paused"
    if target.failed and target.failed in born:
        yield f"{key}: pod {born[target.failed]} is made of version {target.failed}, which was rolled back"
    events = [each for decision in sight.plan.decisions if decision.workload == key for each in decision.events]
    if any(event.reason == "RolledBack" for event in events):
        target.failed = target.asked
        waited = sight.world.clock() - target.since
        if waited < workload.spec.progress_deadline_seconds - TOLERANCE and sight.world.clock.jumps == 0:
            yield f"{key}: version {target.asked} is rolled back after {waited:.1f} s, before its deadline"


def look_at_words(sight: Sight) -> Iterator[str]:
    """At rest nothing is held, and what was ordered to be restarted has been."""
    for order in sight.world.history.interventions() or ():
        if order.verb is not Verb.RESTART:
            yield f"the order to {order.verb} {order.subject} still stands"
            continue
        for pod in sight.pods:
            borne = pod.template.metadata.annotations.get(RESTARTED_AT, "") if pod.template else ""
            if owns(order.subject, pod.owner) and borne != order.argument:
                yield f"pod {pod.name} was to be restarted at {order.argument} and bears {borne!r}"
