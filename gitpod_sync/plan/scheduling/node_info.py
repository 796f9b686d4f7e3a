"""The pods of a node with what they hold, updated from plan to plan with the pods that have changed."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import PodInfo, PodInfoCache


@dataclass(frozen=True, slots=True)
class NodeRoom:
    """A node as it is `now`, leaving pods included, and as it will be `later`, when they have left.

    `staying` gives the others, but for those that are over: they may have to go for somebody.
    """

    now: NodeResources
    later: NodeResources
    staying: Callable[[], Iterable[PodInfo]]


def room_of(pods: Iterable[PodInfo], node: Node) -> NodeRoom:
    """The room of a node that has these pods and no others."""
    pods = tuple(pods)
    now, later = NodeResources(node), NodeResources(node)
    for pod in pods:
        now.add(pod)
        if not pod.leaving:
            later.add(pod)
    return NodeRoom(now, later, lambda: [pod for pod in pods if not (pod.leaving or pod.over)])


Standing = tuple[PodState, ...]


class NodeInfo:
    """Kept from plan to plan."""

    def __init__(self, node: Node) -> None:
        self._cache = PodInfoCache()
        self._room = NodeResources(node)
        self._by_uid: dict[str, PodInfo] = {}
        self._leaving: dict[str, PodInfo] = {}
        """Those that bear the mark of it, by UID."""
        self._standing: Standing = ()
        """Those that could not be seated."""

    def queued_pod(self, identity: PodIdentity) -> PodInfo:
        """A pod that is not there yet."""
        return self._cache.of_pending(identity)

    def update(
        self, came: Iterable[PodState], gone: Iterable[PodState], each: Callable[[Standing], Iterable[PodState]] = iter
    ) -> None:
        """Others have come since the last plan, and some that were there have gone.

        `each` gives one after the other of those that can be seated; the rest is tried again the next time.
        """
        for state in gone:
            self._remove(state)
        standing = {id(state): state for state in (*self._standing, *came)}
        for state in each(tuple(standing.values())):
            self._add(state)
            del standing[id(state)]
        self._standing = tuple(standing.values())

    def with_leaving(self, ends: Collection[str], node: Node) -> NodeRoom:
        """The room of the node; the pods in `ends`, by UID, are leaving as well."""
        leaving = self._leaving | {uid: self._by_uid[uid] for uid in ends if uid in self._by_uid}
        now, later = self._room.copy(node), self._room.copy(node)
        for pod in leaving.values():
            later.remove(pod)

        def staying() -> Iterable[PodInfo]:
            return [pod for uid, pod in self._by_uid.items() if not (pod.over or uid in leaving)]

        return NodeRoom(now, later, staying)

    def _add(self, state: PodState) -> None:
        pod = self._cache.of_state(state, leaving=state.pod.ending or state.pod.evicted)
        self._room.add(pod)
        self._by_uid[pod.identity.uid] = pod
        if pod.leaving:
            self._leaving[pod.identity.uid] = pod

    def _remove(self, state: PodState) -> None:
        uid = state.pod.identity.uid
        self._standing = tuple(each for each in self._standing if each is not state)
        if uid in self._by_uid:
            self._room.remove(self._by_uid.pop(uid))
        self._leaving.pop(uid, None)
