"""Pods and nodes for tests of placing, in few words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.scheduling.priority import PreemptionPolicy
from gitpod_sync.plan.scheduling.pod_info import PodInfo, PodInfoCache
from gitpod_sync.plan.scheduling.queue import QueuedPod

NODE = Node(
    "one",
    {"kubernetes.io/hostname": "one", "disk": "ssd"},
    allocatable={"cpu": 4000, "memory": 100, "pods": 10},
)


class Village:
    """Makes pods that know each other by their templates."""

    def __init__(self) -> None:
        self._cache = PodInfoCache()

    def pod(
        self,
        name: str,
        memory: int = 0,
        *,
        priority: int = 0,
        since: float = 1.0,
        leaving: bool = False,
        labels: Mapping[str, str] | None = None,
        pod: str = "",
        container: str = "",
        namespace: str = "default",
    ) -> PodInfo:
        """A pod on the node; `pod` and `container` are further fields in flow style."""
        main = {"name": "main", "image": "web:1", "resources": {"requests": {"memory": memory}}}
        main |= yaml.safe_load(f"{{{container}}}")
        spec: dict[str, Any] = {"containers": [main], **yaml.safe_load(f"{{{pod}}}")}
        template = decode(PodTemplate, {"spec": spec, "metadata": {"labels": dict(labels or {"app": name})}})
        owner = Key("Pod", namespace, name)
        identity = PodIdentity(
            namespace, name, f"uid-{name}", owner, template, template_hash(template), priority=priority
        )
        return replace(self._cache.of_pending(identity), since=since, leaving=leaving)

    def queued_pod(
        self, name: str, memory: int = 0, *, never: bool = False, since: float = 9.0, **fields: Any
    ) -> QueuedPod:
        """A pod that should come."""
        pod = self.pod(name, memory, since=float("inf"), **fields)
        return QueuedPod(pod, PreemptionPolicy.NEVER if never else PreemptionPolicy.LOWER, since)
