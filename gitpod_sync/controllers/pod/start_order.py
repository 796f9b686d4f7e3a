"""The order in which the containers of a pod start. Pure.

Source of the rules: Kubernetes, "Init Containers" and "Sidecar Containers": init containers run one at a time, each to
success; a sidecar has to have started before the next one may; the app containers come after all of them, side by
side, except that a postStart holds back those that are written after it. What has begun later is never held back
again by what came before: a pod is initialised once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.records.health import NOTHING_KNOWN, Health


@dataclass(frozen=True, slots=True)
class StartOrder:
    """How far a pod has come in starting its containers.

    `due` are the containers that should run now, in order; `done` are init containers that have done their work.
    """

    due: tuple[Container, ...]
    done: tuple[Container, ...]
    initialized: bool


def compute_start_order(pod: ObservedPod, health: Mapping[str, Health]) -> StartOrder:
    """Read it off the pod's containers."""
    spec = pod.template.spec
    sidecars = {each.name for each in spec.sidecars}
    begun = [index for index, each in enumerate(spec.all_containers) if pod.latest(each.name)]
    furthest = max(begun, default=-1)
    due: list[Container] = []
    done: list[Container] = []
    for index, container in enumerate(spec.init_containers):
        last = pod.latest(container.name)
        if container.name not in sidecars and (furthest > index or has_succeeded(last, health)):
            done.append(container)
            continue
        due.append(container)
        if furthest <= index and not (container.name in sidecars and has_started(container, last, health)):
            return StartOrder(tuple(due), tuple(done), initialized=False)
    for index, container in enumerate(spec.containers, start=len(spec.init_containers)):
        due.append(container)
        if furthest <= index and _holds_back(container, pod.latest(container.name), health):
            return StartOrder(tuple(due), tuple(done), initialized=True)
    return StartOrder(tuple(due), tuple(done), initialized=True)


def has_succeeded(last: ObservedContainer | None, health: Mapping[str, Health]) -> bool:
    """Whether an init container has done its work."""
    ended = last is not None and last.status in {ContainerStatus.EXITED, ContainerStatus.DEAD}
    return ended and last is not None and last.exit_code == 0 and not _known(last, health).failed


def has_started(container: Container, last: ObservedContainer | None, health: Mapping[str, Health]) -> bool:
    """Whether it runs, its postStart is over, and its startup probe, if it has one, has passed."""
    if last is None or not last.alive:
        return False
    known = _known(last, health)
    hooked = container.lifecycle.post_start is None or known.post_started_at is not None
    return hooked and not known.failed and (container.startup_probe is None or known.started_at is not None)


def _holds_back(container: Container, last: ObservedContainer | None, health: Mapping[str, Health]) -> bool:
    """Whether a postStart is under way; a failed hook, or one whose container has ended, holds back nobody."""
    if container.lifecycle.post_start is None or (last and last.finished_at is not None and not last.alive):
        return False
    known = _known(last, health) if last else NOTHING_KNOWN
    return known.post_started_at is None and not known.failed


def _known(container: ObservedContainer, health: Mapping[str, Health]) -> Health:
    return health.get(container.id, NOTHING_KNOWN)
