"""Containers and volumes sorted into pods by the UIDs in their labels: what bears one UID is sorted for itself.

So a pass sorts again only what bears the UID of something that is different: of what was seen before, and is the same,
the very same pod is handed in.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.identity_diff import IdentityDiff
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.pass_cache import Memo, What
from gitpod_sync.model.engine.container import HOST_NETWORK
from gitpod_sync.model.engine.observed import Observed, ObservedContainer, ObservedNetwork, ObservedVolume
from gitpod_sync.model.engine.pods import (
    Bearer,
    Gathered,
    Leftover,
    ObservedPod,
    PodIdentity,
    attempt_of,
    bearer_of,
    owner_of,
    place_of,
)
from gitpod_sync.model.pods.hashing import template_from_label
from gitpod_sync.model.pods.termination_messages import is_message_folder

_PRIORITY = re.compile(r"-?\d{1,10}", re.ASCII)
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?")
"""Namespaces, pods and UIDs: what does not look like it was never given by us, and no engine takes it in a name."""


Each = Callable[[Iterable[Bearer]], Iterable[Bearer]]
"""Gives those that can be read, one after the other: what is done with one is done before the next is asked for."""


def group_pods(observed: Observed, instance: Instance, memo: Memo | None = None, each: Each = iter) -> Gathered:
    """The snapshot's containers and volumes, sorted into pods. `memo` has the result for the last snapshot.

    What `each` does not give is left as it is, and tried again the next time.
    """
    return (memo or Memo()).keep(_CROWD, partial(_Crowd, instance)).look(observed, each)


@dataclass(slots=True)
class _Group:
    """Containers and volumes of one UID, by ids and names, and the pod and leftovers found among them."""

    containers: dict[str, ObservedContainer] = field(default_factory=dict)
    volumes: dict[str, ObservedVolume] = field(default_factory=dict)
    pod: ObservedPod | None = None
    leftovers: Sequence[Leftover] = ()

    @property
    def bearer(self) -> Bearer:
        """Who they are by their labels alone."""
        things: Iterable[ObservedContainer | ObservedVolume] = chain(self.containers.values(), self.volumes.values())
        return bearer_of(next(iter(things)).labels)


class _Crowd:
    """The last snapshot, in its groups by UID."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._diff: IdentityDiff[ObservedContainer] = IdentityDiff()
        self._volumes: tuple[ObservedVolume, ...] = ()
        self._network: ObservedNetwork | None = None
        self._groups: dict[str, _Group] = defaultdict(_Group)
        self._unread: dict[str, Bearer] = {}
        """By UID, those that could not be sorted."""
        self._gathered = Gathered((), (), ())

    def look(self, observed: Observed, each: Each) -> Gathered:
        """The pods, leftovers and volumes of this snapshot."""
        touched = self._take_containers(observed.containers)
        if observed.volumes != self._volumes:
            touched |= self._take_volumes(observed.volumes)
        elif observed.network == self._network and not touched and not self._unread:
            return self._gathered
        if observed.network != self._network:
            self._network = observed.network
            touched |= self._groups.keys()
        self._sort(touched | self._unread.keys(), each)
        self._gathered = self._put_together()
        return self._gathered

    def _sort(self, uids: Iterable[str], each: Each) -> None:
        self._unread = {}
        for uid in uids:
            group = self._groups[uid]
            if group.containers or group.volumes:
                self._unread[uid] = group.bearer
            else:
                del self._groups[uid]
        for bearer in each(tuple(self._unread.values())):
            _sort(self._groups[bearer.uid], self._network, self._instance)
            del self._unread[bearer.uid]

    def _take_containers(self, containers: Sequence[ObservedContainer]) -> set[str]:
        """UIDs of the groups that changed. A container that was read again and is equal stays the same object."""
        came, gone = self._diff.update(containers)
        touched, uids = set(), {each.id: _uid(each) for each in came}
        for each in gone:
            if uids.get(each.id) != _uid(each):
                del self._groups[_uid(each)].containers[each.id]
                touched.add(_uid(each))
        for each in came:
            group = self._groups[_uid(each)]
            if group.containers.get(each.id) != each:
                group.containers[each.id] = each
                touched.add(_uid(each))
        return touched

    def _take_volumes(self, volumes: tuple[ObservedVolume, ...]) -> set[str]:
        before, after = ({each.name: each for each in those} for those in (self._volumes, volumes))
        self._volumes = volumes
        differing = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
        touched = set()
        for name in differing:
            old, new = before.get(name), after.get(name)
            if old and not self._is_apart(old):
                del self._groups[_uid(old)].volumes[name]
                touched.add(_uid(old))
            if new and not self._is_apart(new):
                self._groups[_uid(new)].volumes[name] = new
                touched.add(_uid(new))
        return touched

    def _is_apart(self, volume: ObservedVolume) -> bool:
        """Whether no pod's life has to do with it."""
        return _is_claim(volume) or volume.name == self._instance.owner_volume

    def _put_together(self) -> Gathered:
        pods = [group.pod for group in self._groups.values() if group.pod]
        leftovers = [each for group in self._groups.values() for each in group.leftovers]
        lost = ((uid, group) for uid, group in self._groups.items() if not (group.pod or uid in self._unread))
        strays = sorted((uid, name) for uid, group in lost for name in group.volumes)
        return Gathered(
            tuple(sorted(pods, key=place_of)),
            tuple(sorted(leftovers, key=lambda leftover: (leftover.container.name, leftover.container.id))),
            tuple(self._groups[uid].volumes[name] for uid, name in strays),
            tuple(filter(_is_claim, self._volumes)),
            tuple(self._unread[uid] for uid in sorted(self._unread)),
        )


_CROWD: What[_Crowd] = What("crowd")


def _uid(thing: ObservedContainer | ObservedVolume) -> str:
    return thing.labels.get(labels.UID, "")


def _is_claim(volume: ObservedVolume) -> bool:
    return labels.CLAIM in volume.labels


def _sort(group: _Group, network: ObservedNetwork | None, instance: Instance) -> None:
    """Find the group's pod, if there is one, and the containers that belong to none.

    All of the group bears one UID in its labels. That proves little: anybody can copy labels (`docker run --label`),
    and an image made from a container (`docker commit`) hands them on. So containers have to show in other ways, too,
    what they are: a sandbox by a complete identity, a tombstone by its name, an attempt by the sandbox's network.

    A pod `web` with its sandbox S and the containers A (attempt 0) and B (attempt 1). Somebody runs X from an image of
    S, with S's labels: S has the name that we gave and comes first, so S is the pod and X is left over. When S is gone
    as well as X, A and B are orphans: the network that they share is lost, and they are ended with grace.
    """
    before = group.pod
    members: list[ObservedContainer] = []
    leftovers: list[Leftover] = []
    sandbox: tuple[PodIdentity, ObservedContainer] | None = None
    tombstone: tuple[PodIdentity, ObservedContainer] | None = None
    for container in sorted(group.containers.values(), key=_originals_first(instance)):
        if labels.CONTAINER in container.labels:
            members.append(container)
            continue
        # Reading an identity parses the whole template; the very same container still has the one that it had.
        known = before is not None and before.sandbox is container
        identity = before.identity if before and known else _read_identity(container)
        if identity and _is_tombstone(container, identity, instance):
            tombstone = (identity, container)
        elif identity is None or sandbox or labels.EVICTED in container.labels:
            cause = "it bears the labels of this instance, but no pod of it has such a sandbox"
            leftovers.append(Leftover(container, cause))
        else:
            sandbox = (identity, container)
    # An evicted pod keeps both until its sandbox is removed; then the tombstone alone stands for it.
    found = sandbox or tombstone
    if found is None:
        orphans = (Leftover(each, "the sandbox of its pod is gone", orphaned=True) for each in members)
        group.pod, group.leftovers = None, (*leftovers, *orphans)
        return
    attempts, strays = _sort_attempts(*found, members, instance)
    volumes = tuple(group.volumes[name] for name in sorted(group.volumes))
    address = _address(found[1], network, instance)
    mark = tombstone[1] if tombstone else None
    group.pod = ObservedPod(*found, attempts, volumes, address, tombstone=mark)
    group.leftovers = (*leftovers, *strays)


def _is_tombstone(container: ObservedContainer, identity: PodIdentity, instance: Instance) -> bool:
    """Whether it is a tombstone by its name as well: a label alone must not cost a pod its life."""
    name = instance.tombstone_name(identity.namespace, identity.name, identity.uid)
    return labels.EVICTED in container.labels and container.name == name


def _address(sandbox: ObservedContainer, network: ObservedNetwork | None, instance: Instance) -> str:
    if sandbox.config.network == HOST_NETWORK:
        return network.gateway if network and sandbox.alive else ""
    return sandbox.networks.get(instance.network, "")


def _sort_attempts(
    identity: PodIdentity, sandbox: ObservedContainer, members: Iterable[ObservedContainer], instance: Instance
) -> tuple[dict[str, tuple[ObservedContainer, ...]], list[Leftover]]:
    """Attempts by container name, the oldest first, and strays: `members` that only claim to be attempts."""
    names = [container.name for container in identity.template.spec.all_containers]
    claims: dict[str, list[ObservedContainer]] = {name: [] for name in names}
    strays = []
    for container in members:
        claimed = claims.get(container.labels[labels.CONTAINER])
        if claimed is None or not _is_made_for(container, sandbox):
            strays.append(container)
        else:
            claimed.append(container)
    attempts = {}
    for name, claimed in claims.items():
        attempts[name], rivals = _settle_rivalry(identity, name, claimed, instance)
        strays += rivals
    cause = f"pod {identity} has no such container"
    return {name: found for name, found in attempts.items() if found}, [Leftover(stray, cause) for stray in strays]


def _is_made_for(container: ObservedContainer, sandbox: ObservedContainer) -> bool:
    """Whether it was made as part of the sandbox's pod: what no hand can change later says so."""
    same_pod = all(container.labels.get(label) == sandbox.labels[label] for label in (labels.NAMESPACE, labels.POD))
    return same_pod and container.config.network == f"container:{sandbox.id}"


def _settle_rivalry(
    identity: PodIdentity, name: str, claimed: Sequence[ObservedContainer], instance: Instance
) -> tuple[tuple[ObservedContainer, ...], list[ObservedContainer]]:
    """The attempts of one container, and the rivals displaced by a container of the same number or of a better name."""

    def well_named(container: ObservedContainer) -> bool:
        pod = (identity.namespace, identity.name, identity.uid)
        return container.name == instance.container_name(*pod, name, attempt_of(container))

    attempts: dict[int, ObservedContainer] = {}
    rivals = []
    # Of several that run, a name that we did not give betrays the one that came by itself.
    named_one_runs = any(each.alive and well_named(each) for each in claimed)
    for container in claimed:
        if attempt_of(container) in attempts or (named_one_runs and container.alive and not well_named(container)):
            rivals.append(container)
        else:
            attempts[attempt_of(container)] = container
    return tuple(attempts[number] for number in sorted(attempts)), rivals


def _originals_first(instance: Instance) -> Callable[[ObservedContainer], tuple[bool, float, str]]:
    """Sort key: of two containers that claim to be the same, the one with a name of ours came first."""

    def sort_key(container: ObservedContainer) -> tuple[bool, float, str]:
        return (not container.name.startswith(f"{instance.name}_"), container.created_at, container.id)

    return sort_key


def _read_identity(sandbox: ObservedContainer) -> PodIdentity | None:
    found = sandbox.labels
    if not all(_NAME.fullmatch(found.get(label, "")) for label in (labels.NAMESPACE, labels.POD, labels.UID)):
        return None
    try:
        return PodIdentity(
            namespace=found[labels.NAMESPACE],
            name=found[labels.POD],
            uid=found[labels.UID],
            owner=owner_of(sandbox),
            template=template_from_label(found[labels.TEMPLATE]),
            template_hash=found[labels.TEMPLATE_HASH],
            commit=found.get(labels.COMMIT, ""),
            priority=_priority_of(sandbox),
            keeps_messages=any(is_message_folder(mount.target) for mount in sandbox.config.mounts),
        )
    except (KeyError, ManifestError):
        return None


def _priority_of(sandbox: ObservedContainer) -> int:
    text = sandbox.labels.get(labels.PRIORITY, "")
    return int(text) if _PRIORITY.fullmatch(text) else 0
