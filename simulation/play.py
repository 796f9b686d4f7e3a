"""A story is played to its end: the drawn scenes, then quiet, then rest."""

import traceback
from dataclasses import dataclass

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.configs import ConfigMap, Secret
from gitpod_sync.plan.steps import Plan
from simulation.kinds.all import kind_of
from simulation.programs import MISSING, behaviour_of, program_of
from simulation.referee import REST, Referee
from simulation.rules.rule import BrokenPromise
from simulation.rules.secrets import MARKER
from simulation.rules.strangers import move_in
from simulation.scenes import Commit, ConfigCommit
from simulation.story import Story
from simulation.templates import CONFIG, SECRET
from simulation.words import resume_all
from simulation.world import INSTANCE, World

REST_WITHIN = 1800.0
"""Seconds of simulated time between the last fault and rest: the longest back-offs one after the other, and more."""

MANY_TURNS = 4000
QUIET = 700.0
"""Seconds for which nothing more may happen: two slow looks round and a bit."""

DEFECT = "no pass fails in an unforeseen way"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a story ended. `rule` is the promise that was broken, "" for none, and `sentence` says how.

    `digest` stands for the facts of everything that was decided on the way (see `trace`): the same story always has the
    same one.
    """

    rule: str = ""
    sentence: str = ""
    digest: str = ""
    detail: str = ""


def play(story: Story) -> Outcome:
    """Play it."""
    referee = Referee()
    world = World(referee)
    rule, sentence, detail = "", "", ""
    with referee.listening():
        try:
            _begin(world, story)
            for scene in story.scenes:
                scene.happen(world)
                world.turn()
            _come_to_rest(world, referee)
        except BrokenPromise as broken:
            rule, sentence, detail = broken.rule, broken.sentence, _tell(world.plan)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this is here to find
            rule, sentence = DEFECT, f"{type(error).__name__}: {error}"
            detail = "".join(traceback.format_tb(error.__traceback__)[-4:])
        finally:
            world.history.close()
            world.sources.close()
    return Outcome(rule, sentence, world.trace.digest(), detail)


def _begin(world: World, story: Story) -> None:
    move_in(world)
    for image in sorted(story.images):
        world.engine.behaviours[image] = behaviour_of(image)
        if program_of(image) == MISSING:
            world.engine.absent.add(image)
    ConfigCommit(ConfigMap(ObjectMeta(name=CONFIG), {"mode": "fast"})).happen(world)
    ConfigCommit(Secret(ObjectMeta(name=SECRET), string_data={"password": MARKER})).happen(world)


def _come_to_rest(world: World, referee: Referee) -> None:
    """Nothing goes wrong any more, and Git asks for nothing that cannot be."""
    world.calm_down()
    referee.calm = True
    healed = {key: kind_of(key).heal(each) for key, each in world.asked.items()}
    Commit(tuple(sorted(healed.items()))).happen(world)
    resume_all(world)
    deadline = world.clock.elapsed + REST_WITHIN
    for _ in range(MANY_TURNS):
        world.turn()
        if _rests(world):
            break
        at = world.next_time()
        if at > deadline:
            raise BrokenPromise(REST, f"it is not at rest after {REST_WITHIN:g} s")
        world.wind_to(at)
    else:
        raise BrokenPromise(REST, f"it is not at rest after {MANY_TURNS} turns")
    referee.look_at_rest(world)
    decided = world.decided
    world.wait(QUIET)
    if world.decided != decided:
        raise BrokenPromise(REST, "it was at rest, and something was done again without any need")
    referee.look_at_rest(world)


def _rests(world: World) -> bool:
    plan = world.plan
    # The network goes with the last pod. Nobody waits for it, but we do.
    network = INSTANCE.network in world.engine.networks and not world.asked
    at_work = world.engine.next_end is not None or not world.is_quiet or network
    undone = plan.steps or plan.going or plan.held_back or plan.waiting or at_work
    settled = (each.status.complete or each.status.failed for each in plan.decisions)
    # A Job that is over may have a time to live, a call that nobody waits for may be made again.
    return not undone and all(settled) and plan.wake_at is None


def _tell(plan: Plan) -> str:
    lines = [f"{type(step.operation).__name__} {step.subject}: {step.cause}" for step in plan.steps]
    lines += [f"{wait.subject} waits: {wait.reason}: {wait.message}" for wait in plan.waiting]
    lines += [f"{each.workload}: {each.status}" for each in plan.decisions]
    return "\n".join(lines)
