"""The claims that StatefulSets make: which set makes one, and what a set that is gone has said about its own.

Source of the names: Kubernetes, "StatefulSets", stable storage: `<claim template>-<set>-<ordinal>`.
"""

from collections.abc import Iterator, Mapping

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.pods import Gathered
from gitpod_sync.model.pods.claims import AccessMode, PersistentVolumeClaim, claim_key
from gitpod_sync.model.records.records import Record, StatefulSetRecord
from gitpod_sync.model.workloads.stateful_sets import Retention, StatefulSet
from gitpod_sync.plan.node_view import PresentClaim


def find_claim(key: Key, desired: Desired) -> PersistentVolumeClaim | None:
    """The claim as Git has it, or as a StatefulSet of its namespace makes it."""
    written = desired.configs.get(key)
    return written if isinstance(written, PersistentVolumeClaim) else made_by(key, desired)


def made_by(key: Key, desired: Desired) -> PersistentVolumeClaim | None:
    """The claim template of a StatefulSet in Git that makes this claim, at whatever ordinal."""
    for template, workload in _makers(key):
        found = desired.workloads.get(workload)
        if isinstance(found, StatefulSet):
            for claim in found.spec.volume_claim_templates:
                if claim.metadata.name == template:
                    return claim
    return None


def set_that_let_go(key: Key, records: Mapping[Key, Record]) -> Key | None:
    """The StatefulSet, not in Git any more, that made the claim and said last that its claims go with it."""
    for template, workload in _makers(key):
        record = records.get(workload)
        if isinstance(record, StatefulSetRecord) and template in record.claims:
            return workload if record.when_deleted is Retention.DELETE else None
    return None


def exclusive_claims(desired: Desired) -> bool:
    """Whether Git has a claim, or a set that makes claims, for one pod at a time."""
    written = (each for each in desired.configs.values() if isinstance(each, PersistentVolumeClaim))
    # Most revisions have no set at all, and then no workload is looked at.
    any_set = StatefulSet in set(map(type, desired.workloads.values()))
    sets = [each for each in desired.workloads.values() if isinstance(each, StatefulSet)] if any_set else []
    made = (claim for each in sets for claim in each.spec.volume_claim_templates)
    return any(AccessMode.READ_WRITE_ONCE_POD in claim.spec.access_modes for claim in (*written, *made))


def present_claims(gathered: Gathered, instance: Instance) -> Iterator[PresentClaim]:
    """The volumes that are claims by their names as well as by their labels."""
    for volume in gathered.claims:
        key = claim_key(volume.labels.get(labels.NAMESPACE, ""), volume.labels[labels.CLAIM])
        if volume.name == instance.claim_volume_name(key.namespace, key.name):
            yield PresentClaim(volume.name, key, volume.labels.get(labels.DELETE_VOLUME) == "true")


def _makers(key: Key) -> Iterator[tuple[str, Key]]:
    """What claim template of what set can have made it: `data-web-0` is `data` of `web`, or none of any."""
    stem, _, ordinal = key.name.rpartition("-")
    if not (ordinal.isascii() and ordinal.isdecimal()):
        return
    words = stem.split("-")
    for cut in range(1, len(words)):
        yield "-".join(words[:cut]), Key("StatefulSet", key.namespace, "-".join(words[cut:]))
