"""Deployment: N pods of the newest template, and the way there from the older ones.

Pods of one template hash are what Kubernetes calls a ReplicaSet of the Deployment; the hash in their names and labels,
and the number of pods that it is to have in the Deployment's record, is all that is left of it here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gitpod_sync.controllers.crowds import ask_for
from gitpod_sync.controllers.decision import Decision, EndPod, NewPod
from gitpod_sync.controllers.deployment.progress import Standings, compute_progress, deadline_at
from gitpod_sync.controllers.deployment.rollbacks import begin_rollback, recall, tell_failure
from gitpod_sync.controllers.deployment.rolling import Bounds, Counts, compute_bounds
from gitpod_sync.controllers.deployment.status import compute_status
from gitpod_sync.controllers.deployment.version_scale import (
    Version,
    Versions,
    advance_rollout,
    counts_of,
    give_up,
    keep_available,
    scale_versions,
)
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.shared.deletion_order import next_availability, surplus_order
from gitpod_sync.controllers.shared.names import free_names
from gitpod_sync.controllers.shared.revisions import find_revision
from gitpod_sync.controllers.shared.rollout_target import (
    RolloutTarget,
    choose_rollout_target,
    find_intervention,
    note_rollout_target,
    without_restart,
)
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.interventions import Verb
from gitpod_sync.model.records.records import Availability, DeploymentRecord, TemplateRevision, VersionSize
from gitpod_sync.model.workloads.workloads import Deployment, StrategyType


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Everything that a single decision is made from."""

    deployment: Deployment
    """As Git has it; an autoscaler may have set its replicas."""
    view: WorkloadView
    """What the pass knows of it."""
    record: DeploymentRecord
    """Of the last decision, brought up to date."""
    target: RolloutTarget
    """The version that the rollout goes to."""
    paused: bool
    """By the manifest or by a person."""
    bounds: Bounds
    """How many pods there may be, and how many have to be available."""
    pods: Mapping[str, tuple[PodState, ...]]
    """Pods that stand (neither ending nor lost) by the hash of their version."""
    found: Versions
    """Every version with its size of the last decision, the oldest first and the target last."""

    @property
    def rolling(self) -> bool:
        return self.deployment.spec.strategy.type is StrategyType.ROLLING_UPDATE

    @property
    def counts(self) -> Counts:
        return counts_of(self.found)


def decide_deployment(deployment: Deployment, view: WorkloadView) -> Decision:
    """One step of the way to N pods of the target version."""
    record, done = recall(deployment, view)
    scene = _set_scene(deployment, view, record)
    sizes = _compute_sizes(scene)
    after = _remember(scene, sizes)
    rollback = None if scene.paused else begin_rollback(deployment, view, after, scene.target)
    if rollback is not None:
        event, returning = rollback
        # At once: the pods of the broken version go in the very pass that finds the deadline passed.
        decision = decide_deployment(deployment, replace(view, record=returning))
        return replace(decision, done=(*done, *decision.done), events=(event, *decision.events))
    living = [state for state in view.pods if not state.pod.ending]
    lost = tuple(EndPod(state.pod, state.lost) for state in living if state.lost)
    spec = deployment.spec
    times = (
        next_availability(living, spec.min_ready_seconds, view.now),
        deadline_at(after.progress, spec.progress_deadline_seconds),
    )
    return Decision(
        workload=deployment.key,
        status=compute_status(
            deployment, view, after, scene.target, scene.counts, paused=scene.paused, steady=_steady(scene, sizes)
        ),
        create=tuple(_comers(scene, sizes)),
        end=(*lost, *_goers(scene, sizes)),
        wake_at=min((at for at in times if at is not None), default=None),
        record=after,
        done=done,
        events=tell_failure(deployment, record.progress, after.progress),
        template=scene.target.other_than_asked,
    )


def _set_scene(deployment: Deployment, view: WorkloadView, record: DeploymentRecord) -> _Scene:
    spec = deployment.spec
    standing = [state for state in view.pods if not state.pod.ending and not state.lost]
    target = choose_rollout_target(spec.template, view.interventions, record.hold, record.revisions, standing)
    pods: dict[str, tuple[PodState, ...]] = {}
    for state in standing:
        version = state.pod.identity.template_hash
        pods[version] = (*pods.get(version, ()), state)
    paused = spec.paused or find_intervention(view.interventions, Verb.PAUSE) is not None
    bounds = compute_bounds(spec.replicas, spec.strategy.rolling_update)
    if spec.strategy.type is StrategyType.RECREATE:
        bounds = Bounds(spec.replicas, spec.replicas)
    sizes = {each.hash: each.size for each in record.sizes}
    unknown = sorted(pods.keys() - sizes.keys() - {target.hash})
    order = (*unknown, *(each for each in sizes if each != target.hash), target.hash)
    found = tuple(
        _version(each, pods.get(each, ()), sizes.get(each), spec.min_ready_seconds, view.now) for each in order
    )
    if record.hold is not None:
        found = give_up(found, _failed_versions(record.hold.failed, pods, target))
    return _Scene(
        deployment=deployment,
        view=view,
        record=record,
        target=target,
        paused=paused,
        bounds=bounds,
        pods=pods,
        found=found,
    )


def _failed_versions(failed: str, pods: Mapping[str, tuple[PodState, ...]], target: RolloutTarget) -> frozenset[str]:
    """Hashes of the version that was rolled back, including pods of it that were restarted."""
    templates = {version: states[0].pod.identity.template for version, states in pods.items()}
    same = {version for version, each in templates.items() if template_hash(without_restart(each)) == failed}
    return frozenset({failed, *same} - {target.hash})


def _version(version: str, pods: Collection[PodState], size: int | None, min_ready: int, now: float) -> Version:
    """A version with its size from the record; a version without one there (records can be lost) keeps its pods."""
    available = sum(state.available(now, min_ready) for state in pods)
    return Version(version, len(pods) if size is None else size, len(pods), available)


def _compute_sizes(scene: _Scene) -> Versions:
    """The number of pods that each version is to have after this decision.

    4 replicas, surge 1 and unavailable 1: at most 5 pods, at least 3 available. Old 4, all available, and new 0 become
    old 3 and new 2: one old pod may go at once, and the new pods take its place and that of the surge. The first new
    pod to be available makes that 2 and 3, the second one 1 and 4. When 8 replicas are asked for at old 3 and new 2,
    both grow in proportion first, to 5 and 4 (at most 9 pods), and the rollout goes on from there.
    """
    replicas, versions = scene.deployment.spec.replicas, scene.found
    if not scene.rolling and not scene.paused:
        # Recreate: every old pod goes at once. `_room` lets no new one come before they are gone.
        return (*(replace(each, size=0) for each in versions[:-1]), replace(versions[-1], size=replicas))
    active = [place for place, each in enumerate(versions) if each.size]
    # Another number of replicas in mid-rollout. A version alone just follows the number; and after a number of 0 there
    # is nothing that could be in proportion.
    if scene.record.replicas not in {0, replicas} and len(active) > 1 and scene.rolling:
        scaled = scale_versions(tuple(versions[place] for place in active), scene.record.most, scene.bounds, replicas)
        again = dict(zip(active, scaled, strict=True))
        versions = tuple(again.get(place, each) for place, each in enumerate(versions))
    if scene.paused:
        held = _pause(scene, versions, active)
        # A pause begins no step. Pods that an earlier step gave up, and that became available before they could be
        # ended, stay while they are needed.
        return keep_available(held, scene.bounds) if scene.rolling else held
    return advance_rollout(versions, replicas, scene.bounds)


def _pause(scene: _Scene, versions: Versions, active: Sequence[int]) -> Versions:
    """Sizes while nothing is rolled out. A version alone follows the replicas; without any, the latest one does."""
    replicas = scene.deployment.spec.replicas
    if len(active) > 1:
        return versions
    latest = scene.record.revisions[-1].hash if scene.record.revisions else ""
    alone = versions[active[0]].hash if active else latest
    if alone and all(each.hash != alone for each in versions):
        versions = (Version(alone, 0, 0, 0), *versions)
    return tuple(replace(each, size=replicas) if each.hash == alone else each for each in versions)


def _comers(scene: _Scene, sizes: Versions) -> Iterator[NewPod]:
    room = _room(scene, sizes)
    for version in reversed(sizes):
        template = _template_of(scene, version.hash)
        missing = min(room, max(0, version.size - version.standing))
        if template is None or not missing:
            continue
        room -= missing
        names = free_names(f"{scene.deployment.metadata.name}-{version.hash}", scene.view.taken)
        cause = _why_new(scene, version)
        pods = (NewPod(name, template, version.hash, cause) for name in names)
        yield from ask_for(pods, missing, scene.view.node)


def _room(scene: _Scene, sizes: Versions) -> int:
    """The most pods that may come: pods that are to go, and have not begun to, still take up room.

    Recreate: pods of a version that is to have none are gone before the first new one comes, and there are never more
    pods than replicas. Lost pods and those being ended count, and so do those of which only orphaned containers are
    left.
    """
    replicas, pods = scene.deployment.spec.replicas, scene.view.pods
    if scene.rolling:
        return max(0, scene.bounds.most - scene.counts.total)
    wanted = {version.hash for version in sizes if version.size}
    if scene.view.orphaned or not {state.pod.identity.template_hash for state in pods} <= wanted:
        return 0
    return max(0, replicas - len(pods))


def _template_of(scene: _Scene, version: str) -> PodTemplate | None:
    if version == scene.target.hash:
        return scene.target.template
    if scene.pods.get(version):
        return scene.pods[version][0].pod.identity.template
    known = find_revision(scene.record.revisions, version)
    return known.template if known else None


def _goers(scene: _Scene, sizes: Versions) -> Iterator[EndPod]:
    """Pods beyond the size of their version: unavailable and unready pods first, then the newest."""
    now, min_ready = scene.view.now, scene.deployment.spec.min_ready_seconds
    for version in reversed(sizes):
        pods = sorted(scene.pods.get(version.hash, ()), key=surplus_order(min_ready, now))
        for state in pods[: max(0, len(pods) - version.size)]:
            yield EndPod(state.pod, _why_end(scene, version))


def _why_new(scene: _Scene, version: Version) -> str:
    if version.hash == scene.target.hash and any(each.standing for each in scene.found[:-1]):
        return f"version {version.hash} is rolled out"
    return "a replica is missing"


def _why_end(scene: _Scene, version: Version) -> str:
    replicas, newest = scene.deployment.spec.replicas, scene.target.hash
    if version.hash == newest or scene.paused:
        return f"there are more than {replicas} replicas"
    if not scene.rolling:
        return f"version {newest} takes its place"
    return f"version {newest} takes its place; {scene.bounds.available} of {replicas} stay available"


def _steady(scene: _Scene, sizes: Versions) -> bool:
    """Whether every version has just the pods that it is to have, all of them available, and no other pod is left."""
    there = all(each.size == each.standing == each.available for each in sizes)
    return there and sum(each.size for each in sizes) == len(scene.view.pods)


def _remember(scene: _Scene, sizes: Versions) -> DeploymentRecord:
    spec, record, target, now = scene.deployment.spec, scene.record, scene.target, scene.view.now
    counts = scene.counts
    complete = counts.new_available == counts.new == counts.total == spec.replicas
    standing = [state for pods in scene.pods.values() for state in pods]
    found = Standings(
        version=target.hash,
        updated=counts.new,
        ready=sum(state.ready for state in standing),
        available=counts.new_available + counts.old_available,
        old=counts.old,
        complete=complete,
    )
    enough = counts.new_available + counts.old_available >= scene.bounds.available
    same = record.availability.enough is enough and record.availability.since
    good = target.revision if complete and spec.replicas and not scene.paused else record.good
    revisions = record.revisions if scene.paused else _note(scene, good)
    return replace(
        record,
        revisions=revisions,
        # A version that is to have no pods is known as such until they are gone: else it would be taken for a stranger.
        sizes=tuple(VersionSize(each.hash, each.size) for each in sizes if each.size or each.standing),
        replicas=spec.replicas,
        most=scene.bounds.most,
        good=good,
        progress=compute_progress(record.progress, found, spec.progress_deadline_seconds, now, paused=scene.paused),
        availability=record.availability if same else Availability(enough, now),
    )


def _note(scene: _Scene, good: str) -> tuple[TemplateRevision, ...]:
    deployment = scene.deployment
    return note_rollout_target(
        scene.record.revisions,
        scene.target,
        deployment.spec.template,
        deployment.spec.revision_history_limit,
        metadata=deployment.metadata,
        commit=scene.view.commit,
        keep=good,
    )
