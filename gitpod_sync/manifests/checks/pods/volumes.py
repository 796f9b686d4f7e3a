"""Volumes of a pod: one source each, and files that can be made (Kubernetes: core/v1 validation, VolumeSource)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.checks.pods.claims import check_ephemeral
from gitpod_sync.manifests.checks.pods.files import check_described_files, check_keys_to_paths, check_projection
from gitpod_sync.manifests.checks.pods.modes import check_mode
from gitpod_sync.manifests.checks.repeated import check_unique
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.pods.pod import MOST_VOLUMES


def check_volumes(spec: Mapping[str, Json], path: FieldPath, containers: frozenset[str]) -> Iterator[Finding]:
    """Findings on the volumes of the pod spec at `path`. A volume without a source is an emptyDir."""
    volumes = spec.get("volumes", [])
    where = (*path, "volumes")
    yield from check_unique(volumes, where, "name", "a volume")
    for index, volume in enumerate(volumes):
        sources = [field for field in volume if field != "name"]
        if len(sources) > 1:
            count = "two" if len(sources) == len(("one", "other")) else str(len(sources))
            *others, last = sorted(sources)
            message = f"the volume `{volume['name']}` has {count} sources, {', '.join(others)} and {last}"
            yield Finding("two-sources", (*where, index, sources[1]), message, "keep one of them", on_key=True)
        for source in sources:
            yield from _check_source(source, volume[source], (*where, index, source), containers)
    yield from _check_honoured(spec, path)


def _check_source(
    kind: str, source: Mapping[str, Json], path: FieldPath, containers: frozenset[str]
) -> Iterator[Finding]:
    match kind:
        case "configMap" | "secret":
            yield from check_mode(source, "defaultMode", path)
            yield from check_keys_to_paths(source, path)
        case "downwardAPI":
            yield from check_mode(source, "defaultMode", path)
            yield from check_described_files(source, path, containers)
        case "projected":
            yield from check_mode(source, "defaultMode", path)
            yield from check_projection(source, path, containers)
        case "ephemeral" if "volumeClaimTemplate" in source:
            yield from check_ephemeral(source["volumeClaimTemplate"], (*path, "volumeClaimTemplate"))
        case "ephemeral":
            message = "an ephemeral volume needs a `volumeClaimTemplate`"
            yield Finding("missing-field", (*path, "volumeClaimTemplate"), message, "add it")
        case "image" if not source.get("reference"):
            yield Finding("missing-field", (*path, "reference"), "the volume names no image", "add `reference`")
        case "emptyDir" if "sizeLimit" in source:
            yield from _check_size(source["sizeLimit"], (*path, "sizeLimit"))
        case _:
            return


def _check_honoured(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on volumes that other fields of the pod keep from being honoured."""
    volumes = spec.get("volumes", [])
    if len(volumes) > MOST_VOLUMES:
        message = f"the pod has {len(volumes)} volumes, and a sandbox has places for {MOST_VOLUMES}"
        yield Finding("too-many", (*path, "volumes"), message, "put several sources into one projected volume")


def _check_size(written: str | float, path: FieldPath) -> Iterator[Finding]:
    size = amount_of(written)
    if size is not None and size.amount < 0:
        yield Finding("out-of-range", path, f"{size.text} is less than nothing", "give the size, like 64Mi")
    elif size is not None and size.text.endswith("m"):
        hint = f"write {size.text[:-1]}Mi if mebibytes are meant"
        yield Finding("unlikely-unit", path, f"{size.text} are thousandths of a byte", hint, Severity.WARNING)
