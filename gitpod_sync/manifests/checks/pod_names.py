"""Bare pods that have the name of a pod that a StatefulSet makes: only one of the two could be there."""

from collections.abc import Iterator, Sequence

from gitpod_sync.manifests.checks.facts import Facts
from gitpod_sync.manifests.diagnostics import Diagnostic, Severity
from gitpod_sync.model.meta import Key


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
