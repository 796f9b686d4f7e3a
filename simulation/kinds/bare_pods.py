"""Bare pods."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.pod import PodTemplate, RestartPolicy
from gitpod_sync.model.workloads.workloads import Pod
from simulation.draw import Draw
from simulation.kinds.kind import Look
from simulation.kinds.promises import runs_exactly
from simulation.programs import SHORT, image_of
from simulation.templates import draw_template, is_bad, tell_template, with_image


class BarePods:
    """There once, as written, never twice at a time, and never again when it has come to its end."""

    name = "Pod"

    def draw(self, draw: Draw, name: str) -> Pod:
        """See `Kind`."""
        return _pod(name, draw_template(draw, name, 1)) if draw.chance(75) else _task(draw, name, 1)

    def change(self, draw: Draw, workload: Pod, version: int) -> Pod:
        """See `Kind`."""
        name = workload.metadata.name
        return _pod(name, draw_template(draw, name, version)) if draw.chance(75) else _task(draw, name, version)

    def heal(self, workload: Pod) -> Pod:
        """See `Kind`."""
        if not is_bad(workload.template):
            return workload
        name = workload.metadata.name
        return _pod(name, with_image(workload.template, image_of(name, 1000)))

    def tell(self, workload: Pod) -> str:
        """See `Kind`."""
        return tell_template(workload.template)

    def judge(self, look: Look[Pod]) -> Iterator[str]:
        """See `Kind`."""
        there = [pod.uid for pod in look.pods if pod.standing or pod.runs_something] + [pod.uid for pod in look.coming]
        if look.born and (there or len(look.born) > 1):
            yield f"it is made while {', '.join(there)} is still there"
        over = look.ledger.bare_pod(look.workload.key)
        if over and any(birth.template_hash == over.version for birth in look.born):
            yield "it has come to its end, and is made again"

    def judge_rest(self, look: Look[Pod]) -> Iterator[str]:
        """See `Kind`."""
        if look.workload.spec.restart_policy is RestartPolicy.ALWAYS:
            yield from runs_exactly(1, look.workload.template, look)
        elif len(look.pods) <= 1 and look.ledger.may_be_over(look.workload.key, succeeded=look.is_complete):
            return  # somebody may have removed what had come to its end, or a part of it
        elif len(look.pods) != 1:
            yield f"{len(look.pods)} pods are there, not 1"
        elif look.pods[0].exit_code() is None and not look.pods[0].runs_something:
            yield "its work is neither done nor under way"


def _pod(name: str, template: PodTemplate) -> Pod:
    return Pod(ObjectMeta(name=name, labels=template.metadata.labels), template.spec)


def _task(draw: Draw, name: str, version: int) -> Pod:
    """One that comes to its end."""
    template = draw_template(draw, name, version, plain=True)
    policy = draw.one_of([RestartPolicy.NEVER, RestartPolicy.ON_FAILURE])
    first = replace(template.spec.containers[0], image=image_of(name, version, SHORT), readiness_probe=None)
    return _pod(name, replace(template, spec=replace(template.spec, containers=(first,), restart_policy=policy)))
