"""What a pod can be told of itself, and what it can look up; and why it cannot be told yet."""

from dataclasses import dataclass

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import compute_node
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.configs import ConfigMap, Secret
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.plan.situation import NodeSituation

CONFIG_ERROR = "CreateContainerConfigError"
CREATING = "ContainerCreating"


class UnresolvedError(Exception):
    """A reference that cannot be followed now; `reason` is Kubernetes' word for it. The message tells no value."""

    def __init__(self, message: str, reason: str = CONFIG_ERROR) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PodReferences:
    """One pod in one situation."""

    identity: PodIdentity
    situation: NodeSituation

    @property
    def node(self) -> ObservedNode:
        """The machine that the pod is on."""
        return self.situation.observed.node

    @property
    def allocatable(self) -> Amounts:
        """What of the machine pods may use; what is not known of it is not there."""
        return compute_node(self.node, self.situation.settings.node).allocatable

    def find_config(self, kind: str, name: str, *, optional: bool) -> ConfigMap | Secret | None:
        """A ConfigMap or Secret of the pod's namespace; None for an optional one that is missing.

        Raises `UnresolvedError` for one that must be there and is not.
        """
        key = Key(kind, self.identity.namespace, name)
        found = self.situation.desired.configs.get(key)
        if isinstance(found, ConfigMap | Secret):
            return found
        if optional:
            return None
        raise UnresolvedError(f"{key} is not in the repository; commit it, or make the reference optional")

    @property
    def host_address(self) -> str:
        """The address under which pods reach the node. Raises `UnresolvedError` while there is no network."""
        network = self.situation.observed.network
        if network is None or not network.gateway:
            raise UnresolvedError("the node's address is known once the pods' network is there", CREATING)
        return network.gateway

    @property
    def address(self) -> str:
        """The pod's own address. Raises `UnresolvedError` until its sandbox runs."""
        if self.identity.template.spec.host_network:
            return self.host_address
        for container in self.situation.observed.containers:
            found = container.labels
            if found.get(labels.UID) == self.identity.uid and labels.CONTAINER not in found and container.alive:
                address = container.networks.get(self.situation.instance.network, "")
                if address:
                    return address
        raise UnresolvedError("the pod's address is known once its sandbox runs", CREATING)
