"""What people say about rollouts, as the command line writes it down for a daemon that may be away."""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DaemonSetRecord, DeploymentRecord, StatefulSetRecord
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment
from simulation.draw import Draw
from simulation.world import World

_Rolled = Deployment | StatefulSet | DaemonSet


class Word(StrEnum):
    """What is said of a workload that rolls out."""

    PAUSE = "pauses"
    RESUME = "resumes"
    UNDO = "undoes"
    RESTART = "restarts"


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody has a word about one workload. What the command line refuses has not been said."""

    word: Word
    index: int

    def __str__(self) -> str:
        return f"somebody {self.word} rollout {self.index}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        rolled = [key for key, each in sorted(world.asked.items()) if isinstance(each, _Rolled)]
        if rolled:
            _say(world, rolled[self.index % len(rolled)], self.word)


def draw_word(draw: Draw) -> Says:
    """Some word, of a workload yet to be found."""
    return Says(draw.one_of(list(Word)), draw.between(0, 30))


def resume_all(world: World) -> None:
    """Nothing keeps any workload from what Git asks."""
    for key, each in sorted(world.asked.items()):
        if isinstance(each, _Rolled):
            _say(world, key, Word.RESUME)


def _say(world: World, key: Key, word: Word) -> None:
    workload = world.desired.workloads[key]
    standing = {each.verb: each for each in world.history.interventions() or () if each.subject == key}
    now, about = world.clock(), object_hash(workload)
    given: Intervention | None = None
    match word:
        case Word.PAUSE if isinstance(workload, Deployment):
            given = Intervention(key, Verb.PAUSE, at=now)
        case Word.RESTART if Verb.PAUSE not in standing:
            given = Intervention(key, Verb.RESTART, f"{now:.3f}", now, about)
        case Word.UNDO if Verb.PAUSE not in standing:
            target = _one_before(world, key)
            if target not in {"", template_hash(wanted_version(workload))}:
                given = Intervention(key, Verb.UNDO, target, now, about)
        case Word.RESUME:
            world.history.take_back([each for each in standing.values() if each.verb in {Verb.PAUSE, Verb.UNDO}])
            if isinstance(workload, Deployment):
                given = Intervention(key, Verb.RETRY, at=now, about=about)
        case _:
            pass
    if given is not None:
        world.history.give_intervention(given)
    world.ring()


def _one_before(world: World, key: Key) -> str:
    """The hash of the revision before the present one, "" when there is none."""
    record = world.history.records().get(key)
    if not isinstance(record, DeploymentRecord | StatefulSetRecord | DaemonSetRecord) or len(record.revisions) < 2:  # noqa: PLR2004 - a present one and an earlier one
        return ""
    return record.revisions[-2].hash
