"""The annotation about failed rollouts stands only where rollouts can fail."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.base.labels import ON_FAILURE
from gitpod_sync.model.kinds import Role, has_role


def check_on_failure(kind: str, value: Mapping[str, Json]) -> Iterator[Finding]:
    """The annotation stands at a Deployment: nothing else has a deadline (Kubernetes: progressDeadlineSeconds)."""
    if kind == "Deployment" or ON_FAILURE not in value.get("metadata", {}).get("annotations", {}):
        return
    message = f"the rollout of a {kind} has no deadline and so never fails: `{ON_FAILURE}` has no meaning there"
    if has_role(kind, Role.ROLLABLE):
        hint = f"take it out; `gitpod-sync rollout undo {kind.lower()}/NAME` goes back by hand"
    else:
        message, hint = f"a {kind} has no rollout that could fail: `{ON_FAILURE}` has no meaning there", "take it out"
    path = ("metadata", "annotations", ON_FAILURE)
    yield Finding("unknown-annotation", path, message, hint, Severity.WARNING, on_key=True)
