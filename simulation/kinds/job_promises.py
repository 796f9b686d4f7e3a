"""What every Job promises, whoever asks for it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gitpod_sync.model.pods.pod import RestartPolicy
from gitpod_sync.model.workloads.jobs import JobSpec
from simulation.kinds.kind import Birth, Look
from simulation.ledger import Ended, index_of, job_of
from simulation.truth import TruePod

DELAYS = (0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0)
"""Seconds after no failure in a row, one, two and so on."""

TOLERANCE = 0.01


def judge_births(spec: JobSpec, job: str, look: Look[Any]) -> Iterator[str]:
    """What a decision to make pods for the Job with the UID `job` breaks."""
    born = [birth for birth in look.born if job_of(birth.labels) == job]
    if not born:
        return
    ended = [each for each in look.ledger.ended.values() if each.job == job]
    active = [_index(pod) for pod in look.surely_standing() if _is_active(pod, job, look)]
    active += [index_of(birth.labels) for birth in look.coming if job_of(birth.labels) == job]
    wanted = [index_of(birth.labels) for birth in born]
    yield from _judge_numbers(spec, ended, active, born)
    if spec.indexed:
        yield from _judge_indexes(ended, active, wanted)
    yield from _judge_failures(spec, ended, look)


def judge_end(spec: JobSpec, job: str, look: Look[Any]) -> Iterator[str]:
    """What is not right of a Job that is said to be complete."""
    ended = [each for each in look.ledger.ended.values() if each.job == job]
    succeeded = sum(each.succeeded for each in ended)
    late = sum(each.job == job and each.succeeded for each in look.ledger.late.values())
    if spec.goal is not None and not succeeded <= spec.goal <= succeeded + late:
        yield f"it is complete with {succeeded} successes and {late} late ones, not {spec.goal}"


def _judge_numbers(spec: JobSpec, ended: list[Ended], active: list[str], born: list[Birth]) -> Iterator[str]:
    if len(active) + len(born) > spec.width:
        yield f"{len(born)} pods are made beside {len(active)}, which is more than {spec.width} at once"
    succeeded = sum(each.succeeded for each in ended)
    if spec.goal is not None and succeeded + len(active) + len(born) > spec.goal:
        done = f"beside {len(active)}, after {succeeded} successes"
        yield f"{len(born)} pods are made {done}, which is more than {spec.goal} completions"


def _judge_indexes(ended: list[Ended], active: list[str], born: list[str]) -> Iterator[str]:
    done = {each.index for each in ended if each.succeeded}
    for index, many in sorted(Counter(born).items()):
        if index in done:
            yield f"a pod is made for index {index}, which has succeeded"
        if many > 1 or index in active:
            yield f"a pod is made for index {index}, which has one"


def _judge_failures(spec: JobSpec, ended: list[Ended], look: Look[Any]) -> Iterator[str]:
    failures = [each for each in ended if not each.succeeded]
    if spec.backoff_limit_per_index is not None:
        return
    if spec.template.spec.restart_policy is RestartPolicy.NEVER and len(failures) > spec.failures_borne:
        yield f"a pod is made after {len(failures)} failures, where {spec.failures_borne} are borne"
    last_success = max((each.at for each in ended if each.succeeded), default=0.0)
    in_a_row = [each.at for each in failures if each.at > last_success]
    if not in_a_row or look.clock_was_set:
        return
    due = max(in_a_row) + DELAYS[min(len(in_a_row), len(DELAYS) - 1)]
    if look.now < due - TOLERANCE:
        yield f"a pod is made {due - look.now:.1f} s too early, after {len(in_a_row)} failures in a row"


def _is_active(pod: TruePod, job: str, look: Look[Any]) -> bool:
    """It works for the Job, and has not come to its end, be it a late one."""
    known = pod.template.metadata.labels if pod.template else {}
    return job_of(known) == job and pod.uid not in look.ledger.ended and pod.uid not in look.ledger.late


def _index(pod: TruePod) -> str:
    return index_of(pod.template.metadata.labels) if pod.template else ""
