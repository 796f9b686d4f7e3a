"""StatefulSets."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.claims import AccessMode, ClaimSpec, PersistentVolumeClaim
from gitpod_sync.model.workloads.rollouts import UpdateType
from gitpod_sync.model.workloads.stateful_sets import (
    ClaimRetention,
    Ordinals,
    PodManagement,
    Retention,
    StatefulRolling,
    StatefulSet,
    StatefulSetSpec,
    StatefulUpdate,
)
from simulation.draw import Draw
from simulation.kinds.kind import Birth, Look
from simulation.kinds.promises import runs_exactly
from simulation.programs import image_of
from simulation.templates import draw_program, draw_template, is_bad, tell_template, with_image
from simulation.truth import TruePod

CLAIM = PersistentVolumeClaim(ObjectMeta(name="claim"), ClaimSpec((AccessMode.READ_WRITE_ONCE,)))


class StatefulSets:
    """Places in order or side by side, with claims, partitions and every strategy."""

    name = "StatefulSet"

    def draw(self, draw: Draw, name: str) -> StatefulSet:
        """See `Kind`."""
        spec = StatefulSetSpec(
            draw_template(draw, name, 1),
            LabelSelector(match_labels={"app": name}),
            replicas=draw.between(0, 4),
            pod_management_policy=draw.one_of(list(PodManagement)),
            update_strategy=_draw_strategy(draw),
            min_ready_seconds=draw.one_of([0, 0, 3]),
            ordinals=Ordinals(draw.one_of([0, 0, 0, 3])),
            volume_claim_templates=(CLAIM,) if draw.chance(50) else (),
            persistent_volume_claim_retention_policy=ClaimRetention(
                draw.one_of(list(Retention)), draw.one_of(list(Retention))
            ),
        )
        return StatefulSet(ObjectMeta(name=name), spec)

    def change(self, draw: Draw, workload: StatefulSet, version: int) -> StatefulSet:
        """See `Kind`. The policy and the claims of a set cannot change."""
        spec, name = workload.spec, workload.metadata.name
        match draw.one_of(["image", "image", "image", "replicas", "strategy", "template", "ordinals"]):
            case "image":
                spec = replace(spec, template=with_image(spec.template, image_of(name, version, draw_program(draw))))
            case "replicas":
                spec = replace(spec, replicas=draw.between(0, 5))
            case "strategy":
                spec = replace(spec, update_strategy=_draw_strategy(draw))
            case "ordinals":
                spec = replace(spec, ordinals=Ordinals(draw.between(0, 3)))
            case _:
                spec = replace(spec, template=draw_template(draw, name, version))
        return replace(workload, spec=spec)

    def heal(self, workload: StatefulSet) -> StatefulSet:
        """See `Kind`. Below a partition a bad version would come back for ever."""
        spec = replace(workload.spec, update_strategy=StatefulUpdate())
        if is_bad(spec.template):
            spec = replace(spec, template=with_image(spec.template, image_of(workload.metadata.name, 1000)))
        return replace(workload, spec=spec)

    def tell(self, workload: StatefulSet) -> str:
        """See `Kind`."""
        spec, rolling = workload.spec, workload.spec.update_strategy.rolling_update
        how = f"partition {rolling.partition}, unavailable {rolling.max_unavailable.to_json()}"
        how = how if workload.updates_by_itself else "updated on delete"
        ordinals = f"{spec.replicas} replicas from {spec.ordinals.start}"
        return f"{ordinals} of {tell_template(spec.template)}; {spec.pod_management_policy}, {how}"

    def judge(self, look: Look[StatefulSet]) -> Iterator[str]:
        """See `Kind`."""
        for birth in look.born:
            yield from _judge_birth(birth, look)
        ended = [pod for pod in look.surely_standing() if pod.uid in look.ended]
        for pod in ended:
            if _ordinal(pod.name) in look.workload.ordinals:
                yield from _judge_update(pod, look)
            elif look.workload.spec.pod_management_policy is PodManagement.ORDERED_READY:
                yield from _judge_order(pod, look)

    def judge_rest(self, look: Look[StatefulSet]) -> Iterator[str]:
        """See `Kind`."""
        yield from runs_exactly(look.workload.spec.replicas, wanted_version(look.workload), look)
        there = sorted(_ordinal(pod.name) for pod in look.pods)
        if there != list(look.workload.ordinals):
            yield f"the ordinals {there} are there, not {list(look.workload.ordinals)}"


def _judge_birth(birth: Birth, look: Look[StatefulSet]) -> Iterator[str]:
    """Its place is empty, and under OrderedReady all before it are available."""
    same = [pod.uid for pod in look.pods if pod.name == birth.name and (pod.sandbox or pod.runs_something)]
    if same or any(other.name == birth.name for other in look.coming):
        yield f"pod {birth.name} is made while something of an earlier one is there"
    if look.workload.spec.pod_management_policy is PodManagement.ORDERED_READY:
        available = _available(look)
        missing = [each for each in look.workload.ordinals if each < _ordinal(birth.name) and each not in available]
        if missing:
            yield f"pod {birth.name} is made before those of ordinals {missing} are available"


def _judge_update(pod: TruePod, look: Look[StatefulSet]) -> Iterator[str]:
    """A pod that serves goes only from the partition on, and only as many as may be unavailable."""
    spec = look.workload.spec
    if _ordinal(pod.name) not in _available(look):
        return
    if not look.workload.updates_by_itself:
        yield f"pod {pod.name} is ended, and the strategy is OnDelete"
    if _ordinal(pod.name) - spec.ordinals.start < look.workload.partition:
        yield f"pod {pod.name} is ended below the partition {look.workload.partition}"
    unavailable = spec.update_strategy.rolling_update.max_unavailable
    most = -(-unavailable.value * spec.replicas // 100) if unavailable.percent else unavailable.value
    left = len(_available(look, without=look.ended | look.leaving))
    if left < spec.replicas - max(1, most):
        yield f"pod {pod.name} is ended, and {left} of {spec.replicas} are left where {max(1, most)} may be away"


def _judge_order(pod: TruePod, look: Look[StatefulSet]) -> Iterator[str]:
    """Beyond the places the highest goes first, and the next one when nothing of it is left."""
    ordinals = look.workload.ordinals
    higher = [
        other.name
        for other in look.pods
        if other.uid != pod.uid
        and _ordinal(other.name) not in ordinals
        and _ordinal(other.name) > _ordinal(pod.name)
        and (other.sandbox or other.runs_something)
    ]
    if higher:
        yield f"pod {pod.name} is ended while {', '.join(higher)} is still there"
    missing = set(ordinals) - _available(look)
    if missing:
        yield f"pod {pod.name} is ended before those of ordinals {sorted(missing)} are available"


def _available(look: Look[StatefulSet], without: frozenset[str] = frozenset()) -> set[int]:
    """Ordinals of places whose pod is available."""
    pods = look.available(look.workload.spec.min_ready_seconds, without=without)
    return {ordinal for pod in pods if (ordinal := _ordinal(pod.name)) in look.workload.ordinals}


def _ordinal(name: str) -> int:
    return int(name.rpartition("-")[2])


def _draw_strategy(draw: Draw) -> StatefulUpdate:
    kind = UpdateType.ON_DELETE if draw.chance(15) else UpdateType.ROLLING_UPDATE
    unavailable = IntOrPercent(draw.one_of([1, 1, 2])) if draw.chance(70) else IntOrPercent(34, percent=True)
    return StatefulUpdate(kind, StatefulRolling(draw.one_of([0, 0, 1, 2]), unavailable))
