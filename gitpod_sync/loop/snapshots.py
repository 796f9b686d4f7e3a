"""Snapshots of an engine that answer for every image that a pod of it, or a wanted or recalled one, may need."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from gitpod_sync.engines.protocol import Observer
from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.identity_diff import IdentityDiff
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.model.base.labels import TEMPLATE
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import Observed, ObservedContainer
from gitpod_sync.model.pods.hashing import template_from_label
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.workloads import template_of


class Snapshots:
    """Kept by who looks again and again: what was there at the last look costs nothing."""

    def __init__(self, observer: Observer, alive: Callable[[], None] = lambda: None) -> None:
        """`alive` is called between two calls to the engine."""
        self._observer = observer
        self._alive = alive
        self._desired: Desired | None = None
        self._wanted: frozenset[str] = frozenset()
        self._diff: IdentityDiff[ObservedContainer] = IdentityDiff()
        self._templates: Counter[str] = Counter()
        """Templates as the labels of sandboxes have them, by how many do."""
        self._older: dict[str, frozenset[str]] = {}
        """The images of each of these."""

    def take(self, desired: Desired, recalled: Iterable[PodTemplate] = (), *, fresh: bool = False) -> Observed:
        """A snapshot. `fresh` reads everything again. Raises `EngineUnavailable`."""
        if desired is not self._desired:
            self._desired, self._wanted = desired, _images_of(desired)
        wanted = self._wanted.union(*(template.spec.images for template in recalled))
        asked = wanted.union(*self._older.values())
        observed = self._observer.observe(asked, fresh=fresh, alive=self._alive)
        # Pods of earlier templates are mended too, from images that Git does not name any more.
        self._learn_templates(observed.containers)
        needed = wanted.union(*self._older.values())
        if needed - asked:
            return self._observer.observe(needed, alive=self._alive)
        return replace(observed, images={name: found for name, found in observed.images.items() if name in needed})

    def _learn_templates(self, containers: tuple[ObservedContainer, ...]) -> None:
        came, gone = self._diff.update(containers)
        self._templates.update(each.labels[TEMPLATE] for each in came if TEMPLATE in each.labels)
        self._templates.subtract(each.labels[TEMPLATE] for each in gone if TEMPLATE in each.labels)
        for text in {each.labels.get(TEMPLATE, "") for each in (*came, *gone)} & self._templates.keys():
            if not self._templates[text]:
                del self._templates[text]
                self._older.pop(text, None)
            elif text not in self._older:
                self._older[text] = _images_in(text)


def _images_of(desired: Desired) -> frozenset[str]:
    images = {SANDBOX_IMAGE}
    for workload in desired.workloads.values():
        images |= template_of(workload).spec.images
    for cron in desired.cron_jobs.values():
        images |= cron.spec.job_template.spec.template.spec.images
    return frozenset(images)


def _images_in(text: str) -> frozenset[str]:
    try:
        return template_from_label(text).spec.images
    except ManifestError:
        return frozenset()  # no template of ours: the plan will say so
