"""The owner of an instance: one state directory of one machine.

To a second owner its pods would be strays, and each side would end what the other makes.

The mark is a volume with labels: an engine that is asked to make one that is there hands out the first one's labels, so
that of two who come at the same moment one is the owner.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import ObservedVolume

_PURPOSE = b"owner of an instance of gitpod-sync\0"
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Owner:
    """A machine and a path on it. `digest` identifies the owner, the rest names it to people."""

    digest: str
    host: str
    state_dir: str

    def __str__(self) -> str:
        return f"state directory {self.state_dir} on {self.host}" if self.digest else "an unknown owner"


def compute_owner(machine_id: str, host: str, state_dir: str) -> Owner:
    """The owner with this path of the state directory. Its content does not count: losing it changes no owner.

    Source of the way that the machine's id is made use of: machine-id(5), which is not to be shown.
    """
    digest = hmac.new(machine_id.encode(), _PURPOSE + state_dir.encode("utf-8", "surrogateescape"), hashlib.sha256)
    return Owner(digest.hexdigest()[:_LENGTH], host, state_dir)


def owner_labels(instance: Instance, owner: Owner) -> dict[str, str]:
    """Labels of the owner's volume, the instance's own included: a removal by that label removes the mark as well."""
    return {
        labels.INSTANCE: instance.name,
        labels.INSTANCE_OWNER: owner.digest,
        labels.OWNER_HOST: owner.host,
        labels.OWNER_STATE_DIR: owner.state_dir,
    }


def read_owner(found: Mapping[str, str]) -> Owner:
    """The owner in the labels of the volume; without a digest when somebody else has made the volume."""
    keys = (labels.INSTANCE_OWNER, labels.OWNER_HOST, labels.OWNER_STATE_DIR)
    return Owner(*(found.get(key, "") for key in keys))


def find_owner(volumes: Iterable[ObservedVolume], instance: Instance) -> Owner | None:
    """The owner of the instance; None where nobody has taken it, or the mark was removed."""
    return next((read_owner(each.labels) for each in volumes if each.name == instance.owner_volume), None)
