"""The places of a StatefulSet: their names, the pods that belong there, and the claims that these have.

Source of the rules: Kubernetes, "StatefulSets", stable network ID, stable storage and pod labels. A version of a set is
its template as far as all of its pods have it in common: with the domain, and with a volume for each claim template.
Only the place makes a pod of it. So the template in the labels of any pod tells the version that the pod is of.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from gitpod_sync.model.base.labels import CONTROLLER_REVISION
from gitpod_sync.model.base.memoize import kept, kept_with
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.claims import ClaimVolume
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodSpec, PodTemplate, Volume
from gitpod_sync.model.workloads.stateful_sets import StatefulSet

POD_INDEX = "apps.kubernetes.io/pod-index"
POD_NAME = "statefulset.kubernetes.io/pod-name"

_OF_A_PLACE = {POD_INDEX, POD_NAME, CONTROLLER_REVISION}
_ORDINAL = re.compile(r"0|[1-9][0-9]{0,9}")
_LONGEST_LABEL = 63


def place_name(workload: StatefulSet, ordinal: int) -> str:
    """The name of the pod at a place."""
    return f"{workload.metadata.name}-{ordinal}"


def ordinal_of(workload_name: str, pod_name: str) -> int | None:
    """The place that a name means; None for a name that the set never gives."""
    stem, dash, ordinal = pod_name.rpartition("-")
    return int(ordinal) if dash and stem == workload_name and _ORDINAL.fullmatch(ordinal) else None


def claim_name(claim_template: str, pod_name: str) -> str:
    """The claim of the pod at a place."""
    return f"{claim_template}-{pod_name}"


def version_name(workload_name: str, version: str) -> str:
    """The name of a version in `controller-revision-hash` and the set's status; a label holds 63 characters."""
    return f"{workload_name[: _LONGEST_LABEL - len(version) - 1]}-{version}"


@kept
def compute_version(workload: StatefulSet) -> PodTemplate:
    """The part of the template that all pods of the set share, as Git asks for it now."""
    template = _without_place(workload.spec.template)
    names = [claim.metadata.name for claim in workload.spec.volume_claim_templates]
    spec = replace(template.spec, subdomain=workload.spec.service_name)
    return replace(template, spec=_with_claims(spec, {name: name for name in names}))


def compute_pod_template(workload: StatefulSet, version: PodTemplate, version_hash: str, ordinal: int) -> PodTemplate:
    """The template of the pod at a place."""
    name = place_name(workload, ordinal)
    labels = {
        **version.metadata.labels,
        POD_INDEX: str(ordinal),
        POD_NAME: name,
        CONTROLLER_REVISION: version_name(workload.metadata.name, version_hash),
    }
    claims = {
        claim.metadata.name: claim_name(claim.metadata.name, name) for claim in workload.spec.volume_claim_templates
    }
    spec = replace(version.spec, hostname=name)
    return replace(version, metadata=replace(version.metadata, labels=labels), spec=_with_claims(spec, claims))


def version_behind(workload: StatefulSet, identity: PodIdentity) -> PodTemplate | None:
    """The version that a pod was made from, read back from the pod's own template; None when that is not certain."""
    claims = tuple(claim.metadata.name for claim in workload.spec.volume_claim_templates)
    version = _in_common(identity.template, claims)
    return version if template_hash(version) == identity.template_hash else None


@kept_with
def _in_common(template: PodTemplate, claims: tuple[str, ...]) -> PodTemplate:
    """A pod's template without the traces of its place."""
    template = _without_place(template)
    return replace(template, spec=_with_claims(template.spec, {claim: claim for claim in claims}))


def _without_place(template: PodTemplate) -> PodTemplate:
    labels = {key: value for key, value in template.metadata.labels.items() if key not in _OF_A_PLACE}
    metadata = replace(template.metadata, labels=labels)
    return replace(template, metadata=metadata, spec=replace(template.spec, hostname=""))


def _with_claims(spec: PodSpec, claims: Mapping[str, str]) -> PodSpec:
    """With a volume for each claim, by the names of the volumes; one of the same name is not used."""
    own = tuple(Volume(name, persistent_volume_claim=ClaimVolume(claim)) for name, claim in claims.items())
    return replace(spec, volumes=(*own, *(volume for volume in spec.volumes if volume.name not in claims)))
