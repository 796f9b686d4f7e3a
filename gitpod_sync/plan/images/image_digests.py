"""Workloads that follow the tags of their images: what a moved tag names becomes part of their template.

A tag is looked up beside the passes (`loop.image_looks`). Until it has moved from where the first look found it, the
template is the written one, so that nothing is rolled by looking.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gitpod_sync.model.base.labels import IMAGE_DIGESTS, IMAGE_POLL
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.kinds import Role, kinds_with
from gitpod_sync.model.pods.image import PullPolicy, has_digest
from gitpod_sync.model.pods.pod import Container, PodTemplate, RestartPolicy
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.model.settings import Settings
from gitpod_sync.model.workloads.workloads import Pod, Workload, template_of, with_template_annotation
from gitpod_sync.plan.images.pull_secrets import resolve_pull_logins

_ROLLABLE = frozenset(kinds_with(Role.ROLLABLE))

ASKED_POLL = 300.0
"""Seconds between two looks for a template that asks for them when the configuration names no time."""


@dataclass(frozen=True, slots=True)
class ImageTarget:
    """An image whose tag is to be looked up every `interval` seconds, with these logins."""

    reference: str
    logins: tuple[Login, ...]
    interval: float


def with_image_digests(desired: Desired, found: Mapping[str, ImageDigest]) -> Desired:
    """The same, where templates that follow moved tags say what those name now."""
    moved = {reference: each.latest for reference, each in found.items() if each.moved}
    if not moved:
        return desired
    changed = {
        key: _annotated(workload, digests)
        for key, workload in desired.workloads.items()
        if (digests := {each: moved[each] for each in sorted(_followed(workload)) if each in moved})
    }
    return replace(desired, workloads={**desired.workloads, **changed}) if changed else desired


def expected_digest(template: PodTemplate, container: Container) -> str:
    """What a pod was made for, of a tag that had moved; "" for any other."""
    written = template.metadata.annotations.get(IMAGE_DIGESTS, "")
    found = (each.rpartition("@") for each in written.split(",")) if written else ()
    return next((digest for reference, _, digest in found if reference == container.image), "")


def compute_image_targets(desired: Desired, settings: Settings) -> tuple[ImageTarget, ...]:
    """What is to be looked up, sorted by reference; several users of an image share its looks and their logins."""
    targets: dict[str, ImageTarget] = {}
    asked = {key: workload for key, workload in desired.workloads.items() if settings.image_poll or _says(workload)}
    for key, workload in sorted(asked.items()):
        interval = _interval(workload, settings)
        if not interval:
            continue
        for reference in _followed(workload):
            found = resolve_pull_logins(template_of(workload).spec, key.namespace, reference, desired)
            known = targets.get(reference, ImageTarget(reference, (), interval))
            logins = tuple(dict.fromkeys((*known.logins, *found.logins)))
            targets[reference] = ImageTarget(reference, logins, min(known.interval, interval))
    return tuple(targets[reference] for reference in sorted(targets))


def followers_of(desired: Desired, reference: str) -> Iterator[Key]:
    """The workloads that a moved tag makes roll."""
    return (key for key, workload in sorted(desired.workloads.items()) if reference in _followed(workload))


def _interval(workload: Workload, settings: Settings) -> float:
    """Seconds between two looks for this workload; 0 for none."""
    asked = _said(workload) == "true"
    return settings.image_poll or (ASKED_POLL if asked else 0.0)


def _said(workload: Workload) -> str:
    """What counts of what the template says of being followed."""
    return _says(workload) if _can_follow(workload) else "false"


def _says(workload: Workload) -> str:
    return template_of(workload).metadata.annotations.get(IMAGE_POLL, "")


def _followed(workload: Workload) -> frozenset[str]:
    """The tags that it follows, whether they are looked up now or were when the configuration said so."""
    said = _said(workload)
    if said == "false":
        return frozenset()
    return frozenset(
        container.image
        for container in template_of(workload).spec.all_containers
        if not has_digest(container.image)
        and container.pull_policy is not PullPolicy.NEVER
        and (said == "true" or container.pull_policy is PullPolicy.ALWAYS)
    )


def _can_follow(workload: Workload) -> bool:
    """A bare pod that comes to an end by itself has done its work; it is not done again for a newer image."""
    if isinstance(workload, Pod):
        return workload.spec.restart_policy is RestartPolicy.ALWAYS
    return workload.key.kind in _ROLLABLE


def _annotated(workload: Workload, digests: Mapping[str, str]) -> Workload:
    said = ",".join(f"{reference}@{digest}" for reference, digest in digests.items())
    return with_template_annotation(workload, IMAGE_DIGESTS, said)
