"""Claims of storage (Kubernetes: core/v1 validation, PersistentVolumeClaim)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.checks.pods.names import is_subdomain
from gitpod_sync.manifests.checks.selectors import check_selector
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_ALONE = "ReadWriteOncePod"
_OF_TEMPLATES = ("annotations", "labels")


def check_claim(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a PersistentVolumeClaim."""
    yield from check_claim_spec(value["spec"], ("spec",))


def check_ephemeral(template: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """The template of a claim that is made for a pod, and named after it: it gives labels and annotations only."""
    for field, given in sorted(template.get("metadata", {}).items()):
        if given and field not in _OF_TEMPLATES:
            message = f"the claim of an ephemeral volume is made for its pod, and has no `{field}` of its own"
            hint = f"take it out; it may have {listed(_OF_TEMPLATES)}"
            yield Finding("wrong-combination", (*path, "metadata", field), message, hint, on_key=True)
    yield from check_claim_spec(template["spec"], (*path, "spec"))


def check_made_claims(pod: Mapping[str, Json]) -> Iterator[Finding]:
    """The claims that a bare pod's ephemeral volumes make are named after the pod and the volume."""
    volumes = pod["spec"].get("volumes", [])
    made = {f"{pod['metadata']['name']}-{volume['name']}" for volume in volumes if "ephemeral" in volume}
    for index, volume in enumerate(volumes):
        where = ("spec", "volumes", index)
        name = f"{pod['metadata']['name']}-{volume['name']}"
        if "ephemeral" in volume and not is_subdomain(name):
            message = f"the claim of this volume would be named `{name}`, which is too long for a name"
            yield Finding("too-long", (*where, "name"), message, "choose a shorter name for the volume or the pod")
        claimed = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claimed in made:
            message = f"`{claimed}` is the claim that an ephemeral volume of this pod makes"
            hint = "mount the ephemeral volume, or name another claim"
            yield Finding("wrong-combination", (*where, "persistentVolumeClaim", "claimName"), message, hint)


def check_claim_spec(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """A claim says who may use it and how much it needs."""
    yield from check_selector(spec.get("selector", {}), (*path, "selector"))
    modes = spec.get("accessModes", [])
    if not modes:
        hint = "add `accessModes: [ReadWriteOnce]`"
        yield Finding("missing-field", (*path, "accessModes"), "the claim has no access modes", hint)
    elif _ALONE in modes and len(set(modes)) > 1:
        message = f"{_ALONE} goes with no other mode"
        yield Finding("wrong-combination", (*path, "accessModes"), message, "keep it alone, or take it out")
    requests = spec.get("resources", {}).get("requests", {})
    where = (*path, "resources", "requests", "storage")
    if "storage" not in requests:
        yield Finding("missing-field", where, "the claim does not say how much it needs", "add `storage: 1Gi`")
        return
    size = amount_of(requests["storage"])
    if size is not None and size.amount <= 0:
        yield Finding("out-of-range", where, f"a claim of {size.text} holds nothing", "give a size, like 1Gi")
    elif size is not None and size.text.endswith("m"):
        hint = f"write {size.text[:-1]}Mi if mebibytes are meant"
        yield Finding("unlikely-unit", where, f"{size.text} are thousandths of a byte", hint, Severity.WARNING)
