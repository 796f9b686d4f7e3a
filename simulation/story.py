"""What a seed is drawn into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.pods.configs import ConfigMap
from gitpod_sync.model.records.interventions import Verb
from simulation.asked import Asked, template_of
from simulation.defects import Flaw
from simulation.draw import Draw
from simulation.faults import Place, Refusal
from simulation.kinds.all import KINDS, kind_of
from simulation.kinds.replica_sets import draw_crowd
from simulation.scenes import (
    Befalls,
    Commit,
    ConfigCommit,
    Deed,
    Dies,
    Flawed,
    FullDisk,
    HandOn,
    Jump,
    LostEvents,
    Maintenance,
    Mishap,
    Outage,
    Prune,
    Refusals,
    Rings,
    SandboxTaken,
    Scene,
    SlowCalls,
    SourceGoesBad,
    SourcesAreMended,
    Stall,
    Wait,
)
from simulation.sources import NAMES, Trouble
from simulation.templates import CONFIG
from simulation.words import draw_word

MOST_WORKLOADS = 3
SCENES = (4, 16)
WAITS = (0.1, 1.0, 3.0, 7.0, 12.0, 35.0, 100.0)
LONG_WAITS = (35.0, 70.0, 130.0, 200.0)
"""For schedules."""

SLOW = (0.1, 0.5, 2.0, 6.0)
"""Seconds that a slow call takes."""

JUMPS = (-3600.0, -40.0, -5.0, 5.0, 40.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Story:
    """Scenes in their order."""

    scenes: tuple[Scene, ...]

    @property
    def images(self) -> frozenset[str]:
        """Of everything that Git brings in it."""
        return frozenset(image for scene in self.scenes if isinstance(scene, Commit) for image in _images(scene))

    def __str__(self) -> str:
        return "\n".join(f"{number}. {scene}" for number, scene in enumerate(self.scenes, start=1))


def draw_story(seed: int) -> Story:
    """The story of a seed. Seeds take turns with the kinds, so that each kind is often what it is about."""
    draw = Draw(seed)
    workloads = dict(_draw_workloads(draw, KINDS[seed % len(KINDS)].name))
    scenes: list[Scene] = [Commit(tuple(sorted(workloads.items()))), Wait(draw.one_of([1.0, 12.0, 35.0]))]
    waits = LONG_WAITS if any(key.kind == "CronJob" for key in workloads) else WAITS
    known: dict[Key, Asked | None] = dict(workloads)
    if draw.chance(20):
        scenes.append(SlowCalls(400, 2, draw.one_of(SLOW)))  # the engine is slow all the while
    for number in range(draw.between(*SCENES)):
        scenes.append(_draw_scene(draw, known, workloads, number + 2))
        if draw.chance(60):
            scenes.append(Wait(draw.one_of(waits)))
    # What is rare is drawn apart: the rest of a story is the same without it.
    for add, apart in _APART:
        scenes = add(Draw(-apart - seed), scenes)
    return Story(tuple(scenes))


def _with_stall(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then the engine stalls."""
    if not draw.chance(20):
        return scenes
    at = draw.between(2, len(scenes))
    return [*scenes[:at], Stall(30.0), *scenes[at:]]


def _with_theft(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then somebody takes a sandbox away."""
    if not draw.chance(20):
        return scenes
    at = draw.between(2, len(scenes))
    return [*scenes[:at], SandboxTaken(draw.between(0, 10)), *scenes[at:]]


def _with_bad_source(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then a source is bad for a while, or to the end."""
    if not draw.chance(20):
        return scenes
    begins = draw.between(2, len(scenes))
    ends = draw.between(begins, len(scenes))
    bad = SourceGoesBad(draw.one_of(NAMES), draw.one_of(list(Trouble)))
    return [*scenes[:begins], bad, *scenes[begins:ends], SourcesAreMended(), *scenes[ends:]]


def _with_maintenance(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then somebody wants the node for a while."""
    if not draw.chance(15):
        return scenes
    begins = draw.between(2, len(scenes))
    ends = draw.between(begins, len(scenes))
    begun = Maintenance(draw.one_of([Verb.CORDON, Verb.DRAIN]))
    return [*scenes[:begins], begun, *scenes[begins:ends], Maintenance(None), *scenes[ends:]]


def _with_crowd(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then Git asks for more pods than there is room for, for a while or to the end."""
    if not draw.chance(10):
        return scenes
    crowd = draw_crowd(draw, "crowd")
    begins = draw.between(1, len(scenes))
    ends = draw.between(begins, len(scenes))
    gone = [Commit(((crowd.key, None),))] if draw.chance(50) else []
    return [*scenes[:begins], Commit(((crowd.key, crowd),)), *scenes[begins:ends], *gone, *scenes[ends:]]


def _with_flaw(draw: Draw, scenes: list[Scene]) -> list[Scene]:
    """Now and then a function of ours fails for one workload."""
    if not draw.chance(15):
        return scenes
    at = draw.between(1, len(scenes))
    flaw = Flawed(draw.one_of(list(Flaw)), draw.between(0, 10), draw.one_of([1.0, 10.0, 100.0]))
    return [*scenes[:at], flaw, *scenes[at:]]


def _draw_workloads(draw: Draw, theme: str) -> Iterator[tuple[Key, Asked]]:
    kinds = [kind for kind in KINDS if kind.name == theme]
    kinds += [draw.one_of(KINDS) for _ in range(draw.between(0, MOST_WORKLOADS - 1))]
    for number, kind in enumerate(kinds):
        workload = kind.draw(draw, f"{kind.name.lower()}-{number}")
        yield workload.key, workload


def _draw_scene(draw: Draw, known: dict[Key, Asked | None], first: dict[Key, Asked], version: int) -> Scene:
    drawn = draw.one_of(_HAPPENINGS)
    return _draw_commit(draw, known, first, version) if drawn is None else drawn(draw)


def _draw_death(draw: Draw) -> Scene:
    return Dies(draw.one_of(list(Place)), draw.between(0, 6), losing_state=draw.chance(15))


def _draw_slowness(draw: Draw) -> Scene:
    return SlowCalls(draw.between(2, 40), draw.between(1, 3), draw.one_of(SLOW))


_APART: tuple[tuple[Callable[[Draw, list[Scene]], list[Scene]], int], ...] = (
    (_with_theft, 1_000_000_000),
    (_with_maintenance, 1),
    (_with_crowd, 2_000_000_000),
    (_with_flaw, 3_000_000_000),
    (_with_bad_source, 4_000_000_000),
    (_with_stall, 5_000_000_000),
)
"""What is rare, each with what its seeds begin at."""

_HAPPENINGS: tuple[Callable[[Draw], Scene] | None, ...] = (
    *[None] * 6,
    *[lambda draw: Befalls(draw.one_of(list(Mishap)), draw.between(0, 30))] * 4,
    *[lambda draw: HandOn(draw.one_of(list(Deed)), draw.between(0, 30))] * 3,
    *[_draw_slowness] * 2,
    *[draw_word] * 2,
    _draw_death,
    lambda draw: Refusals(draw.one_of(list(Refusal)), draw.between(1, 6)),
    lambda draw: LostEvents(draw.between(1, 10)) if draw.chance(50) else Rings(draw.between(1, 3)),
    lambda draw: Outage(draw.one_of([0.5, 5.0, 40.0]), with_all=draw.chance(40)),
    lambda draw: Jump(draw.one_of(JUMPS)),
    lambda draw: Prune() if draw.chance(50) else FullDisk(draw.one_of([1.0, 20.0])),
)
"""What a scene may be, each as likely as it is often in here; None for a commit."""


def _draw_commit(draw: Draw, known: dict[Key, Asked | None], first: dict[Key, Asked], version: int) -> Scene:
    if draw.chance(10):
        return ConfigCommit(ConfigMap(ObjectMeta(name=CONFIG), {"mode": f"{version}"}))
    # What the story is about changes most.
    key = next(iter(known)) if draw.chance(40) else draw.one_of(sorted(known))
    present = known[key]
    if present is None:
        # What comes back may be what it was, or another one.
        known[key] = first[key] if draw.chance(50) else kind_of(key).change(draw, first[key], version)
    elif draw.chance(15):
        known[key] = None
    else:
        known[key] = kind_of(key).change(draw, present, version)
    return Commit(((key, known[key]),))


def _images(commit: Commit) -> Iterator[str]:
    for _, workload in commit.changes:
        if workload is None:
            continue
        for each in (workload, kind_of(workload.key).heal(workload)):
            yield from (container.image for container in template_of(each).spec.all_containers)
