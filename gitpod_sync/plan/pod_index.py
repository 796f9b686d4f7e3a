"""The pods of a plan, by what they are asked for. It is kept from plan to plan: each pays for those that are others."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.identity_diff import IdentityDiff
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import place_of

Each = Callable[[Iterable[Key]], Iterable[Key]]
"""Gives the workloads whose pods can be counted, one after the other, as they are counted."""


class PodIndex:
    """It speaks of the pods that it has looked at last."""

    def __init__(self) -> None:
        self._diff: IdentityDiff[PodState] = IdentityDiff()
        self._by_uid: dict[str, PodState] = {}
        self._by_name: dict[str, dict[str, dict[str, PodState]]] = defaultdict(lambda: defaultdict(dict))
        """By namespace, name and UID: one that comes may have the name of an evicted one."""
        self._by_owner: dict[Key, dict[str, PodState]] = defaultdict(dict)
        self._members: dict[Key, Sequence[PodState]] = {}
        self._uncounted: dict[Key, list[PodState]] = {}

    def update(self, states: Sequence[PodState], each: Each = iter) -> tuple[Sequence[PodState], Sequence[PodState]]:
        """These are the pods now; gives those that have come, and those that have gone (see `IdentityDiff`).

        Of workloads that `each` does not give no pod is known; they are tried again the next time.
        """
        came, gone = self._diff.update(states)
        if not (came or gone or self._uncounted):
            return came, gone
        leaving = _by_owner(gone)
        left = set(map(id, gone)) if self._uncounted else ()
        again = (state for owned in self._uncounted.values() for state in owned if id(state) not in left)
        self._uncounted = _by_owner((*again, *came))
        for owner in each(tuple(leaving)):
            for state in leaving[owner]:
                self._remove(state)
        for owner in each(tuple(leaving.keys() | self._uncounted.keys())):
            for state in self._uncounted.get(owner, ()):
                self._add(state)
            self._settle_members(owner)
            self._uncounted.pop(owner, None)
        return came, gone

    @property
    def uncounted(self) -> Collection[Key]:
        """The workloads of whose pods nothing is known here."""
        return self._uncounted.keys()

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
        if self._by_uid.get(identity.uid) is not state:
            return  # it was never counted
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


def _by_owner(states: Iterable[PodState]) -> dict[Key, list[PodState]]:
    found: dict[Key, list[PodState]] = {}
    for state in states:
        found.setdefault(state.pod.owner, []).append(state)
    return found


def _counts(state: PodState) -> bool:
    """A Job counts the pods that have failed, a set what still holds a place; others make another one at once."""
    kind = state.pod.owner.kind
    return not state.pod.evicted or kind == "Job" or (kind in {"StatefulSet", "DaemonSet"} and not state.pod.vacated)
