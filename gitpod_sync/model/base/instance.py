"""Names that one instance of gitpod-sync gives to things on an engine.

`_` separates the parts because no Kubernetes name can contain it, so that no two pods can ever meet in one name.
"""

from dataclasses import dataclass

DEFAULT_INSTANCE = "gitpod-sync"
SANDBOX_IMAGE = "gitpod-sync/sandbox:4"
"""Our own image, imported when it is missing; the tag counts its versions."""

ENDING_SUFFIX = "_ending"
EVICTED_SUFFIX = "_evicted"
OWNER_SUFFIX = "_owner"


@dataclass(frozen=True, slots=True)
class Instance:
    """Several instances share an engine without touching each other's things."""

    name: str = DEFAULT_INSTANCE

    @property
    def network(self) -> str:
        """The bridge network on which every pod has its address."""
        return f"{self.name}-pods"

    @property
    def owner_volume(self) -> str:
        """The volume that says whose the instance is (see `ownership`); no pod mounts it."""
        return f"{self.name}{OWNER_SUFFIX}"

    def sandbox_name(self, namespace: str, pod: str) -> str:
        """The sandbox of a pod that is to stay."""
        return f"{self.name}_{namespace}_{pod}"

    def ending_sandbox_name(self, namespace: str, pod: str, uid: str) -> str:
        """The sandbox of a pod being ended: the mark outlives us, and the pod's name is free for a successor."""
        return f"{self.sandbox_name(namespace, pod)}_{uid}{ENDING_SUFFIX}"

    def tombstone_name(self, namespace: str, pod: str, uid: str) -> str:
        """Name of the tombstone of an evicted pod."""
        return f"{self.sandbox_name(namespace, pod)}_{uid}{EVICTED_SUFFIX}"

    def container_name(self, namespace: str, pod: str, uid: str, container: str, attempt: int) -> str:
        """Name of one attempt of one container of one pod."""
        return f"{self.name}_{namespace}_{pod}_{container}_{uid}_{attempt}"

    def aside_name(self, container_id: str) -> str:
        """Name for a container whose own name is still held by another container of ours."""
        return f"{self.name}__{container_id}"

    def look_name(self, volume: str) -> str:
        """Name of a container that looks at a path of the node for a volume (see `operations.CheckPath`)."""
        return f"{self.name}__{volume.replace('/', '_')}"

    @property
    def trial_name(self) -> str:
        """Name of a container that shows by its start what the engine can do."""
        return f"{self.name}__trial"

    def volume_name(self, uid: str, volume: str) -> str:
        """A volume that lives as long as the pod."""
        return f"{self.name}_{uid}_{volume}"

    def messages_name(self, uid: str) -> str:
        """The volume of a pod's termination messages; no volume's own name begins like that."""
        return self.volume_name(uid, "_messages")

    def claim_volume_name(self, namespace: str, claim: str) -> str:
        """A volume that outlives pods; no UID is the word ``claim``."""
        return f"{self.name}_claim_{namespace}_{claim}"
