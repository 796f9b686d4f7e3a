"""The pod and the container that a person means: `web`, `pod/web`, `deployment/web`, or a selector.

The engine's labels alone answer that, so these commands need neither a source nor a daemon.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from gitpod_sync.cli.assembly import open_observer
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.kinds import kind_named

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The annotation that names the container meant when none is said."""


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An object as it was typed: `deployment/web` or, for a pod, `web`."""

    kind: str
    name: str


def parse_object_name(text: str) -> ObjectName:
    """Read `NAME` or `KIND/NAME`. Raises click's usage error for a kind that has no pods."""
    kind, slash, name = text.rpartition("/")
    if not slash:
        return ObjectName("Pod", text)
    known = kind_named(kind)
    if known is None or not known.asks_for_pods or not name:
        raise click.UsageError(f"{text!r} names no pods; write it like NAME, pod/NAME or deployment/NAME")
    return ObjectName(known.name, name)


def list_observed_pods(config: Config, namespace: str | None) -> tuple[ObservedPod, ...]:
    """The pods of a namespace (None: of all) as the engine has them; a pod being ended after its successor."""
    instance = Instance(config.instance)
    with open_observer(config) as observer:
        pods = group_pods(observer.observe(frozenset()), instance).pods
    return tuple(
        sorted(
            (pod for pod in pods if namespace in {None, pod.identity.namespace}),
            key=lambda pod: (pod.identity.namespace, pod.identity.name, pod.ending),
        )
    )


def select_pods(pods: Sequence[ObservedPod], selector: LabelSelector) -> tuple[ObservedPod, ...]:
    """Pods with matching labels that are not being ended."""
    return tuple(pod for pod in pods if not pod.ending and selector.matches(pod.identity.template.metadata.labels))


def find_pod(pods: Sequence[ObservedPod], target: ObjectName, namespace: str) -> ObservedPod:
    """The pod of that name, or the fittest one of a workload: one that runs, then the youngest.

    Raises `GitpodSyncError` when there is none.
    """
    if target.kind == "Pod":
        found = [pod for pod in pods if pod.identity.name == target.name]
    else:
        found = sorted((pod for pod in pods if _belongs(pod, target)), key=_fitness)
    if not found:
        what = "pod" if target.kind == "Pod" else f"pod of {target.kind.lower()}"
        raise GitpodSyncError(
            f"there is no {what} {target.name} in namespace {namespace}", "look with `gitpod-sync get pods -A`"
        )
    return found[0]


def has_pod_of(pods: Sequence[ObservedPod], target: ObjectName) -> bool:
    """Whether a pod of that name, or of a workload of that name, is among them."""
    return any(pod.identity.name == target.name if target.kind == "Pod" else _belongs(pod, target) for pod in pods)


def container_names(pod: ObservedPod) -> tuple[str, ...]:
    """Names of a pod's containers, those of its template first."""
    written = tuple(container.name for container in pod.identity.template.spec.containers)
    return (*written, *sorted(pod.attempts.keys() - set(written)))


def choose_container(pod: ObservedPod, name: str | None) -> str:
    """The container that is meant; which one was taken by default is said on standard error.

    Raises `GitpodSyncError` for a name that the pod does not have.
    """
    names = container_names(pod)
    if name is not None:
        if name not in names:
            raise GitpodSyncError(
                f"pod {pod.identity} has no container {name}", f"choose with -c one of {', '.join(names)}"
            )
        return name
    annotated = pod.identity.template.metadata.annotations.get(DEFAULT_CONTAINER)
    if annotated in names:
        return annotated
    if len(names) > 1:
        click.echo(f"Defaulted container {names[0]!r} out of: {', '.join(names)}", err=True)
    return names[0]


def running_container(pod: ObservedPod, name: str) -> ObservedContainer:
    """The attempt that runs. Raises `GitpodSyncError` when none does."""
    latest = pod.latest(name)
    if latest is None or latest.status is not ContainerStatus.RUNNING:
        state = "has not been started yet" if latest is None else f"is {latest.status}"
        raise GitpodSyncError(
            f"container {name} of pod {pod.identity} {state}", "look with `gitpod-sync describe pod` why"
        )
    return latest


def _belongs(pod: ObservedPod, target: ObjectName) -> bool:
    """Whether it is a pod of the workload, or of a Job that the CronJob has made."""
    owner = pod.owner
    if target.kind == "CronJob":
        head, _, minute = owner.name.rpartition("-")
        return owner.kind == "Job" and head == target.name and minute.isdecimal()
    return (owner.kind, owner.name) == (target.kind, target.name)


def _fitness(pod: ObservedPod) -> tuple[bool, bool, float]:
    alive = all(
        (latest := pod.latest(container.name)) is not None and latest.alive
        for container in pod.identity.template.spec.containers
    )
    return pod.ending, not alive, -(pod.sandbox.created_at if pod.sandbox else 0.0)
