"""The pod that a person means by one word.

The engine's labels tell whose pods are, but for those that have changed hands: a renamed workload's pods bear the old
name for good, and only what Git asks for says whose they are now. So Git is asked where the labels know of no pod.
"""

from collections.abc import Sequence

from gitpod_sync.cli.assembly import in_force_with_digests, read_history
from gitpod_sync.cli.targets import ObjectName, find_pod, has_pod_of, list_observed_pods, parse_object_name
from gitpod_sync.configuration.config import Config
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.kinds import Role, has_role
from gitpod_sync.plan.states.adoption import Adoption


def find_named_pod(config: Config, text: str, namespace: str) -> ObservedPod:
    """The pod that is meant by `NAME` or `KIND/NAME`. Raises `GitpodSyncError` when there is none."""
    target = parse_object_name(text)
    return find_pod(with_adopted(config, list_observed_pods(config, namespace), target), target, namespace)


def with_adopted(config: Config, pods: Sequence[ObservedPod], target: ObjectName) -> Sequence[ObservedPod]:
    """The pods, with who has taken them over where that may be the workload that is meant."""
    if not has_role(target.kind, Role.ADOPTER) or not pods or not config.sources or has_pod_of(pods, target):
        return pods
    with read_history(config) as history:
        return tuple(map(Adoption(in_force_with_digests(config, history)).adopt, pods))
