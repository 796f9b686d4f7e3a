"""The schemas, the support table and the model must tell the same story."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from gitpod_sync.manifests.schema.kinds import LIST, TYPES, with_schema
from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.manifests.schema.support import TABLE, Support, schemas_folder, table
from gitpod_sync.model.base.codec import json_name
from gitpod_sync.model.base.selector import LabelSelector, Requirement
from gitpod_sync.model.pods.claims import (
    ClaimSpec,
    ClaimTemplate,
    ClaimVolume,
    EphemeralVolume,
    NfsVolume,
    PersistentVolumeClaim,
)
from gitpod_sync.model.pods.config_volumes import (
    ConfigMapVolume,
    DownwardFile,
    DownwardProjection,
    DownwardVolume,
    KeysProjection,
    KeyToPath,
    ProjectedVolume,
    Projection,
    SecretVolume,
)
from gitpod_sync.model.pods.dns import DnsConfig, DnsOption, HostAlias
from gitpod_sync.model.pods.env import EnvFrom, EnvVar, EnvVarSource, FieldRef, KeyRef, ObjectRef, ResourceFieldRef
from gitpod_sync.model.pods.host_path import HostPath
from gitpod_sync.model.pods.image import ImageVolume
from gitpod_sync.model.pods.pod import (
    Container,
    ContainerPort,
    EmptyDir,
    LocalObjectReference,
    PodOS,
    PodSpec,
    PodTemplate,
    ResizePolicy,
    Resources,
    Volume,
    VolumeMount,
)
from gitpod_sync.model.pods.probe import (
    ExecAction,
    GrpcAction,
    HttpGetAction,
    HttpHeader,
    Lifecycle,
    LifecycleHandler,
    Probe,
    SleepAction,
    TcpSocketAction,
)
from gitpod_sync.model.pods.security import (
    AppArmorProfile,
    Capabilities,
    PodSecurityContext,
    SeccompProfile,
    SecurityContext,
    SELinuxOptions,
    Sysctl,
)
from gitpod_sync.model.scheduling import affinity
from gitpod_sync.model.scheduling.spread import SpreadConstraint
from gitpod_sync.model.scheduling.taints import Toleration
from gitpod_sync.model.workloads.autoscaling import (
    Behavior,
    HorizontalPodAutoscalerSpec,
    Metric,
    MetricTarget,
    ScaleTarget,
    ScalingPolicy,
    ScalingRules,
)
from gitpod_sync.model.workloads.daemon_sets import DaemonRolling, DaemonSetSpec, DaemonUpdate
from gitpod_sync.model.workloads.jobs import (
    ConditionPattern,
    CronJobSpec,
    ExitCodes,
    FailureRule,
    JobSpec,
    JobTemplate,
    PodFailurePolicy,
    SuccessPolicy,
    SuccessRule,
)
from gitpod_sync.model.workloads.stateful_sets import (
    ClaimRetention,
    Ordinals,
    StatefulRolling,
    StatefulSetSpec,
    StatefulUpdate,
)
from gitpod_sync.model.workloads.workloads import DeploymentSpec, DeploymentStrategy, ReplicaSetSpec, RollingUpdate
from scripts.generate_schemas import generated_files, read_table

SCHEMA_FILES = sorted(path for path in schemas_folder().glob("*.json") if path.name != TABLE)
KINDS = [*with_schema(), LIST]
MODELS = {
    **TYPES,
    "Affinity": affinity.Affinity,
    "AppArmorProfile": AppArmorProfile,
    "Capabilities": Capabilities,
    "ConfigMapEnvSource": ObjectRef,
    "LocalObjectReference": LocalObjectReference,
    "ConfigMapKeySelector": KeyRef,
    "ConfigMapProjection": KeysProjection,
    "ConfigMapVolumeSource": ConfigMapVolume,
    "Container": Container,
    "ContainerPort": ContainerPort,
    "ContainerResizePolicy": ResizePolicy,
    "CronJobSpec": CronJobSpec,
    "ClaimTemplate": PersistentVolumeClaim,
    "DaemonSetSpec": DaemonSetSpec,
    "DaemonSetUpdateStrategy": DaemonUpdate,
    "DeploymentSpec": DeploymentSpec,
    "DeploymentStrategy": DeploymentStrategy,
    "DownwardAPIProjection": DownwardProjection,
    "DownwardAPIVolumeFile": DownwardFile,
    "DownwardAPIVolumeSource": DownwardVolume,
    "EmptyDirVolumeSource": EmptyDir,
    "EnvFromSource": EnvFrom,
    "EphemeralVolumeSource": EphemeralVolume,
    "EnvVarSource": EnvVarSource,
    "EnvVar": EnvVar,
    "HostAlias": HostAlias,
    "ExecAction": ExecAction,
    "GRPCAction": GrpcAction,
    "CrossVersionObjectReference": ScaleTarget,
    "HPAScalingPolicy": ScalingPolicy,
    "HPAScalingRules": ScalingRules,
    "HorizontalPodAutoscalerBehavior": Behavior,
    "HorizontalPodAutoscalerSpec": HorizontalPodAutoscalerSpec,
    "MetricSpec": Metric,
    "MetricTarget": MetricTarget,
    "HTTPGetAction": HttpGetAction,
    "HTTPHeader": HttpHeader,
    "HostPathVolumeSource": HostPath,
    "JobSpec": JobSpec,
    "JobTemplateSpec": JobTemplate,
    "ImageVolumeSource": ImageVolume,
    "KeyToPath": KeyToPath,
    "LabelSelector": LabelSelector,
    "Lifecycle": Lifecycle,
    "NFSVolumeSource": NfsVolume,
    "ObjectFieldSelector": FieldRef,
    "PersistentVolumeClaimSpec": ClaimSpec,
    "PersistentVolumeClaimTemplate": ClaimTemplate,
    "PersistentVolumeClaimVolumeSource": ClaimVolume,
    "LifecycleHandler": LifecycleHandler,
    "LabelSelectorRequirement": Requirement,
    "PodDNSConfig": DnsConfig,
    "PodDNSConfigOption": DnsOption,
    "PodFailurePolicy": PodFailurePolicy,
    "PodFailurePolicyOnExitCodesRequirement": ExitCodes,
    "PodFailurePolicyOnPodConditionsPattern": ConditionPattern,
    "PodFailurePolicyRule": FailureRule,
    "PodSecurityContext": PodSecurityContext,
    "PodSpec": PodSpec,
    "PodTemplateSpec": PodTemplate,
    "ProjectedVolumeSource": ProjectedVolume,
    "Probe": Probe,
    "ReplicaSetSpec": ReplicaSetSpec,
    "ReplicationControllerSpec": ReplicaSetSpec,
    "ResourceFieldSelector": ResourceFieldRef,
    "ResourceRequirements": Resources,
    "RollingUpdateDaemonSet": DaemonRolling,
    "RollingUpdateDeployment": RollingUpdate,
    "RollingUpdateStatefulSetStrategy": StatefulRolling,
    "SELinuxOptions": SELinuxOptions,
    "SeccompProfile": SeccompProfile,
    "SecretEnvSource": ObjectRef,
    "SecretKeySelector": KeyRef,
    "SecretProjection": KeysProjection,
    "SecretVolumeSource": SecretVolume,
    "SecurityContext": SecurityContext,
    "StatefulSetOrdinals": Ordinals,
    "StatefulSetPersistentVolumeClaimRetentionPolicy": ClaimRetention,
    "StatefulSetSpec": StatefulSetSpec,
    "StatefulSetUpdateStrategy": StatefulUpdate,
    "Sysctl": Sysctl,
    "SleepAction": SleepAction,
    "SuccessPolicy": SuccessPolicy,
    "SuccessPolicyRule": SuccessRule,
    "TCPSocketAction": TcpSocketAction,
    "Volume": Volume,
    "VolumeMount": VolumeMount,
    "VolumeProjection": Projection,
    "NodeAffinity": affinity.NodeAffinity,
    "NodeSelector": affinity.NodeSelector,
    "NodeSelectorRequirement": affinity.NodeRequirement,
    "NodeSelectorTerm": affinity.NodeTerm,
    "PodAffinity": affinity.PodAffinity,
    "PodAffinityTerm": affinity.PodTerm,
    "PodAntiAffinity": affinity.PodAffinity,
    "PodOS": PodOS,
    "Toleration": Toleration,
    "TopologySpreadConstraint": SpreadConstraint,
}


@pytest.mark.parametrize("path", SCHEMA_FILES, ids=lambda path: path.name)
def test_every_schema_is_valid_draft_2020_12(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_exactly_the_supported_fields_are_in_the_model(name: str) -> None:
    definition = table().definitions[name]
    supported = {field for field, entry in definition.fields.items() if entry.verdict.support is Support.SUPPORTED}
    assert supported == {json_name(field) for field in fields(MODELS[name])}


def test_exactly_the_supported_kinds_are_in_the_model() -> None:
    assert {name for name, kind in table().kinds.items() if kind.verdict.support is Support.SUPPORTED} == set(TYPES)


@pytest.mark.parametrize("path", generated_files(read_table()), ids=lambda path: path.name)
def test_what_follows_from_the_table_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated_files(read_table())[path]


def test_there_is_no_schema_that_the_table_does_not_give() -> None:
    assert set(SCHEMA_FILES) == {path for path in generated_files(read_table()) if path.suffix == ".json"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_object_of_a_schema_takes_fields_it_does_not_name(kind: str) -> None:
    def loose(schema: Any) -> bool:
        if isinstance(schema, dict):
            open_object = "properties" in schema and schema.get("additionalProperties") is not False
            return open_object or any(loose(part) for part in schema.values())
        return isinstance(schema, list) and any(loose(part) for part in schema)

    assert not loose(bundled_schema(kind))


@pytest.mark.parametrize(
    ("schema", "expected"), [("pod.json", {"required"}), ("manifest.json", {"required"})], ids=["kind", "any kind"]
)
def test_editors_that_follow_the_references_agree_with_us(schema: str, expected: set[str]) -> None:
    registry: Registry[Any] = Registry().with_resources(
        (path.name, Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))) for path in SCHEMA_FILES
    )
    follower = Draft202012Validator({"$ref": schema}, registry=registry)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a"}]}}
    assert {error.validator for error in follower.iter_errors(pod)} == expected
