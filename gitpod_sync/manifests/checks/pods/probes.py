"""Probes that can succeed (Kubernetes: "Configure Probes"; core/v1 validation, Probe)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.handlers import check_handler
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_ACTIONS = ("exec", "httpGet", "tcpSocket", "grpc")


def check_probes(container: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on the probes of the container at `path`."""
    for field in PROBES:
        probe = container.get(field)
        if probe is None:
            continue
        where = (*path, field)
        yield from check_handler(probe, container, where, _ACTIONS)
        if field != "readinessProbe" and probe.get("successThreshold", 1) > 1:
            message = f"a {field} succeeds at once: its successThreshold is 1, not {probe['successThreshold']}"
            yield Finding("out-of-range", (*where, "successThreshold"), message, "take it out")
        if field == "readinessProbe" and "terminationGracePeriodSeconds" in probe:
            message = "a readinessProbe ends no container, so it gives no time to end"
            yield Finding(
                "wrong-combination",
                (*where, "terminationGracePeriodSeconds"),
                message,
                "take it out, or move it to the livenessProbe",
                on_key=True,
            )
