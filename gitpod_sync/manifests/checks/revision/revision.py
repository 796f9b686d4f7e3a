"""Objects of one revision must not claim the same name or port, and must find each other."""

from collections.abc import Iterator, Sequence

from gitpod_sync.manifests.checks.others.priorities import disagreements
from gitpod_sync.manifests.checks.pods.host_ports import first_clash
from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.missing import check_references
from gitpod_sync.manifests.checks.revision.overlaps import check_exposures, check_selections
from gitpod_sync.manifests.checks.revision.pod_names import check_network_names, check_pod_names
from gitpod_sync.manifests.checks.spots import Spot
from gitpod_sync.manifests.checks.workloads.dependencies import find_cycles
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.scheduling.priority import SYSTEM_CLASSES, Priority


def check_revision(facts: Sequence[Facts], *, strict: bool = False) -> Iterator[Diagnostic]:
    """What is wrong between objects, each with both places. `facts` are in the order of reading.

    With `strict`, a reference to what the revision does not have is an error instead of a warning.
    """
    yield from _check_names(facts)
    yield from check_pod_names(facts)
    yield from check_network_names(facts)
    yield from _check_host_ports(facts)
    yield from _check_default_priority(facts)
    yield from _check_priorities(facts)
    yield from check_references(facts, Severity.ERROR if strict else Severity.WARNING)
    yield from check_selections(facts)
    yield from check_exposures(facts)
    yield from _check_order(facts)
    yield from _check_autoscalers(facts)


def _check_names(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    first: dict[Key, Facts] = {}
    for each in facts:
        other = first.setdefault(each.key, each)
        if other is not each:
            message = f"{each.key} is already defined at {other.place(other.name)}"
            hint = "keep one of the two, or rename it"
            yield each.diagnose("duplicate-object", each.name, message, hint, Severity.ERROR)


def _check_host_ports(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    held: dict[tuple[str, int], dict[str, tuple[Facts, Spot]]] = {}
    for each in facts:
        for port, spot in each.host_ports:
            clash = first_clash(port, held.get((port.protocol, port.number), {}))
            if clash is not None:
                holder, where = clash
                message = f"{port} is already asked for by {holder.key} at {holder.place(where)}"
                yield each.diagnose("host-port-clash", spot, message, "choose another hostPort", Severity.ERROR)
        # Only now, because a clash within one object is found there.
        for port, spot in each.host_ports:
            held.setdefault((port.protocol, port.number), {}).setdefault(port.address, (each, spot))


def _check_priorities(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """A pod states the priority that its class gives (Kubernetes: the admission plugin Priority)."""
    given = {**{each.key.name: each.gives for each in facts if each.gives is not None}, **SYSTEM_CLASSES}
    standard = next((each.gives for each in facts if each.gives and each.is_default), Priority())
    for each in facts:
        if each.asks is not None:
            for spot, message, hint in disagreements(each.asks, given, standard):
                yield each.diagnose("wrong-priority", spot, message, hint, Severity.ERROR)


def _check_default_priority(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    defaults = [(each, each.is_default) for each in facts if each.is_default is not None]
    for each, spot in defaults[1:]:
        holder, where = defaults[0]
        message = f"{holder.key} is the default already, at {holder.place(where)}"
        yield each.diagnose("duplicate", spot, message, "keep `globalDefault` at one of the two", Severity.ERROR)


def _check_order(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """The objects that are waited for exist, and do not wait in a circle."""
    there = {each.key: each for each in reversed(facts)}
    awaited = {each.key: each.awaited for each in facts if each.awaited}
    for each in facts:
        if each.awaits is None:
            continue
        for other in each.awaited:
            if other not in there:
                message, hint = (
                    f"the revision has no {other}, so it would be waited for in vain",
                    "correct the name",
                )
                yield each.diagnose("unknown-object", each.awaits, message, hint, Severity.ERROR)
    for cycle in find_cycles(awaited):
        places = [there[key] for key in cycle]
        way = " → ".join(f"{it.key} ({it.place(it.awaits or it.name)})" for it in places)
        message, hint = f"each waits for the next, and the last for the first: {way}", "take one out"
        spot = places[0].awaits or places[0].name
        yield places[0].diagnose("dependency-cycle", spot, message, hint, Severity.ERROR)


def _check_autoscalers(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """Two that scale one workload would undo each other's work."""
    first: dict[Key, tuple[Facts, Spot]] = {}
    for each in facts:
        for target in each.references if each.key.kind == "HorizontalPodAutoscaler" else ():
            key = Key(target.kind, each.key.namespace, target.name)
            other, where = first.setdefault(key, (each, target.spot))
            if other is not each:
                message = f"{key} is scaled by {other.key} already, at {other.place(where)}"
                yield each.diagnose("duplicate", target.spot, message, "keep one of the two", Severity.ERROR)
