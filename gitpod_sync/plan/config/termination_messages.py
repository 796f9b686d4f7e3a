"""Files for the termination messages of a pod: in a volume of its sandbox, one for each attempt of a container.

`/dev` of a container is gone when it has ended, and its own filesystem may be read-only; so the file is mounted there
from a volume, as the kubelet mounts one of the node. A new volume gets its empty files from the sandbox's image, which
costs no call. Three files a container take turns: the one of an attempt is emptied before that attempt is removed.
"""

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.paths import cleaned
from gitpod_sync.model.engine.container import Mount, MountKind
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity, attempt_of, identity_labels
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.termination_messages import DEFAULT_PATH, FILES_EACH, message_folder
from gitpod_sync.operations.operations import ClearMessage, RemoveContainer
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import container_of


def messages_mounts(identity: PodIdentity, instance: Instance) -> tuple[Mount, ...]:
    """The volume of all messages of a pod, as its sandbox has it; none for one that has been made without."""
    if not identity.keeps_messages:
        return ()
    volume_labels = (*sorted(identity_labels(identity, instance).items()), (labels.VOLUME, "_messages"))
    return (
        Mount(
            message_folder(len(identity.template.spec.all_containers)),
            MountKind.VOLUME,
            instance.messages_name(identity.uid),
            copied=True,
            volume_labels=volume_labels,
        ),
    )


def message_mounts(identity: PodIdentity, instance: Instance, container: Container, attempt: int) -> tuple[Mount, ...]:
    """The file of an attempt; none where the pod has none, or mounts a volume of its own at that very path."""
    path = container.termination_message_path or DEFAULT_PATH
    taken = any(cleaned(mount.target) == cleaned(path) for mount in container.volume_mounts)
    if taken or not identity.keeps_messages:
        return ()
    name = identity.template.spec.message_file_of(container.name, attempt).name
    return (Mount(path, MountKind.VOLUME, instance.messages_name(identity.uid), sub_path=name),)


def has_file_to_itself(pod: ObservedPod, container: Container, attempt: int) -> bool:
    """Whether the file of an attempt to come has been emptied: the attempt that had it before is gone."""
    others = (attempt_of(each) for each in pod.attempts.get(container.name, ()))
    return all(other % FILES_EACH != attempt % FILES_EACH for other in others)


def plan_removal(draft: Draft, pod: ObservedPod, container: Container, old: ObservedContainer, cause: str) -> None:
    """Remove an attempt that has ended, once its message has been."""
    removal, subject = RemoveContainer(old.id), container_of(pod.identity, container.name)
    retry = repr(removal)
    if draft.held_back(retry, subject, "FailedSync"):
        return
    file = pod.identity.template.spec.message_file_of(container.name, attempt_of(old))
    after: tuple[int, ...] = ()
    if pod.sandbox and any(mount.target == file.folder for mount in pod.sandbox.config.mounts):
        clear = ClearMessage(pod.sandbox.id, file.path)
        after = (draft.add(pod.identity.uid, subject, clear, cause, retry=retry),)
    draft.add(pod.identity.uid, subject, removal, cause, after=after, retry=retry, lasting=True)
