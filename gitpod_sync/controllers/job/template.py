"""The template of a Job's pods: the Job's own, with labels and variables that name the Job and the index.

Source of the names: Kubernetes, "Jobs", completion mode, and batch/v1.
"""

from dataclasses import replace

from gitpod_sync.model.base.labels import (
    COMPLETION_INDEX,
    CONTROLLER_UID,
    JOB_NAME,
    JOB_UID,
    LEGACY_CONTROLLER_UID,
    LEGACY_JOB_NAME,
)
from gitpod_sync.model.pods.env import EnvVar
from gitpod_sync.model.pods.pod import Container, PodTemplate
from gitpod_sync.model.workloads.jobs import Job

INDEX_VARIABLE = "JOB_COMPLETION_INDEX"


def compute_pod_template(job: Job, uid: str, index: int | None) -> PodTemplate:
    """The template of a pod that works for `index`, or for the Job as a whole."""
    template = job.spec.template
    name = job.metadata.name
    labels, annotations = dict(template.metadata.labels), dict(template.metadata.annotations)
    if job.spec.manual_selector:
        # Whoever selects by hand says which labels there are.
        annotations[JOB_UID] = uid
    else:
        labels |= dict.fromkeys((JOB_NAME, LEGACY_JOB_NAME), name)
        labels |= dict.fromkeys((CONTROLLER_UID, LEGACY_CONTROLLER_UID), uid)
    spec = template.spec
    if index is not None:
        labels[COMPLETION_INDEX] = annotations[COMPLETION_INDEX] = str(index)
        spec = replace(
            spec,
            hostname=f"{name}-{index}",
            init_containers=tuple(_told(each, index) for each in spec.init_containers),
            containers=tuple(_told(each, index) for each in spec.containers),
        )
    return PodTemplate(spec, replace(template.metadata, labels=labels, annotations=annotations))


def job_uid_of(template: PodTemplate) -> str:
    """The UID of the Job that the pod was made for."""
    metadata = template.metadata
    return metadata.annotations.get(JOB_UID) or metadata.labels.get(CONTROLLER_UID, "")


def index_of(template: PodTemplate) -> int | None:
    """The index that the pod works for; None when it works for the Job as a whole."""
    written = template.metadata.annotations.get(COMPLETION_INDEX, "")
    return int(written) if written.isascii() and written.isdecimal() else None


def _told(container: Container, index: int) -> Container:
    """The container with the index in its environment; a variable of its own by that name stays."""
    if any(each.name == INDEX_VARIABLE for each in container.env):
        return container
    return replace(container, env=(*container.env, EnvVar(INDEX_VARIABLE, str(index))))
