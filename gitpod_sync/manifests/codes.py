"""The stable code of every diagnostic, each with what it means in one sentence.

Programs and searches go by a code: its meaning is never changed, and one that is no longer said is not used again.
docs/diagnostics.md is made from these tables.
"""

from collections.abc import Mapping

NOT_YET = frozenset({"kind-not-yet", "not-yet"})
"""The codes of errors that a later version of gitpod-sync will not have."""

FILES: Mapping[str, str] = {
    "alias-bomb": "The aliases of a document stand for more values than the limit allows.",
    "control-character": "The file holds a control character that YAML does not allow.",
    "duplicate-key": "A mapping has one key twice.",
    "file-too-large": "The file is larger than the limit allows.",
    "key-not-text": "A key of a mapping is no text.",
    "key-read-otherwise": "An unquoted key is read as something else than it looks like.",
    "merge-not-mapping": "A merge key `<<` is given something else than mappings.",
    "not-utf-8": "The file is not encoded as UTF-8.",
    "passed-over": "The file is recognised as something else than manifests and not read.",
    "skipped": "The entry is no plain file, or too large, and not read.",
    "tab-indent": "A tab is used to indent.",
    "template": "A template was left in that has to be rendered first.",
    "too-deep": "Collections stand within each other more deeply than the limit allows.",
    "unknown-alias": "An alias names no anchor that stands before it.",
    "unknown-tag": "A tag is used that YAML itself does not define.",
    "yaml-syntax": "The file is no valid YAML.",
}

SHAPE: Mapping[str, str] = {
    "default-source": "A volume names no source, so that an emptyDir is meant.",
    "empty-list": "A list that needs an item has none.",
    "empty-value": "A text that must not be empty is empty.",
    "ignored-kind": "A kind that nobody knows is passed over, as the configuration says.",
    "kind-not-yet": "The kind is one of Kubernetes' that gitpod-sync does not honour yet.",
    "missing-field": "A required field is missing.",
    "no-manifest": "A document is no manifest: it has no apiVersion and no kind.",
    "not-yet": "A field or choice of Kubernetes is used that gitpod-sync does not honour yet.",
    "out-of-range": "A number is smaller or larger than allowed.",
    "rejected": "A kind, field or choice of Kubernetes is used that gitpod-sync will not honour.",
    "too-long": "A text is longer than allowed.",
    "unknown-field": "A field is used that nobody knows.",
    "unknown-kind": "A kind is used that nobody knows.",
    "without-meaning": "A kind or field is accepted and left out, because it means nothing here.",
    "wrong-api-version": "A kind is not served by the apiVersion it is given.",
    "wrong-choice": "A value is none of those that the field may have.",
    "wrong-format": "A text is not written as the field asks for.",
    "wrong-type": "A value is of another type than the field.",
    "wrong-value": "A value cannot be understood.",
}

AGREEMENT: Mapping[str, str] = {
    "duplicate": "Two entries of a list claim the same name, path or number.",
    "duplicate-object": "Two objects have the same kind, namespace and name.",
    "empty-selector": "A selector selects everything or nothing.",
    "host-port-clash": "Two pods ask for the same port of a node.",
    "host-port-shared": "Several replicas ask for one port of a node.",
    "host-port-update": "A rolling update starts a pod whose hostPort is still held by the old one.",
    "no-room-to-update": "A rolling update may neither add a pod nor take one away.",
    "not-base64": "A value that must be base64 is not.",
    "request-above-limit": "A container requests more of a resource than its limit.",
    "reserved-label": "A label has the prefix that gitpod-sync keeps for itself.",
    "selector-mismatch": "A selector does not select the pods of its own template.",
    "too-large": "The values of a ConfigMap or Secret are larger than Kubernetes allows.",
    "two-sources": "A volume or a value has more than one source.",
    "unlikely-unit": "A quantity is written with a unit that is hardly meant.",
    "unknown-volume": "A container mounts a volume that its pod does not have.",
    "wrong-expression": "A requirement of a selector does not fit its operator.",
    "wrong-mount-path": "A volume is mounted where none can be.",
    "wrong-restart-policy": "A restart policy is set that the controller cannot have.",
    "wrong-strategy": "The parts of an update strategy contradict each other.",
}

CODES: Mapping[str, str] = {**FILES, **SHAPE, **AGREEMENT}
"""All of them."""


def meaning(code: str) -> str:
    """What the code means; the code itself when it is not in the tables."""
    return CODES.get(code, code)
