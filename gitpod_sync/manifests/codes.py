"""The stable code of every diagnostic, each with what it means in one sentence.

Programs and searches go by a code: its meaning is never changed, and one that is no longer said is not used again.
docs/diagnostics.md is made from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """An error fails the revision; a warning will likely not do what was meant; a note only says what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


NOT_YET = frozenset({"kind-not-yet", "not-yet"})
"""The codes of errors that a later version of gitpod-sync will not have."""

FILES: Mapping[str, str] = {
    "alias-bomb": "The aliases of a document stand for more values than the limit allows.",
    "control-character": "The file holds a control character that YAML does not allow.",
    "duplicate-key": "A mapping has one key twice.",
    "file-too-large": "The file is larger than the limit allows.",
    "key-not-text": "A key of a mapping is not text.",
    "key-read-otherwise": "An unquoted key is read as something else than it looks like.",
    "kustomization": "A kustomization would change what its files say or add to it, and is not read.",
    "merge-conflict": "The marks of a merge's conflict are left in.",
    "merge-not-mapping": "A merge key `<<` is given something else than mappings.",
    "more-findings": "There are more findings than are shown.",
    "not-utf-8": "The file is not encoded as UTF-8.",
    "odd-space": "A key begins with a space that YAML takes for a letter.",
    "passed-over": "The file is recognised as something else than manifests and not read.",
    "skipped": "The entry is not a plain file and is not read.",
    "tab-indent": "A tab is used to indent.",
    "template": "A template was left in that has to be rendered first.",
    "too-deep": "Collections stand within each other more deeply than the limit allows.",
    "too-many-flaws": "So much is wrong with the file as YAML that it is not read to its end.",
    "too-many-values": "The file holds more values than the limit allows.",
    "unknown-alias": "An alias names no anchor that stands before it.",
    "unknown-tag": "A tag is used that YAML itself does not define.",
    "yaml-syntax": "The file is not valid YAML.",
}

SHAPE: Mapping[str, str] = {
    "default-source": "A volume names no source, so an emptyDir is meant.",
    "empty-list": "A list that needs an item has none.",
    "empty-value": "A text that must not be empty is empty.",
    "encrypted": "A manifest, or a value of it, is encrypted by SOPS.",
    "ignored-kind": "An unknown kind is passed over, as the configuration says.",
    "kind-not-yet": "The kind is one of Kubernetes' that gitpod-sync does not honour yet.",
    "missing-field": "A required field is missing.",
    "no-manifest": "A document is not a manifest: it has no apiVersion and no kind.",
    "not-yet": "A field or choice of Kubernetes is used that gitpod-sync does not honour yet.",
    "out-of-range": "A number is smaller or larger than allowed.",
    "rejected": "A kind, field or choice of Kubernetes is used that gitpod-sync will not honour.",
    "too-long": "A text is longer than allowed.",
    "unknown-field": "A field is used that is not known.",
    "unknown-kind": "A kind is used that is not known.",
    "without-meaning": "A kind or field is accepted and left out, because it means nothing here.",
    "wrong-api-version": "A kind is not served by the apiVersion it is given.",
    "wrong-choice": "A value is none of those that the field may have.",
    "wrong-format": "A text is not written as the field asks for.",
    "wrong-type": "A value is of another type than the field.",
    "wrong-value": "A value cannot be understood.",
}

AGREEMENT: Mapping[str, str] = {
    "capability-case": "A capability is written in lower case, and taken as meant.",
    "capability-prefix": "A capability is written with CAP_, which Kubernetes leaves out.",
    "claim-made-smaller": "A claim asks for less than in the revision in force.",
    "decimal-mode": "A file mode is written in decimal, and its octal digits were hardly meant.",
    "dependency-cycle": "Workloads wait for each other in a circle.",
    "duplicate": "Two entries of a list claim the same name, path or number.",
    "duplicate-object": "Two objects have the same kind, namespace and name.",
    "empty-selector": "A selector selects everything or nothing.",
    "host-access": "A pod has what makes it root on the node.",
    "host-port-clash": "Two pods ask for the same port of a node.",
    "host-port-shared": "Several replicas ask for one port of a node.",
    "host-port-update": "A rolling update starts a pod whose hostPort is still held by the old one.",
    "immutable-field": "A field differs from the revision in force, and cannot change while the object lives.",
    "missing-key": "A Secret lacks a key that its type is there for.",
    "no-handler": "A probe or hook does not say what to do.",
    "no-room-to-update": "A rolling update may neither add a pod nor take one away.",
    "no-source": "A value or file does not say where it comes from, or a backend where it leads.",
    "not-base64": "A value that must be base64 is not.",
    "overlapping-selectors": "A controller's selector also selects the pods of another controller.",
    "request-above-limit": "A container requests more of a resource than its limit.",
    "request-not-limit": "A request of a device or of huge pages is not its limit.",
    "reserved-label": "A label is kept for gitpod-sync itself, or given by a Job to its pods.",
    "selector-mismatch": "A selector does not select the pods of its own template.",
    "selects-nothing": "A Service or a budget selects no pod of the revision.",
    "shared-name": "Pods of two namespaces have one name in the network.",
    "short-deadline": "A CronJob's deadline is so short that a run may be missed.",
    "too-large": "The values of a ConfigMap or Secret are larger than Kubernetes allows.",
    "too-many": "A list has more items than allowed.",
    "two-handlers": "A probe or hook has more than one action.",
    "two-sources": "A volume or a value has more than one source.",
    "unlikely-unit": "A quantity is written with a unit that is hardly meant.",
    "unknown-capability": "A capability is named that Linux is not known to have.",
    "unknown-annotation": "An annotation with our prefix that gitpod-sync does not know.",
    "unknown-container": "A container is named that the pod does not have.",
    "unknown-key": "A key is named that the ConfigMap or Secret does not have.",
    "unknown-object": "An object is named that the revision does not have.",
    "unknown-port": "A port is named that the container, the pods or the Service does not have.",
    "unknown-volume": "A container mounts a volume that its pod does not have.",
    "wrong-combination": "A field does not go with another field or its value.",
    "wrong-expression": "A requirement of a selector does not fit its operator.",
    "wrong-field-path": "A field is asked for that a pod cannot be given.",
    "wrong-mount-path": "A volume is mounted where none can be.",
    "wrong-order": "A list is not in order, or has an item twice.",
    "wrong-priority": "A pod or a class says another priority or preemptionPolicy than applies.",
    "wrong-resource": "A resource is asked for that cannot be asked for there.",
    "wrong-restart-policy": "A restart policy is set that the controller cannot have.",
    "wrong-schedule": "A schedule cannot be followed, or never comes.",
    "wrong-strategy": "The parts of an update strategy contradict each other.",
    "wrong-time-zone": "A time zone is named that is not known.",
}

CODES: Mapping[str, str] = {**FILES, **SHAPE, **AGREEMENT}
"""All of them."""


def meaning(code: str) -> str:
    """The meaning of a code; the code itself when it is not in the tables."""
    return CODES.get(code, code)
