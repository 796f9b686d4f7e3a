"""Jobs."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.pods.pod import PodTemplate, RestartPolicy
from gitpod_sync.model.workloads.jobs import CompletionMode, Job, JobSpec, PodReplacementPolicy
from simulation.draw import Draw
from simulation.kinds.job_promises import judge_births, judge_end
from simulation.kinds.kind import Look
from simulation.ledger import job_of
from simulation.programs import FAILING, LONG, SHORT, image_of, program_of
from simulation.templates import draw_template, tell_template


class Jobs:
    """So many successes and no more, each index once, so many at a time, and never again when it is over."""

    name = "Job"

    def draw(self, draw: Draw, name: str) -> Job:
        """See `Kind`."""
        return Job(ObjectMeta(name=name), draw_job_spec(draw, name))

    def change(self, draw: Draw, workload: Job, version: int) -> Job:  # noqa: ARG002 - its template cannot change
        """See `Kind`. Most of a Job cannot be changed."""
        spec = workload.spec
        if draw.chance(50):
            return replace(workload, spec=replace(spec, suspend=not spec.suspend))
        return replace(workload, spec=replace(spec, parallelism=draw.between(0, 4)))

    def heal(self, workload: Job) -> Job:
        """See `Kind`."""
        spec = replace(workload.spec, suspend=False, parallelism=max(1, workload.spec.width))
        return replace(workload, spec=spec)

    def tell(self, workload: Job) -> str:
        """See `Kind`."""
        return tell_job_spec(workload.spec)

    def judge(self, look: Look[Job]) -> Iterator[str]:
        """See `Kind`."""
        for job in sorted({job_of(birth.labels) for birth in look.born}):
            yield from judge_births(look.workload.spec, job, look)
        if look.born and look.workload.spec.suspend:
            yield "pods are made, and it is suspended"

    def judge_rest(self, look: Look[Job]) -> Iterator[str]:
        """See `Kind`."""
        running = [pod.name for pod in look.pods if pod.runs_something]
        if running:
            yield f"{', '.join(running)} still runs"
        known = [each.job for each in look.ledger.ended.values() if each.owner == look.workload.key]
        if look.is_complete and known and not look.state_was_lost:
            yield from judge_end(look.workload.spec, known[-1], look)


def draw_job_spec(draw: Draw, name: str) -> JobSpec:
    """A Job's own part, for those that a schedule asks for as well."""
    indexed, completions, template = draw.chance(50), draw.between(1, 4), _draw_template(draw, name)
    fails = program_of(template.spec.containers[0].image) == FAILING
    return JobSpec(
        template=template,
        parallelism=draw.between(1, 3),
        completions=completions,
        completion_mode=CompletionMode.INDEXED if indexed else CompletionMode.NON_INDEXED,
        backoff_limit=draw.one_of([0, 2] if fails else [0, 2, 1000]),
        ttl_seconds_after_finished=draw.one_of([None, None, None, 60]),
        suspend=draw.chance(10),
        pod_replacement_policy=draw.one_of([None, PodReplacementPolicy.FAILED]),
    )


def tell_job_spec(spec: JobSpec) -> str:
    """In words."""
    mode = "each index once, " if spec.indexed else ""
    words = f"{spec.completions} completions, {mode}{spec.width} at once, {spec.failures_borne} failures are borne"
    return f"{words}, of {tell_template(spec.template)}{', suspended' if spec.suspend else ''}"


def _draw_template(draw: Draw, name: str) -> PodTemplate:
    template = draw_template(draw, name, 1, plain=True)
    program = draw.one_of([SHORT, SHORT, LONG, LONG, FAILING])
    policy = draw.one_of([RestartPolicy.NEVER, RestartPolicy.NEVER, RestartPolicy.ON_FAILURE])
    first = replace(
        template.spec.containers[0],
        image=image_of(name, 1, program),
        readiness_probe=None,
        liveness_probe=None,
        startup_probe=None,
    )
    return replace(template, spec=replace(template.spec, containers=(first,), restart_policy=policy))
