"""Bare pods of which something is over: what was removed of them since is not made again."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.meta import Key
from gitpod_sync.model.pods import ObservedPod, PodIdentity
from gitpod_sync.model.records import PodRecord
from gitpod_sync.model.workloads import Pod
from gitpod_sync.plan.situation import Situation


def with_remembered(
    pods: Iterable[ObservedPod], situation: Situation, are_there: Callable[[Key], bool]
) -> list[ObservedPod]:
    """The pods, each with what is remembered of it, and those that have come to their end and are gone altogether.

    `are_there` tells of which workloads others are there.
    """
    found = [_remembering(pod, situation) for pod in pods]
    owners = {pod.identity.owner for pod in found}
    for key, record in situation.records.items():
        workload = situation.desired.workloads.get(key)
        if not isinstance(record, PodRecord) or not record.outcome or not isinstance(workload, Pod):
            continue
        if key in owners or are_there(key):
            continue
        if record.template_hash == template_hash(workload.template):
            identity = PodIdentity(
                key.namespace, key.name, record.uid, key, workload.template, record.template_hash, record.commit
            )
            found.append(ObservedPod(identity, remembered=record))
    return found


def _remembering(pod: ObservedPod, situation: Situation) -> ObservedPod:
    record = situation.records.get(pod.identity.owner)
    if isinstance(record, PodRecord) and record.uid == pod.identity.uid:
        return replace(pod, remembered=record)
    return pod
