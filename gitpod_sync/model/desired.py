"""The objects that one revision of the sources asks for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.claims import PersistentVolumeClaim
from gitpod_sync.model.pods.configs import ConfigMap, Namespace, Secret
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.scheduling.priority import PriorityClass
from gitpod_sync.model.workloads.autoscaling import HorizontalPodAutoscaler
from gitpod_sync.model.workloads.budgets import PodDisruptionBudget
from gitpod_sync.model.workloads.jobs import CronJob
from gitpod_sync.model.workloads.workloads import Workload

_FULL_HASH = re.compile(r"[0-9a-f]{40,64}")

Config = (
    Namespace
    | ConfigMap
    | Secret
    | PersistentVolumeClaim
    | PriorityClass
    | PodDisruptionBudget
    | HorizontalPodAutoscaler
)
"""What is no workload."""

Object = Workload | CronJob | Config


@dataclass(frozen=True, slots=True)
class Desired:
    """All objects of a valid revision, by key, in sorted order of the keys."""

    commit: str = ""
    """The revision's name: a commit's full hash, or a digest of the content of a folder."""
    workloads: Mapping[Key, Workload] = field(default_factory=dict)
    """Objects that ask for pods."""
    configs: Mapping[Key, Config] = field(default_factory=dict)
    """All other honoured objects: ConfigMaps, Secrets, claims, budgets, autoscalers, priority classes."""
    cron_jobs: Mapping[Key, CronJob] = field(default_factory=dict)
    """They ask for Jobs, not for pods, so that they are no workloads themselves."""
    let_go: str = ""
    """Why objects that are not in here go, where Git is not the reason; "" where it is."""
    identities: Mapping[Key, ObjectIdentity] = field(default_factory=dict)
    """Uid, generation and age of the objects, once they are in force."""

    @property
    def short_commit(self) -> str:
        """The commit as people read it."""
        return short_commit(self.commit)


def desired_of(objects: Iterable[Object], commit: str) -> Desired:
    """The objects, each in the field of its kind."""
    workloads: dict[Key, Workload] = {}
    configs: dict[Key, Config] = {}
    cron_jobs: dict[Key, CronJob] = {}
    for each in sorted(objects, key=lambda each: each.key):
        if isinstance(each, Config):
            configs[each.key] = each
        elif isinstance(each, CronJob):
            cron_jobs[each.key] = each
        else:
            workloads[each.key] = each
    return Desired(commit, workloads, configs, cron_jobs)


def short_commit(commit: str) -> str:
    """The name of a revision as people read it."""
    return commit[:12] if _FULL_HASH.fullmatch(commit) else commit
