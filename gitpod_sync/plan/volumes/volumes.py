"""Volumes of a pod that have to be made ready in its running sandbox before a container may mount them.

What was written is remembered by a keyed digest (`Remembered.written`): what is as it should be costs nothing, and what
has changed in Git reaches the files of running pods in the same way as it came there first.
"""

from dataclasses import dataclass, replace

from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.host_path import HostPathType
from gitpod_sync.model.pods.pod import Container, Medium, Volume
from gitpod_sync.model.pods.security import GroupChangePolicy
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.operations.operations import CheckPath, MakeFolder, Readying, ShareFolder, ShareTree, WriteFiles
from gitpod_sync.plan.config.confidential import hidden_texts
from gitpod_sync.plan.config.container_config import sandbox_path
from gitpod_sync.plan.config.environment import Environment
from gitpod_sync.plan.config.references import CREATING, PodReferences, UnresolvedError
from gitpod_sync.plan.config.sub_paths import check_sub_path, check_written, compute_sub_path
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, Subject, part_of, volume_key
from gitpod_sync.plan.volumes.volume_files import compute_mount_places, compute_volume_files, readable_by_group

FAILED_MOUNT = "FailedMount"


def plan_volumes(draft: Draft, pod: ObservedPod, sandbox: ObservedContainer, situation: NodeSituation) -> None:
    """Look after every volume of a pod whose sandbox runs, or is started again by this plan."""
    # A pod that was resized tells its new limits.
    facts = PodReferences(replace(pod.identity, template=pod.template), situation)
    for volume in pod.identity.template.spec.volumes:
        if _needs_care(volume, pod.identity):
            name = volume_key(pod.identity, volume.name)
            draft.volumes[name] = _plan_volume(draft, name, volume, sandbox, facts)


def await_volumes(draft: Draft, identity: PodIdentity, subject: Subject) -> tuple[int, ...] | None:
    """The steps that a container of the pod has to wait for; None when a volume cannot be made ready in this pass.

    As in Kubernetes, no container starts before all volumes of its pod are ready, its own or not.
    """
    after: list[int] = []
    for volume in identity.template.spec.volumes:
        if not _needs_care(volume, identity):
            continue
        name = volume_key(identity, volume.name)
        steps = draft.volumes.get(name)
        if steps is None and name not in draft.volumes:
            draft.wait(subject, CREATING, "its volumes are made ready once its sandbox runs")
        if steps is None:
            return None
        after += steps
    return tuple(after)


@dataclass(frozen=True, slots=True)
class VolumeUser:
    """A container that is to mount volumes."""

    identity: PodIdentity
    """Its pod's."""
    container: Container
    """As the template asks for it."""
    sandbox: str
    """The sandbox that has the volumes, by id or name."""
    subject: Subject
    """What is told of the steps."""
    retry: str
    """The key under which failures to create the container are remembered."""
    after: tuple[int, ...]
    """Ids of the steps that its steps are after."""


def plan_sub_paths(
    draft: Draft, user: VolumeUser, situation: NodeSituation, environment: Environment
) -> tuple[int, ...] | None:
    """Steps that make the parts of volumes that a container mounts.

    None while one that failed is not tried again yet. Raises `UnresolvedError` for parts that cannot be.
    """
    identity, container, subject = user.identity, user.container, user.subject
    spec, made = identity.template.spec, []
    volumes = {volume.name: volume for volume in spec.volumes}
    for mount in container.volume_mounts:
        volume = volumes[mount.name]
        inner = compute_sub_path(volume, mount, environment.variables)
        if not inner:
            continue
        check_sub_path(mount, environment.variables)
        if volume.is_written:
            _check_part(volume, inner, PodReferences(identity, situation))
            continue
        if volume.image:
            continue  # nothing can be made in it: the engine says so when it has no such part
        own_retry = f"{user.retry}{mount.mount_path}"
        if draft.held_back(own_retry, subject, FAILED_MOUNT):
            return None
        group, source = spec.security_context.fs_group or 0, volume.host_path.path if volume.host_path else ""
        operation = MakeFolder(user.sandbox, sandbox_path(spec, volume), inner, group, source)
        cause = f"a part of volume {volume.name} is mounted"
        hidden = hidden_texts(container, environment.variables, (inner,) if mount.sub_path_expr else ())
        made.append(
            draft.add(identity.uid, subject, operation, cause, after=user.after, retry=own_retry, hidden=hidden)
        )
    return tuple(made)


def _check_part(volume: Volume, inner: str, facts: PodReferences) -> None:
    """Raise `UnresolvedError` for a part that the volume does not have, or whose volume was never written."""
    try:
        files = compute_volume_files(volume, facts)
    except UnresolvedError:
        if volume_key(facts.identity, volume.name) in facts.situation.remembered.written:
            return  # what was written before stays, for containers that are started again
        raise
    check_written(volume, inner, files)


def _plan_volume(
    draft: Draft, name: str, volume: Volume, sandbox: ObservedContainer, facts: PodReferences
) -> tuple[int, ...] | None:
    """The steps that make it ready; None when it cannot be: the reason is noted."""
    identity, situation = facts.identity, facts.situation
    subject = part_of(identity, Part.VOLUME, volume.name)
    if draft.held_back(name, subject, FAILED_MOUNT):
        return None
    try:
        operation = _operation(name, volume, sandbox, facts)
    except UnresolvedError as error:
        draft.wait(subject, FAILED_MOUNT, error.message)
        # What was written before stays, for containers that are started again.
        return () if name in situation.remembered.written else None
    written = situation.remembered.written.get(name)
    if written == operation.digest:
        return ()
    cause = "it has not been made ready yet" if written is None else "it is not what Git says now"
    return (draft.add(identity.uid, subject, operation, cause, retry=name),)


def _operation(name: str, volume: Volume, sandbox: ObservedContainer, facts: PodReferences) -> Readying:
    spec, situation = facts.identity.template.spec, facts.situation
    if volume.host_path:
        digest = _digest((), None, sandbox, situation)
        return CheckPath(volume.host_path, name, digest, sandbox.config.image)
    path, group = sandbox_path(spec, volume), spec.security_context.fs_group
    if not volume.is_written:
        digest = _digest((), group, sandbox, situation)
        if volume.persistent_volume_claim:
            once = spec.security_context.fs_group_change_policy is GroupChangePolicy.ON_ROOT_MISMATCH
            return ShareTree(id=sandbox.id, path=path, volume=name, digest=digest, group=group or 0, unless_shared=once)
        return ShareFolder(sandbox.id, path, name, digest, group or 0)
    files = compute_volume_files(volume, facts)
    files = files if group is None else readable_by_group(files)
    folders = compute_mount_places(spec, volume, files)
    digest = _digest(files, group, sandbox, situation, folders)
    return WriteFiles(id=sandbox.id, path=path, volume=name, digest=digest, files=files, group=group, folders=folders)


def _digest(
    files: tuple[VolumeFile, ...],
    group: int | None,
    sandbox: ObservedContainer,
    situation: NodeSituation,
    folders: tuple[str, ...] = (),
) -> str:
    """It says for which start of the sandbox it holds: what is in memory is lost with the process that mounts it."""
    life = f"{sandbox.id}/{sandbox.started_at}/{group}".encode()
    parts = (part for file in files for part in (file.path.encode(), file.content, f"{file.mode:o}".encode()))
    return situation.digest_key.digest(life, *parts, *(folder.encode() for folder in folders))


def _needs_care(volume: Volume, identity: PodIdentity) -> bool:
    """Whether there is anything to do for it: a volume in memory is given to its group as it is mounted."""
    if volume.host_path:
        return volume.host_path.type is not HostPathType.ANY
    own = volume.ephemeral or volume.persistent_volume_claim
    on_disk = own is not None or (volume.empty_dir is not None and volume.empty_dir.medium is Medium.DISK)
    return volume.is_written or (on_disk and identity.template.spec.security_context.fs_group is not None)
