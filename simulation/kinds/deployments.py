"""Deployments."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.labels import ON_FAILURE
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.workloads.rollouts import OnFailure
from gitpod_sync.model.workloads.workloads import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    RollingUpdate,
    StrategyType,
)
from simulation.draw import Draw
from simulation.kinds.kind import Look
from simulation.kinds.promises import never_ends_promised, never_more_than, runs_exactly
from simulation.programs import image_of
from simulation.templates import draw_program, draw_template, is_bad, tell_template, with_image

PATIENT = 3000
"""Seconds: no deadline passes before rest."""


class Deployments:
    """Rolling updates by every bound, and Recreate."""

    name = "Deployment"

    def draw(self, draw: Draw, name: str) -> Deployment:
        """See `Kind`."""
        steady = draw.one_of([0, 0, 0, 3, 20])
        spec = DeploymentSpec(
            draw_template(draw, name, 1),
            LabelSelector(match_labels={"app": name}),
            replicas=draw.between(0, 5),
            strategy=_draw_strategy(draw),
            min_ready_seconds=steady,
            progress_deadline_seconds=draw.one_of([600, 30, 8, 8]) + steady,
        )
        annotations = {ON_FAILURE: OnFailure.ROLLBACK.value} if draw.chance(60) else {}
        return Deployment(ObjectMeta(name=name, annotations=annotations), spec)

    def change(self, draw: Draw, workload: Deployment, version: int) -> Deployment:
        """See `Kind`."""
        spec, name = workload.spec, workload.metadata.name
        match draw.one_of(["image", "image", "image", "replicas", "replicas", "strategy", "template", "pause"]):
            case "image":
                spec = replace(spec, template=with_image(spec.template, image_of(name, version, draw_program(draw))))
            case "replicas":
                spec = replace(spec, replicas=draw.between(0, 6))
            case "strategy":
                spec = replace(spec, strategy=_draw_strategy(draw))
            case "pause":
                spec = replace(spec, paused=not spec.paused)
            case _:
                spec = replace(spec, template=draw_template(draw, name, version))
        return replace(workload, spec=spec)

    def heal(self, workload: Deployment) -> Deployment:
        """See `Kind`."""
        spec, name = replace(workload.spec, progress_deadline_seconds=PATIENT, paused=False), workload.metadata.name
        if is_bad(spec.template):
            spec = replace(spec, template=with_image(spec.template, image_of(name, 1000)))
        return Deployment(ObjectMeta(name=name), spec)

    def tell(self, workload: Deployment) -> str:
        """See `Kind`."""
        spec = workload.spec
        rolling = spec.strategy.rolling_update
        how = f"surge {rolling.max_surge.to_json()}, unavailable {rolling.max_unavailable.to_json()}"
        if spec.strategy.type is StrategyType.RECREATE:
            how = "recreated"
        steady = f", steady after {spec.min_ready_seconds} s" if spec.min_ready_seconds else ""
        back = ", back after a failure" if workload.metadata.annotations else ""
        deadline = f", {spec.progress_deadline_seconds} s for progress{back}{', paused' if spec.paused else ''}"
        return f"{spec.replicas} replicas of {tell_template(spec.template)}; {how}{steady}{deadline}"

    def judge(self, look: Look[Deployment]) -> Iterator[str]:
        """See `Kind`."""
        spec = look.workload.spec
        if spec.strategy.type is StrategyType.RECREATE:
            yield from _judge_recreation(look)
            return
        surge, unavailable = _bounds(spec)
        yield from never_more_than(spec.replicas + surge, look)
        yield from never_ends_promised(max(0, spec.replicas - unavailable), spec.min_ready_seconds, look)

    def judge_rest(self, look: Look[Deployment]) -> Iterator[str]:
        """See `Kind`."""
        yield from runs_exactly(look.workload.spec.replicas, look.workload.spec.template, look)


def _judge_recreation(look: Look[Deployment]) -> Iterator[str]:
    """All old pods are gone before a new one comes."""
    yield from never_more_than(look.workload.spec.replicas, look)
    for born in look.born:
        others = [pod.name for pod in look.pods if pod.runs_something and pod.template_hash != born.template_hash]
        if others:
            yield f"pod {born.name} is made while {', '.join(others)} of another version still runs"


def _bounds(spec: DeploymentSpec) -> tuple[int, int]:
    """How many more and how many fewer there may be: a share of the replicas, up for surge and down for the other."""
    rolling = spec.strategy.rolling_update
    surge, unavailable = rolling.max_surge.value, rolling.max_unavailable.value
    if rolling.max_surge.percent:
        surge = (surge * spec.replicas + 99) // 100
    if rolling.max_unavailable.percent:
        unavailable = unavailable * spec.replicas // 100
    return surge, unavailable if surge or unavailable else 1


def _draw_strategy(draw: Draw) -> DeploymentStrategy:
    if draw.chance(20):
        return DeploymentStrategy(StrategyType.RECREATE)
    return DeploymentStrategy(StrategyType.ROLLING_UPDATE, RollingUpdate(_draw_count(draw), _draw_count(draw)))


def _draw_count(draw: Draw) -> IntOrPercent:
    if draw.chance(50):
        return IntOrPercent(draw.one_of([0, 25, 30, 50, 70, 100]), percent=True)
    return IntOrPercent(draw.between(0, 2))
