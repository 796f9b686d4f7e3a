"""A repository of manifests made by program, in the kinds, fields and sizes that people write.

An application is a workload with what belongs to it: its configuration, its Service, its permissions. The shares of
kinds and fields follow counts of public repositories. The same seed gives the same bytes.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import yaml

Manifest = Mapping[str, Any]

TOGETHER, ALONE = "together", "alone"
"""Folders: of files that hold all of an application, and of files that hold one object."""

_SEED = 3
_WORDS = ("orders", "ledger", "search", "mailer", "images", "stock", "login", "report", "tracks", "quotes", "notes")
_ROLES = ("api", "web", "worker", "cache", "gateway")
_APPS_V1 = "apps/v1"
_RBAC = "rbac.authorization.k8s.io"


def write_corpus(folder: Path, objects: int) -> None:
    """So many objects: half of the applications in one file of several documents, the others a file an object."""
    for path, manifests in _files(objects):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(render(manifests), encoding="utf-8")


def render(manifests: list[Manifest]) -> str:
    """The documents of one file, in block style."""
    return yaml.dump_all(manifests, Dumper=_Dumper, sort_keys=False, explicit_start=len(manifests) > 1)


class _Dumper(yaml.CSafeDumper):
    """Text of several lines stands in a `|` block."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def _files(objects: int) -> Iterator[tuple[str, list[Manifest]]]:
    random, left, number = Random(_SEED), objects, 0
    while left:
        application = _Application(random, number)
        manifests = list(islice(application.manifests(), left))
        if application.in_one_file:
            yield f"{TOGETHER}/{application.name}.yaml", manifests
        else:
            for each in manifests:
                yield f"{ALONE}/{application.name}/{each['kind'].lower()}.yaml", [each]
        left, number = left - len(manifests), number + 1


class _Application:
    """One application; every field that is not always there is drawn."""

    def __init__(self, random: Random, number: int) -> None:
        self._random = random
        self.name = f"{random.choice(_WORDS)}-{random.choice(_ROLES)}-{number}"
        self._namespace = f"team-{random.randrange(12)}"
        self.in_one_file = self._chance(0.5)
        self._configured = self._chance(0.6)
        self._secret = self._chance(0.35)
        self._port = random.choice((80, 3000, 5000, 8080, 9090))
        self._labels = {
            "app.kubernetes.io/name": self.name,
            **self._maybe(0.5, {"app.kubernetes.io/part-of": "shop"}),
            **self._maybe(0.3, {"app.kubernetes.io/version": f"{random.randrange(9)}.{random.randrange(20)}.0"}),
        }

    def manifests(self) -> Iterator[Manifest]:
        """What the application consists of; what is referred to comes before what refers to it."""
        if self._configured:
            yield self._config_map()
        if self._secret:
            yield self._object("v1", "Secret", {"type": "Opaque", "stringData": {"password": f"pass-{self.name}"}})
        if self._chance(0.25):
            yield from self._permissions()
        workloads = (self._web, self._database, self._batch, self._agent, self._pod)
        (workload,) = self._random.choices(workloads, weights=(64, 10, 10, 6, 10))
        yield from workload()

    def _web(self) -> Iterator[Manifest]:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
        spec = {
            "replicas": self._random.randrange(1, 5),
            **self._maybe(0.3, {"revisionHistoryLimit": 3}),
            **self._maybe(0.3, {"strategy": strategy}),
            "selector": {"matchLabels": self._selector()},
            "template": self._template(),
        }
        yield self._object(_APPS_V1, "Deployment", {"spec": spec})
        yield self._service()
        if self._chance(0.3):
            yield self._ingress()
        if self._chance(0.1):
            yield self._object("policy/v1", "PodDisruptionBudget", {"spec": self._budget()})

    def _database(self) -> Iterator[Manifest]:
        claim = {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
        }
        spec = {
            "serviceName": self.name,
            "replicas": 3,
            "selector": {"matchLabels": self._selector()},
            "template": self._template(),
            "volumeClaimTemplates": [claim],
        }
        yield self._object(_APPS_V1, "StatefulSet", {"spec": spec})
        yield self._service()

    def _batch(self) -> Iterator[Manifest]:
        job = {"backoffLimit": 2, "template": self._template("OnFailure")}
        if self._chance(0.5):
            claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
            yield self._object("v1", "PersistentVolumeClaim", {"spec": claim})
            yield self._object("batch/v1", "Job", {"spec": job})
        else:
            schedule = f"{self._random.randrange(60)} 3 * * *"
            spec = {"schedule": schedule, "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": job}}
            yield self._object("batch/v1", "CronJob", {"spec": spec})

    def _agent(self) -> Iterator[Manifest]:
        spec = {"selector": {"matchLabels": self._selector()}, "template": self._template()}
        yield self._object(_APPS_V1, "DaemonSet", {"spec": spec})

    def _pod(self) -> Iterator[Manifest]:
        yield self._object("v1", "Pod", {"spec": self._pod_spec()})

    def _template(self, restart: str | None = None) -> Manifest:
        metadata = {"labels": dict(self._labels), **self._maybe(0.2, {"annotations": {"prometheus.io/scrape": "true"}})}
        return {"metadata": metadata, "spec": self._pod_spec(restart)}

    def _pod_spec(self, restart: str | None = None) -> Manifest:
        guard = {"runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
        volumes = [{"name": "scratch", "emptyDir": {}}]
        if self._configured:
            volumes.append({"name": "config", "configMap": {"name": self.name}})
        containers = [self._container("main"), *([self._container("sidecar")] if self._chance(0.1) else [])]
        return {
            **({"restartPolicy": restart} if restart else {}),
            **self._maybe(0.22, {"serviceAccountName": self.name}),
            **self._maybe(0.22, {"securityContext": guard}),
            **self._maybe(0.14, {"nodeSelector": {"kubernetes.io/os": "linux"}}),
            **self._maybe(0.12, {"terminationGracePeriodSeconds": 60}),
            "containers": containers,
            "volumes": volumes,
        }

    def _container(self, name: str) -> Manifest:
        drop = {"capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}
        probe = {"httpGet": {"path": "/healthz", "port": self._port}, "initialDelaySeconds": 5, "periodSeconds": 10}
        mounts: list[Manifest] = [{"name": "scratch", "mountPath": "/tmp"}]
        if self._configured:
            mounts.append({"name": "config", "mountPath": "/etc/app", "readOnly": True})
        return {
            "name": name,
            "image": f"registry.example.org/shop/{name}:{self._random.randrange(1, 9)}.{self._random.randrange(30)}",
            **self._maybe(0.23, {"imagePullPolicy": "IfNotPresent"}),
            **self._maybe(0.36, {"command": ["/usr/bin/serve", "--config", "/etc/app/settings.yaml"]}),
            **self._maybe(0.25, {"args": ["--listen", f":{self._port}", "--log-level=info"]}),
            **(self._maybe(0.48, {"ports": [{"name": "http", "containerPort": self._port}]}) if name == "main" else {}),
            **self._maybe(0.6, {"env": self._environment()}),
            **self._maybe(0.6, {"resources": self._resources()}),
            **self._maybe(0.3, {"securityContext": drop}),
            **self._maybe(0.25, {"readinessProbe": probe}),
            **self._maybe(0.25, {"livenessProbe": {**probe, "timeoutSeconds": 3}}),
            **self._maybe(0.6, {"volumeMounts": mounts}),
        }

    def _environment(self) -> list[Manifest]:
        plain: list[Manifest] = [
            {
                "name": f"{self._random.choice(_WORDS).upper()}_URL_{number}",
                "value": f"http://{self.name}-{number}:8080/v1",
            }
            for number in range(self._random.randrange(1, 7))
        ]
        if self._secret:
            key = {"name": self.name, "key": "password"}
            return [*plain, {"name": "PASSWORD", "valueFrom": {"secretKeyRef": key}}]
        return plain

    def _resources(self) -> Manifest:
        memory = self._random.choice((64, 128, 256, 512))
        return {
            "requests": {"cpu": self._random.choice(("50m", "100m", "250m")), "memory": f"{memory}Mi"},
            "limits": {"cpu": self._random.choice(("500m", "1", 2)), "memory": f"{2 * memory}Mi"},
        }

    def _service(self) -> Manifest:
        port = {"name": "http", "port": 80, "targetPort": self._port, "protocol": "TCP"}
        return self._object(
            "v1", "Service", {"spec": {"type": "ClusterIP", "selector": self._selector(), "ports": [port]}}
        )

    def _ingress(self) -> Manifest:
        backend = {"service": {"name": self.name, "port": {"number": 80}}}
        rule = {
            "host": f"{self.name}.example.org",
            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
        }
        return self._object("networking.k8s.io/v1", "Ingress", {"spec": {"ingressClassName": "nginx", "rules": [rule]}})

    def _budget(self) -> Manifest:
        return {"minAvailable": 1, "selector": {"matchLabels": self._selector()}}

    def _config_map(self) -> Manifest:
        settings = "".join(
            f"{self._random.choice(_WORDS)}_{number} = {self._random.randrange(1000)}\n"
            for number in range(self._random.randrange(3, 30))
        )
        return self._object("v1", "ConfigMap", {"data": {"settings.yaml": settings, "LOG_LEVEL": "info"}})

    def _permissions(self) -> Iterator[Manifest]:
        rules = [{"apiGroups": [""], "resources": ["configmaps", "pods"], "verbs": ["get", "list", "watch"]}]
        subject = {"kind": "ServiceAccount", "name": self.name, "namespace": self._namespace}
        role = {"apiGroup": _RBAC, "kind": "Role", "name": self.name}
        yield self._object("v1", "ServiceAccount", {})
        yield self._object(f"{_RBAC}/v1", "Role", {"rules": rules})
        yield self._object(f"{_RBAC}/v1", "RoleBinding", {"roleRef": role, "subjects": [subject]})

    def _object(self, version: str, kind: str, body: Manifest) -> Manifest:
        metadata = {"name": self.name, "namespace": self._namespace, "labels": dict(self._labels)}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **body}

    def _selector(self) -> Manifest:
        return {"app.kubernetes.io/name": self.name}

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _maybe(self, share: float, fields: Manifest) -> Manifest:
        return fields if self._chance(share) else {}
