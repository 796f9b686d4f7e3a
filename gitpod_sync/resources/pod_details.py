"""The engine's facts about a pod beyond its state, for `describe` and `get -o json|yaml`. Pure."""

from gitpod_sync.controllers.pod.container_state import StateKind, end_reason
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.image import digest_in, repository_of
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.plan.config.confidential import why_not_started
from gitpod_sync.plan.waiting import Waiting
from gitpod_sync.resources.items import PodItem


def add_particulars(found: Json, item: PodItem) -> Json:
    """A v1 Pod with the ids of its containers and images, and the ends before the present states."""
    status = found["status"]
    for name in ("initContainerStatuses", "containerStatuses"):
        for each in status.get(name, ()):
            if item.state is not None:
                _add_to_container(each, item.state.pod, item)
            _add_reason(each, item.waiting.get(each["name"]))
    return found


def _add_reason(status: Json, waiting: Waiting | None) -> None:
    """Why a container waits, as the plan has it."""
    if waiting is not None and StateKind.WAITING.value in status["state"]:
        status["state"] = {StateKind.WAITING.value: {"reason": waiting.reason, "message": waiting.message}}


def _add_to_container(status: Json, pod: ObservedPod, item: PodItem) -> None:
    attempts = pod.attempts.get(status["name"], ())
    if not attempts:
        return
    latest = attempts[-1]
    status["containerID"] = f"{item.runtime}://{latest.id}"
    if latest.image is not None:
        digest = digest_in(status["image"], latest.image.digests)
        # Kubernetes: ContainerStatus.imageID; without a registry an image has its id alone.
        status["imageID"] = f"{repository_of(status['image'])}@{digest}" if digest else latest.image.id
    if StateKind.TERMINATED.value in status["state"]:
        _add_message(status["state"], status["name"], latest, item)
    waiting = StateKind.WAITING.value in status["state"]
    ended = [
        each
        for each in (attempts if waiting else attempts[:-1])
        if not each.alive and (each.finished_at or each.start_failed)
    ]
    if ended and "lastState" not in status:
        status["lastState"] = {StateKind.TERMINATED.value: _end(ended[-1])}
    if ended:
        _add_message(status["lastState"], status["name"], ended[-1], item)


def _add_message(state: Json, name: str, ended: ObservedContainer, item: PodItem) -> None:
    end = state[StateKind.TERMINATED.value]
    message = item.messages.get(ended.id)
    if not message and ended.start_failed:
        message = why_not_started(item.template.spec, name, ended)
    if message:
        end["message"] = message
    end["containerID"] = f"{item.runtime}://{ended.id}"


def _end(ended: ObservedContainer) -> Json:
    end: Json = {"reason": end_reason(ended), "exitCode": ended.exit_code}
    for name, at in (("startedAt", ended.started_at), ("finishedAt", ended.finished_at)):
        if at is not None:
            end[name] = render_rfc3339(at)
    return end
