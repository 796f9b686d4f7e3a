"""What Git can ask for and a kind can draw."""

from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads import workloads
from gitpod_sync.model.workloads.jobs import CronJob
from gitpod_sync.model.workloads.workloads import Workload

Asked = Workload | CronJob


def template_of(asked: Asked) -> PodTemplate:
    """What its pods are made from."""
    return asked.spec.job_template.spec.template if isinstance(asked, CronJob) else workloads.template_of(asked)
