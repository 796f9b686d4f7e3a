"""How many pods each version of a Deployment is to have.

In Kubernetes a version is a ReplicaSet, and the number is the ReplicaSet's. Here the numbers are in the Deployment's
record, so that a pod of an earlier version which is lost while a rollout stands still comes back as it was: otherwise a
broken version would grow at the expense of the one that works.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from gitpod_sync.controllers.deployment.rolling import Bounds, Counts, compute_new_to_create, compute_old_to_end


@dataclass(frozen=True, slots=True)
class Version:
    """`size` is how many pods it is to have, `standing` how many there are, `available` how many of those are."""

    hash: str
    size: int
    standing: int
    available: int

    @property
    def unavailable(self) -> int:
        """Pods of its size that are not available, or not there."""
        return max(0, self.size - self.available)


Versions = tuple[Version, ...]
"""The oldest first."""


def scale_versions(versions: Versions, before: int, bounds: Bounds, replicas: int) -> Versions:
    """The sizes for another number of replicas in the middle of a rollout, in proportion.

    `before` is how many pods there could be at most until now. Source of the rules: Kubernetes, "Deployments",
    proportional scaling: the largest version first (of equal ones the newer one when growing, the older one when
    shrinking), each rounded half up, and what is left over goes to the largest as far as that can be.

    10 replicas with a surge of 3, sizes 8 and 5, become 15 with a surge of 4: 8·19/13 = 12, 5·19/13 = 7.
    """
    allowed = bounds.most if replicas else 0
    missing = allowed - sum(each.size for each in versions)
    order = sorted(range(len(versions)), key=lambda place: (-versions[place].size, -place if missing > 0 else place))
    sizes = [each.size for each in versions]
    left = missing
    # Every version takes its rounded share, as long as there is something left to give or to take away.
    for place in order:
        share = _share(sizes[place], allowed, before or sum(sizes))
        part = max(0, min(share, left)) if missing > 0 else min(0, max(share, left))
        sizes[place] += part
        left -= part
    # The rest that rounding leaves: of growth the largest version takes all, of shrinkage each as much as it has.
    for place in order:
        part = max(left, -sizes[place])
        sizes[place] += part
        left -= part
    scaled = tuple(replace(each, size=size) for each, size in zip(versions, sizes, strict=True))
    return _keep_promise(scaled, bounds)


def advance_rollout(versions: Versions, replicas: int, bounds: Bounds) -> Versions:
    """The sizes at which a further step changes nothing until a pod does: no event would call for that step.

    An old version of 3 whose pods are lost and a new one of 1 that is available, with 3 replicas and a surge of 1: the
    first step makes 2 of the old ones, and only the next one makes 2 of the new ones.
    """
    versions = keep_available(versions, bounds)
    # Old versions only shrink, and the new one only grows to `replicas`: there are never so many steps. The bound keeps
    # an error of ours from turning for ever.
    for _ in range(replicas + sum(each.size for each in versions) + 1):
        before, versions = versions, hold_back(roll_versions(versions, replicas, bounds), bounds.most)
        if versions == before:
            break
    return versions


def roll_versions(versions: Versions, replicas: int, bounds: Bounds) -> Versions:
    """One step of a rolling update to the last version.

    Pods that are not available go first, those of the newest of the earlier versions (the broken one) before others;
    of the available ones those of the oldest version go first.
    """
    *old, new = versions
    new = replace(new, size=min(new.size, replicas))
    counts = Counts(new.size, min(new.available, new.size), sum(e.size for e in old), sum(map(_available, old)))
    broken, spare = compute_old_to_end(counts, bounds)
    grown = replace(new, size=new.size + compute_new_to_create(replicas, counts, bounds))
    for place in reversed(range(len(old))):
        going = min(broken, old[place].unavailable)
        broken -= going
        old[place] = replace(old[place], size=old[place].size - going)
    for place, each in enumerate(old):
        going = min(spare, _available(each))
        spare -= going
        old[place] = replace(each, size=each.size - going)
    return (*old, grown)


def keep_available(versions: Versions, bounds: Bounds) -> Versions:
    """Pods that were to go because they were not available, and could not be ended before they were, stay while needed.

    3 replicas of which 2 are promised: an old version of 2 that has lost one, and an available pod of a version that
    was to have none. That one stays until there are 2 others, and one less of those that are not there yet may come.
    """
    missing = min(sum(each.available for each in versions), bounds.available) - sum(map(_available, versions))
    if missing <= 0:
        return versions
    found = list(versions)
    for place in reversed(range(len(found))):
        kept = max(0, min(missing, found[place].available - found[place].size))
        missing -= kept
        found[place] = replace(found[place], size=found[place].size + kept)
    return hold_back(found, bounds.most)


def hold_back(versions: Sequence[Version], most: int) -> Versions:
    """No pod comes while there are too many: pods that are not there yet are given up, of the newest version first."""
    found = list(versions)
    excess = sum(each.size for each in versions) - most
    for place in reversed(range(len(found))):
        cut = max(0, min(excess, found[place].size - found[place].standing))
        found[place] = replace(found[place], size=found[place].size - cut)
        excess -= cut
    return tuple(found)


def give_up(versions: Versions, hashes: Collection[str]) -> Versions:
    """Versions with these hashes get no further pods: their sizes shrink to the pods that stand."""
    return tuple(
        replace(each, size=min(each.size, each.standing)) if each.hash in hashes else each for each in versions
    )


def _share(size: int, allowed: int, before: int) -> int:
    """The growth (below 0: shrinkage) of a version of that size when `before` pods become `allowed`."""
    # size · allowed / before, rounded half up; Python's round() would take halves to the even number.
    return (2 * size * allowed + before) // (2 * before) - size if before else 0


def _keep_promise(versions: Versions, bounds: Bounds) -> Versions:
    """Sizes at which no promised available pod is ended while others stay that are not available.

    Old 3, all available, and new 3, none available, are to become 5 pods, 3 of them promised. By their shares old 2 and
    new 3 remain, which ends a pod that serves; so new gives one to old, and 3 and 2 remain.
    """
    found = list(versions)
    promised = min(sum(each.available for each in versions), bounds.available)
    for _ in range(promised - sum(map(_available, versions))):
        giver = next((place for place in reversed(range(len(found))) if found[place].unavailable), None)
        taker = next(place for place, each in enumerate(found) if each.available > each.size)
        if giver is not None:
            found[giver] = replace(found[giver], size=found[giver].size - 1)
        found[taker] = replace(found[taker], size=found[taker].size + 1)
    return tuple(found)


def _available(version: Version) -> int:
    """Available pods that stay so when the version is cut to its size: unready pods are ended before others."""
    return min(version.available, version.size)


def counts_of(versions: Sequence[Version]) -> Counts:
    """The pods that stand, the last version being the new one."""
    *old, new = versions
    return Counts(new.standing, new.available, sum(each.standing for each in old), sum(each.available for each in old))
