"""Promises that several kinds make."""

from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.model.base.labels import RESTARTED_AT
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from simulation.asked import Asked
from simulation.kinds.kind import Look


def never_more_than(most: int, look: Look[Asked]) -> Iterator[str]:
    """A decision that makes pods leaves no more than so many. Pods that are being ended do not count."""
    there = len(look.surely_standing()) + len(look.coming)
    if look.born and there + len(look.born) > most:
        yield f"{len(look.born)} pods are made beside {there}, which is more than {most}"


def never_ends_promised(promised: int, min_ready_seconds: int, look: Look[Asked]) -> Iterator[str]:
    """An available pod is ended only when as many as were promised are left. What faults take is not counted."""
    gone = look.ended | look.leaving
    ended = [pod for pod in look.available(min_ready_seconds) if pod.uid in look.ended and not look.touched.has(pod)]
    left = len(look.available(min_ready_seconds, without=gone))
    if ended and left < promised:
        names = ", ".join(pod.name for pod in ended)
        yield f"{names} is ended, and {left} available pods are left where {promised} were promised"


def runs_exactly(
    replicas: int, template: PodTemplate, look: Look[Asked], *, any_version: bool = False
) -> Iterator[str]:
    """At rest there are so many pods of that template, all of them ready, and no other."""
    if len(look.pods) != replicas:
        yield f"{len(look.pods)} pods are there, not {replicas}"
    versions = {pod.template_hash for pod in look.pods}
    if len(versions) > 1 and not any_version:
        yield f"pods of {len(versions)} versions are there"
    for pod in look.pods:
        at = pod.template.metadata.annotations.get(RESTARTED_AT, "") if pod.template else ""
        wanted = template_hash(restarted_at(at, template))
        if pod.template_hash != wanted and not any_version:
            yield f"pod {pod.name} is of version {pod.template_hash}, not {wanted}"
        if pod.ready_since(look.verdicts) is None:
            yield f"pod {pod.name} is not ready"


def restarted_at(at: str, template: PodTemplate) -> PodTemplate:
    """What a pod is made from once a restart was ordered at that time ("": none was)."""
    if not at:
        return template
    metadata = replace(template.metadata, annotations={**template.metadata.annotations, RESTARTED_AT: at})
    return replace(template, metadata=metadata)
