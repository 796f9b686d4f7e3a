"""The claims that StatefulSets make: which set makes one, and what a set that is gone has said about its own.

Source of the names: Kubernetes, "StatefulSets", stable storage: `<claim template>-<set>-<ordinal>`.
"""

from collections.abc import Iterator, Mapping

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import ObservedVolume
from gitpod_sync.model.engine.pods import Gathered
from gitpod_sync.model.pods.claims import PersistentVolumeClaim, claim_key
from gitpod_sync.model.records.records import Record, StatefulSetRecord
from gitpod_sync.model.workloads.stateful_sets import Retention, StatefulSet


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


def present_claims(gathered: Gathered, instance: Instance) -> Iterator[tuple[ObservedVolume, Key]]:
    """The volumes that are claims by their names as well as by their labels, each with its claim."""
    for volume in gathered.claims:
        key = claim_key(volume.labels.get(labels.NAMESPACE, ""), volume.labels[labels.CLAIM])
        if volume.name == instance.claim_volume_name(key.namespace, key.name):
            yield volume, key


def _makers(key: Key) -> Iterator[tuple[str, Key]]:
    """What claim template of what set can have made it: `data-web-0` is `data` of `web`, or none of any."""
    stem, _, ordinal = key.name.rpartition("-")
    if not (ordinal.isascii() and ordinal.isdecimal()):
        return
    words = stem.split("-")
    for cut in range(1, len(words)):
        yield "-".join(words[:cut]), Key("StatefulSet", key.namespace, "-".join(words[cut:]))
