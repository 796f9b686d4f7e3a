"""Pods of one name: a bare pod and a StatefulSet's exclude each other, pods of two namespaces are confused."""

from collections.abc import Iterator, Sequence

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.model.base.meta import Key


def check_pod_names(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """Every such pod, with the place of the set."""
    sets = {each.key: each for each in facts if each.ordinals is not None}
    for each in facts if sets else ():
        stem, _, ordinal = each.key.name.rpartition("-")
        if each.key.kind != "Pod" or not ordinal.isdecimal() or str(int(ordinal)) != ordinal:
            continue
        maker = sets.get(Key("StatefulSet", each.key.namespace, stem))
        if maker is not None and maker.ordinals is not None and int(ordinal) in maker.ordinals:
            message = f"{maker.key}, at {maker.place(maker.name)}, makes a pod of the same name"
            yield each.diagnose("duplicate-object", each.name, message, "rename one of the two", Severity.ERROR)


def check_network_names(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """A warning where pods of two namespaces answer to one name."""
    first: dict[str, Facts] = {}
    for each in facts:
        if each.network_name is None:
            continue
        name, spot = each.network_name
        other = first.setdefault(name, each)
        if other.key.namespace != each.key.namespace and other.network_name is not None:
            place = other.place(other.network_name[1])
            message = f"{other.key}, at {place}, answers to the name `{name}` as well: whoever asks for it gets either"
            hint = "name one of them otherwise: the engine knows no namespaces"
            yield each.diagnose("shared-name", spot, message, hint, Severity.WARNING)
