"""What has to be remembered of a workload because no engine holds it.

A controller is given the record of its workload and decides with it on the next one, which is written down before
anything of that decision is carried out. A lost record is history lost: what runs goes on.
"""

import json
from dataclasses import dataclass

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.codec import canonical, decode
from gitpod_sync.model.job_records import CronJobRecord, JobRecord
from gitpod_sync.model.pod import PodTemplate


@dataclass(frozen=True, slots=True)
class TemplateRevision:
    """A template that a workload has had. `number` grows; a return to an earlier template takes the next one."""

    number: int
    hash: str
    template: PodTemplate


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """The templates that a Deployment has had and may be returned to, the present one last."""

    revisions: tuple[TemplateRevision, ...] = ()


Record = DeploymentRecord | JobRecord | CronJobRecord

RECORD_TYPES: dict[str, type[Record]] = {"Deployment": DeploymentRecord, "Job": JobRecord, "CronJob": CronJobRecord}
"""By kind of the workload."""


def record_to_text(record: Record) -> str:
    """A record as it is kept."""
    return canonical(record)


def record_from_text(kind: str, text: str) -> Record | None:
    """A kept record of a workload of that kind; None for one that cannot be understood (any more)."""
    try:
        return decode(RECORD_TYPES[kind], json.loads(text))
    except (KeyError, ValueError, ManifestError):
        return None
