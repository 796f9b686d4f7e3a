"""References to objects, and to keys of them, that the revision does not have."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.references import Reference
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.schema.support import Support, table
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import is_namespaced

_MOST_SUGGESTIONS = 20
"""Looking for names that are nearly alike takes long; the first suggestions help most."""
_MOST_CANDIDATES = 200
_NEVER_ADMITTED = frozenset({"PriorityClass"})
"""Without these Kubernetes takes no pod, where it lets one wait for others."""


def check_references(facts: Sequence[Facts], severity: Severity) -> Iterator[Diagnostic]:
    """Every reference to what is not there."""
    directory = _Directory(facts)
    for each in facts:
        for reference in each.references:
            namespace = each.key.namespace if is_namespaced(reference.kind) else ""
            key = Key(reference.kind, namespace, reference.name)
            found = directory.objects.get(key)
            if found is None and not directory.makes_claim(key):
                message = f"the revision has no {key}{_consequence(reference)}"
                grave = Severity.ERROR if reference.kind in _NEVER_ADMITTED else severity
                if each.key.kind == "StatefulSet" and directory.would_be_refused(reference.kind):
                    hint = "leave it: Services are not honoured yet, and the set's pods need none to run"
                    yield each.diagnose("unknown-object", reference.spot, message, hint, Severity.NOTE)
                    continue
                yield each.diagnose("unknown-object", reference.spot, message, directory.hint(key), grave)
            elif found is not None and found.is_whole and reference.key and reference.key not in found.offers:
                code, noun = ("unknown-port", "port") if reference.kind == "Service" else ("unknown-key", "key")
                message = f"{key}, at {found.place(found.name)}, has no {noun} `{reference.key}`"
                yield each.diagnose(code, reference.key_spot, message, directory.hint_of_key(found), severity)


def _consequence(reference: Reference) -> str:
    waits = {"ConfigMap", "Secret", "PersistentVolumeClaim"}
    return ": without it the pod does not start" if reference.of_pod and reference.kind in waits else ""


class _Directory:
    """Finds objects by key, and says which was meant."""

    def __init__(self, facts: Sequence[Facts]) -> None:
        self.objects: Mapping[Key, Facts] = {each.key: each for each in reversed(facts)}
        self._claims = {(each.key.namespace, claim) for each in facts for claim in each.claims}
        self._prefixes = {(each.key.namespace, prefix) for each in facts for prefix in each.claim_prefixes}
        self._kinds = {each.key.kind for each in facts}
        self._suggestions = 0

    def would_be_refused(self, kind: str) -> bool:
        """Whether adding an object of the kind would be an error, untried so far."""
        return kind not in self._kinds and table().kinds[kind].verdict.support is Support.NOT_YET

    def makes_claim(self, key: Key) -> bool:
        """Whether a StatefulSet or an ephemeral volume makes the claim."""
        if key.kind != "PersistentVolumeClaim":
            return False
        prefix, ordinal = key.name.rstrip("0123456789"), key.name[len(key.name.rstrip("0123456789")) :]
        return bool(ordinal and (key.namespace, prefix) in self._prefixes) or (key.namespace, key.name) in self._claims

    def hint(self, key: Key) -> str:
        """Where the object was looked for in vain, or what was likely meant."""
        self._suggestions += 1
        if self._suggestions > _MOST_SUGGESTIONS:
            return "add it, or correct the name"
        same_kind = [other for other in self.objects if other.kind == key.kind]
        elsewhere = sorted(other.namespace for other in same_kind if other.name == key.name)
        if elsewhere:
            return f"there is one in namespace {listed(elsewhere)}, which is not seen from here"
        names = sorted(other.name for other in same_kind if other.namespace == key.namespace)
        meant = near_miss(key.name, names[:_MOST_CANDIDATES])
        return f"did you mean `{meant}`?" if meant else "add it, or correct the name"

    def hint_of_key(self, found: Facts) -> str:
        """The keys or ports that the object has instead."""
        self._suggestions += 1
        if not found.offers:
            return "it has none"
        return f"it has {listed(found.offers)}" if self._suggestions <= _MOST_SUGGESTIONS else "correct the name"
