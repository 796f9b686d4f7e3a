"""CronJobs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.workloads.jobs import ConcurrencyPolicy, CronJob, CronJobSpec, JobTemplate
from simulation.draw import Draw
from simulation.kinds.job_promises import judge_births
from simulation.kinds.jobs import draw_job_spec, tell_job_spec
from simulation.kinds.kind import Birth, Look
from simulation.ledger import job_of
from simulation.truth import TruePod

MINUTE = 60
TOLERANCE = 1.0


class CronJobs:
    """A Job at its time, no time twice, and beside another one only if that is allowed."""

    name = "CronJob"

    def draw(self, draw: Draw, name: str) -> CronJob:
        """See `Kind`."""
        spec = CronJobSpec(
            draw.one_of(["* * * * *", "*/2 * * * *", "*/5 * * * *"]),
            JobTemplate(replace(draw_job_spec(draw, name), suspend=False)),
            concurrency_policy=draw.one_of(list(ConcurrencyPolicy)),
            starting_deadline_seconds=draw.one_of([None, None, 30]),
            successful_jobs_history_limit=draw.between(0, 3),
        )
        return CronJob(ObjectMeta(name=name), spec)

    def change(self, draw: Draw, workload: CronJob, version: int) -> CronJob:  # noqa: ARG002 - its Jobs stay as drawn
        """See `Kind`."""
        spec = workload.spec
        match draw.between(0, 2):
            case 0:
                spec = replace(spec, suspend=not spec.suspend)
            case 1:
                spec = replace(spec, concurrency_policy=draw.one_of(list(ConcurrencyPolicy)))
            case _:
                spec = replace(spec, schedule=draw.one_of(["* * * * *", "*/3 * * * *"]))
        return replace(workload, spec=spec)

    def heal(self, workload: CronJob) -> CronJob:
        """See `Kind`. One that goes on for ever does not come to rest."""
        return replace(workload, spec=replace(workload.spec, suspend=True))

    def tell(self, workload: CronJob) -> str:
        """See `Kind`."""
        spec = workload.spec
        suspended = ", suspended" if spec.suspend else ""
        head = f"at {spec.schedule}, {spec.concurrency_policy}{suspended}"
        return f"{head}: {tell_job_spec(spec.job_template.spec)}"

    def judge(self, look: Look[CronJob]) -> Iterator[str]:
        """See `Kind`."""
        spec = look.workload.spec
        for job in sorted({job_of(birth.labels) for birth in look.born}):
            yield from judge_births(spec.job_template.spec, job, look)
        for birth in look.born:
            yield from _judge_time(birth, look)
            # One that has begun may have been let begin under another policy, and goes on beside the others.
            if spec.concurrency_policy is not ConcurrencyPolicy.ALLOW and birth.owner not in look.ledger.begun:
                yield from _judge_overlap(birth, look)

    def judge_rest(self, look: Look[CronJob]) -> Iterator[str]:
        """See `Kind`."""
        running = [pod.name for pod in look.pods if pod.runs_something]
        if running:
            yield f"{', '.join(running)} still runs"
        jobs = {pod.owner.name for pod in look.pods}
        spec = look.workload.spec
        kept = spec.successful_jobs_history_limit + spec.failed_jobs_history_limit
        if len(jobs) > kept:
            yield f"pods of {len(jobs)} Jobs are kept, not {kept}"


def is_of(cron: Key, owner: Key) -> bool:
    """Whether a Job is one of a CronJob's, by its name."""
    name = re.fullmatch(rf"{re.escape(cron.name)}-(\d+)", owner.name)
    return owner.kind == "Job" and owner.namespace == cron.namespace and name is not None


def _judge_time(birth: Birth, look: Look[CronJob]) -> Iterator[str]:
    scheduled = int(birth.owner.name.rpartition("-")[2]) * MINUTE
    if scheduled > look.now + TOLERANCE and not look.clock_was_set:
        yield f"pod {birth.name} is made {scheduled - look.now:.0f} s before its time"


def _judge_overlap(birth: Birth, look: Look[CronJob]) -> Iterator[str]:
    """Under Forbid and Replace no pod of another Job is at work, unless its end was begun or cannot be (Replace)."""
    gone = look.ended | look.leaving
    if look.workload.spec.concurrency_policy is ConcurrencyPolicy.REPLACE:
        gone |= {pod.uid for pod in look.pods if pod.name in look.held_up}
        gone |= {birth.uid for birth in look.coming if birth.name in look.held_up}
    others = [pod.name for pod in look.pods if pod.owner != birth.owner and _is_at_work(pod, look, gone)]
    others += [each.name for each in look.coming if each.owner != birth.owner and each.uid not in gone]
    if others:
        yield f"pod {birth.name} is made while {', '.join(others)} of another Job is at work"


def _is_at_work(pod: TruePod, look: Look[CronJob], gone: frozenset[str]) -> bool:
    unfinished = pod.uid not in look.ledger.ended and pod.uid not in gone
    return pod.standing and unfinished and not look.touched.has(pod)
