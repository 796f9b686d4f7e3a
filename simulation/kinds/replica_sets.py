"""ReplicaSets, and ReplicationControllers, which are the same in older words."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.pod import Resources
from gitpod_sync.model.workloads.workloads import ReplicaSet, ReplicaSetSpec, ReplicationController
from simulation.draw import Draw
from simulation.kinds.kind import Look
from simulation.kinds.promises import never_ends_promised, never_more_than, runs_exactly
from simulation.templates import draw_template, is_bad, tell_template

Replicated = ReplicaSet | ReplicationController


CROWD = 2**31 - 1
"""Replicas."""


def draw_crowd(draw: Draw, name: str) -> ReplicaSet:
    """One that wants more pods than any node holds. Two have room: the others need some, too."""
    template = draw_template(draw, name, 1, plain=True)
    while is_bad(template):
        template = draw_template(draw, name, 1, plain=True)
    first, *others = template.spec.containers
    first = replace(first, resources=Resources(requests={"cpu": Quantity.parse("1500m")}))
    template = replace(template, spec=replace(template.spec, containers=(first, *others)))
    return ReplicaSet(ObjectMeta(name=name), ReplicaSetSpec(template, LabelSelector(match_labels={"app": name}), CROWD))


class ReplicaSets:
    """N pods, neither more nor fewer; a changed template is for new pods only."""

    def __init__(self, kind: type[ReplicaSet] | type[ReplicationController]) -> None:
        self._kind = kind
        self.name = kind.__name__

    def draw(self, draw: Draw, name: str) -> Replicated:
        """See `Kind`."""
        template = draw_template(draw, name, 1)
        while is_bad(template):
            template = draw_template(draw, name, 1)
        selector = LabelSelector(match_labels={"app": name})
        steady = draw.one_of([0, 0, 10])
        return self._kind(ObjectMeta(name=name), ReplicaSetSpec(template, selector, draw.between(0, 4), steady))

    def change(self, draw: Draw, workload: Replicated, version: int) -> Replicated:
        """See `Kind`. A bad template would stay with its pods for ever: a ReplicaSet does not replace them."""
        template = draw_template(draw, workload.metadata.name, version)
        if draw.chance(60) or is_bad(template):
            return replace(workload, spec=replace(workload.spec, replicas=draw.between(0, 5)))
        return replace(workload, spec=replace(workload.spec, template=template))

    def heal(self, workload: Replicated) -> Replicated:
        """See `Kind`."""
        spec = workload.spec
        return replace(workload, spec=replace(spec, replicas=2)) if spec.replicas == CROWD else workload

    def tell(self, workload: Replicated) -> str:
        """See `Kind`."""
        return f"{workload.spec.replicas} replicas of {tell_template(workload.spec.template)}"

    def judge(self, look: Look[Replicated]) -> Iterator[str]:
        """See `Kind`."""
        spec = look.workload.spec
        yield from never_more_than(spec.replicas, look)
        yield from never_ends_promised(spec.replicas, spec.min_ready_seconds, look)

    def judge_rest(self, look: Look[Replicated]) -> Iterator[str]:
        """See `Kind`."""
        yield from runs_exactly(look.workload.spec.replicas, look.workload.spec.template, look, any_version=True)
