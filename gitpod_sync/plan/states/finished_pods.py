"""Bare pods of which something is over: what was removed of them since is not made again."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.records.records import PodRecord
from gitpod_sync.model.workloads.workloads import Pod
from gitpod_sync.plan.situation import NodeSituation


def pods_gone_altogether(
    owners: Collection[Key], situation: NodeSituation, are_there: Callable[[Key], bool]
) -> Iterator[ObservedPod]:
    """Those that have come to their end, and of which nothing is there.

    `owners` are the workloads of pods that are there, `are_there` tells of which workloads others are.
    """
    for key, record in situation.remembered.records.items():
        workload = situation.desired.workloads.get(key)
        if not isinstance(record, PodRecord) or not record.outcome or not isinstance(workload, Pod):
            continue
        if key in owners or are_there(key):
            continue
        if record.template_hash == template_hash(workload.template):
            identity = PodIdentity(
                key.namespace, key.name, record.uid, key, workload.template, record.template_hash, record.commit
            )
            yield ObservedPod(identity, remembered=record)


def with_remembered(pod: ObservedPod, situation: NodeSituation) -> ObservedPod:
    """The pod with what is remembered of it."""
    record = situation.remembered.records.get(pod.identity.owner)
    if isinstance(record, PodRecord) and record.uid == pod.identity.uid:
        return replace(pod, remembered=record)
    return pod
