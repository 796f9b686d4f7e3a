"""DaemonSets."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.workloads.daemon_sets import DaemonRolling, DaemonSet, DaemonSetSpec, DaemonUpdate
from gitpod_sync.model.workloads.rollouts import UpdateType
from simulation.draw import Draw
from simulation.kinds.kind import Look
from simulation.kinds.promises import never_ends_promised, never_more_than, runs_exactly
from simulation.programs import image_of
from simulation.templates import draw_program, draw_template, is_bad, tell_template, with_image


class DaemonSets:
    """One pod on the node, handed over with and without a surge."""

    name = "DaemonSet"

    def draw(self, draw: Draw, name: str) -> DaemonSet:
        """See `Kind`."""
        selector = LabelSelector(match_labels={"app": name})
        steady = draw.one_of([0, 0, 3])
        return DaemonSet(
            ObjectMeta(name=name), DaemonSetSpec(draw_template(draw, name, 1), selector, _draw_strategy(draw), steady)
        )

    def change(self, draw: Draw, workload: DaemonSet, version: int) -> DaemonSet:
        """See `Kind`."""
        spec, name = workload.spec, workload.metadata.name
        if draw.chance(25):
            return replace(workload, spec=replace(spec, update_strategy=_draw_strategy(draw)))
        template = with_image(spec.template, image_of(name, version, draw_program(draw)))
        return replace(workload, spec=replace(spec, template=template))

    def heal(self, workload: DaemonSet) -> DaemonSet:
        """See `Kind`. OnDelete leaves a bad version where it is."""
        spec = replace(workload.spec, update_strategy=replace(workload.spec.update_strategy, type=DaemonUpdate().type))
        if is_bad(spec.template):
            spec = replace(spec, template=with_image(spec.template, image_of(workload.metadata.name, 1000)))
        return replace(workload, spec=spec)

    def tell(self, workload: DaemonSet) -> str:
        """See `Kind`."""
        how = "with a surge" if _surges(workload) else "in its place"
        how = how if workload.updates_by_itself else "on delete"
        return f"a pod of {tell_template(workload.spec.template)}; {how}"

    def judge(self, look: Look[DaemonSet]) -> Iterator[str]:
        """See `Kind`."""
        surges = _surges(look.workload)
        yield from never_more_than(2 if surges else 1, look)
        yield from never_ends_promised(int(surges), look.workload.spec.min_ready_seconds, look)
        for birth in look.born:
            others = [pod.name for pod in look.pods if pod.runs_something]
            if len(others) > int(surges):
                yield f"pod {birth.name} is made while {', '.join(others)} still runs"

    def judge_rest(self, look: Look[DaemonSet]) -> Iterator[str]:
        """See `Kind`."""
        yield from runs_exactly(1, wanted_version(look.workload), look)


def _surges(workload: DaemonSet) -> bool:
    return workload.updates_by_itself and workload.spec.update_strategy.rolling_update.max_surge.value > 0


def _draw_strategy(draw: Draw) -> DaemonUpdate:
    kind = UpdateType.ON_DELETE if draw.chance(15) else UpdateType.ROLLING_UPDATE
    surge = draw.one_of([IntOrPercent(0), IntOrPercent(1), IntOrPercent(25, percent=True)])
    return DaemonUpdate(kind, DaemonRolling(surge, IntOrPercent(0 if surge.value else 1)))
