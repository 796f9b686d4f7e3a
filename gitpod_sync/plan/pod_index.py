"""The pods of a plan, by what they are asked for. It is kept from plan to plan: each pays for those that are others."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.identity_diff import IdentityDiff
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import place_of


class PodIndex:
    """It speaks of the pods that it has looked at last."""

    def __init__(self) -> None:
        self._diff: IdentityDiff[PodState] = IdentityDiff()
        self._by_uid: dict[str, PodState] = {}
        self._by_name: dict[str, dict[str, dict[str, PodState]]] = defaultdict(lambda: defaultdict(dict))
        """By namespace, name and UID: one that comes may have the name of an evicted one."""
        self._by_owner: dict[Key, dict[str, PodState]] = defaultdict(dict)
        self._members: dict[Key, Sequence[PodState]] = {}

    def update(self, states: Sequence[PodState]) -> tuple[Sequence[PodState], Sequence[PodState]]:
        """These are the pods now; gives those that have come, and those that have gone (see `IdentityDiff`)."""
        came, gone = self._diff.update(states)
        for state in gone:
            self._remove(state)
        for state in came:
            self._add(state)
        for owner in {state.pod.owner for state in (*came, *gone)}:
            self._settle_members(owner)
        return came, gone

    def find(self, uids: Iterable[str]) -> Sequence[PodState]:
        """Those of these UIDs that there are, in the order of the plan."""
        found = (self._by_uid[uid] for uid in uids if uid in self._by_uid)
        return sorted(found, key=lambda state: place_of(state.pod))

    def named(self, namespace: str, name: str) -> Sequence[PodState]:
        """The pods of that name, evicted ones included, in the order of the plan."""
        found = self._by_name[namespace][name].values() if name in self.names(namespace) else ()
        return sorted(found, key=lambda state: place_of(state.pod))

    def names(self, namespace: str) -> Collection[str]:
        """The names of all pods of a namespace."""
        return self._by_name[namespace].keys() if namespace in self._by_name else ()

    @property
    def members(self) -> Mapping[Key, Sequence[PodState]]:
        """Those that count for their workloads, by these, in the order of the plan."""
        return self._members

    def belonging(self) -> Iterator[tuple[Key, Collection[PodState]]]:
        """All pods by their workloads."""
        for owner, pods in self._by_owner.items():
            yield owner, pods.values()

    def _add(self, state: PodState) -> None:
        identity = state.pod.identity
        self._by_uid[identity.uid] = state
        self._by_owner[state.pod.owner][identity.uid] = state
        self._by_name[identity.namespace][identity.name][identity.uid] = state

    def _remove(self, state: PodState) -> None:
        identity, owner = state.pod.identity, state.pod.owner
        del self._by_uid[identity.uid]
        del self._by_owner[owner][identity.uid]
        if not self._by_owner[owner]:
            del self._by_owner[owner]
        names = self._by_name[identity.namespace]
        del names[identity.name][identity.uid]
        if not names[identity.name]:
            del names[identity.name]
        if not names:
            del self._by_name[identity.namespace]

    def _settle_members(self, owner: Key) -> None:
        members = [state for state in self._by_owner.get(owner, {}).values() if _counts(state)]
        if members:
            self._members[owner] = sorted(members, key=lambda state: place_of(state.pod))
        else:
            self._members.pop(owner, None)


def _counts(state: PodState) -> bool:
    """A Job counts the pods that have failed, a set what still holds a place; others make another one at once."""
    kind = state.pod.owner.kind
    return not state.pod.evicted or kind == "Job" or (kind in {"StatefulSet", "DaemonSet"} and not state.pod.vacated)
