"""The record of a StatefulSet: its versions, and the claims that are to go.

The record is kept beside the engine and may be lost. What pods are made from is in their own labels, so the version
that they were of before an update is read back from them; only a version of which no pod is left is lost then. Claims
that were to go are kept in that case, which can be mended; the other way round could not.
"""

from dataclasses import dataclass

from gitpod_sync.controllers.shared.revisions import find_revision, note_revision
from gitpod_sync.controllers.shared.rollout_target import (
    RolloutTarget,
    note_rollout_target,
    with_restart,
    without_restart,
)
from gitpod_sync.controllers.stateful_set.ordinals import Lineup
from gitpod_sync.controllers.stateful_set.stable_identity import claim_name, compute_version, place_name, version_behind
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.labels import RESTARTED_AT
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.records import StatefulSetRecord, TemplateRevision
from gitpod_sync.model.workloads.stateful_sets import Retention, StatefulSet


@dataclass(frozen=True, slots=True)
class Versions:
    """The version that all pods had last and the version that they go to, each with its hash."""

    current: PodTemplate
    current_hash: str
    update: PodTemplate
    update_hash: str

    def at(self, workload: StatefulSet, index: int) -> tuple[PodTemplate, str]:
        """The version that a new pod of a place is of. Below the partition that is the current one."""
        if workload.updates_by_itself and index < workload.partition:
            return self.current, self.current_hash
        return self.update, self.update_hash


def compute_versions(
    workload: StatefulSet, lineup: Lineup, record: StatefulSetRecord, target: RolloutTarget
) -> Versions:
    """The two versions of the set; without a record and without an older pod both are the same."""
    current = _known(record) or _found(workload, lineup, target.hash)
    return Versions(*(current or (target.template, target.hash)), target.template, target.hash)


def is_updated(lineup: Lineup, versions: Versions) -> bool:
    """Whether every place has a pod of the newest version that is available: it is the current one from now on."""
    return lineup.complete and all(place.is_of(versions.update_hash) for place in lineup.taken)


def compute_record(
    workload: StatefulSet,
    lineup: Lineup,
    versions: Versions,
    target: RolloutTarget,
    view: WorkloadView,
    known: StatefulSetRecord,
) -> StatefulSetRecord:
    """The record after this look. The current version is kept however many newer ones there have been."""
    spec, updated = workload.spec, is_updated(lineup, versions)
    current, current_hash = versions.current, versions.current_hash
    if updated:
        current, current_hash = versions.update, versions.update_hash
    revision = template_hash(without_restart(current))
    revisions = note_rollout_target(
        known.revisions or _first_revisions(versions, target),
        target,
        compute_version(workload),
        spec.revision_history_limit,
        metadata=workload.metadata,
        commit=view.commit,
        keep=revision,
    )
    return StatefulSetRecord(
        revisions=revisions,
        current=current_hash,
        leaving=_compute_leaving(workload, lineup, view, known),
        claims=tuple(claim.metadata.name for claim in spec.volume_claim_templates),
        when_deleted=spec.persistent_volume_claim_retention_policy.when_deleted,
        restarted=current.metadata.annotations.get(RESTARTED_AT, ""),
        revision="" if revision == current_hash else revision,
    )


def _first_revisions(versions: Versions, target: RolloutTarget) -> tuple[TemplateRevision, ...]:
    """Without a record: the version before that was read back from the pods."""
    first = without_restart(versions.current)
    revision = template_hash(first)
    return () if revision == target.revision else note_revision((), first, revision)


def compute_release(
    workload: StatefulSet, lineup: Lineup, view: WorkloadView, record: StatefulSetRecord
) -> tuple[str, ...]:
    """The claims of places that were given up, once nothing of their pods is left."""
    return tuple(
        claim
        for ordinal in record.leaving
        if ordinal not in lineup.present
        for claim in _claims_of(workload, ordinal)
        if claim in view.claims
    )


def _known(record: StatefulSetRecord) -> tuple[PodTemplate, str] | None:
    found = find_revision(record.revisions, record.current_revision)
    return (with_restart(found.template, record.restarted), record.current) if found else None


def _found(workload: StatefulSet, lineup: Lineup, update_hash: str) -> tuple[PodTemplate, str] | None:
    """The older version of the lowest place that has one: an update reaches it last."""
    for place in lineup.taken:
        if place.pod and not place.is_of(update_hash):
            version = version_behind(workload, place.pod.pod.identity)
            if version is not None:
                return version, place.pod.pod.identity.template_hash
    return None


def _compute_leaving(
    workload: StatefulSet, lineup: Lineup, view: WorkloadView, known: StatefulSetRecord
) -> tuple[int, ...]:
    """Places given up while their claims go with them, until nothing of these is left.

    What an earlier, more careful policy has kept is not among them: nobody has seen that place being given up.
    """
    if workload.spec.persistent_volume_claim_retention_policy.when_scaled is not Retention.DELETE:
        return ()
    seen, kept = lineup.present | set(known.leaving), workload.ordinals
    return tuple(
        ordinal
        for ordinal in sorted(ordinal for ordinal in seen if ordinal not in kept)
        if ordinal in lineup.present or any(claim in view.claims for claim in _claims_of(workload, ordinal))
    )


def _claims_of(workload: StatefulSet, ordinal: int) -> list[str]:
    name = place_name(workload, ordinal)
    return [claim_name(claim.metadata.name, name) for claim in workload.spec.volume_claim_templates]
