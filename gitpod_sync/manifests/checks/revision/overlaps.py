"""Selectors across objects: two controllers that select the same pods, Services that select none."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Generic, TypeVar

from gitpod_sync.manifests.checks.others.exposure import Exposure
from gitpod_sync.manifests.checks.revision.facts import Facts, Selection
from gitpod_sync.manifests.checks.words import labels_in_words, listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.model.base.meta import Key

T = TypeVar("T")

_MOST_COMPARED = 100
"""So many selectors with the very same matchLabels are told apart by their expressions."""


@dataclass(slots=True)
class _ByLabels(Generic[T]):
    """Things by the labels they look for, so that those which find a pod are found without trying all of them.

    The things are kept by the names of their labels and then by the values. People use few sets of names, and a pod has
    few labels: whichever are fewer, the sets in use that begin with one of its labels or those that its labels make,
    are looked up.
    """

    _kept: dict[tuple[str, ...], dict[tuple[str, ...], list[T]]] = field(default_factory=dict)
    _by_first: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, labels: Mapping[str, str], thing: T) -> None:
        """Keep a thing that looks for pods with these labels."""
        names = tuple(sorted(labels))
        values = tuple(labels[name] for name in names)
        if names not in self._kept:
            self._kept[names] = {}
            self._by_first[names[0] if names else ""].append(names)
        self._kept[names].setdefault(values, []).append(thing)

    def finding(self, labels: Mapping[str, str]) -> Iterator[T]:
        """The things that look for a part of these labels."""
        for names in self._names_within(labels):
            values = tuple(labels[name] for name in names)
            yield from self._kept[names].get(values, ())

    def _names_within(self, labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
        near = [self._by_first[first] for first in ("", *labels) if first in self._by_first]
        if sum(map(len, near)) <= 2 ** len(labels):
            return (names for group in near for names in group if labels.keys() >= set(names))
        ordered = sorted(labels)
        made = (names for size in range(len(ordered) + 1) for names in combinations(ordered, size))
        return (names for names in made if names in self._kept)


def check_selections(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """Every controller whose selector also selects the pods of another in its namespace, once a pair.

    A selector that does not select its own pods is wrong in itself, and not compared.
    """
    by_namespace: dict[str, _ByLabels[tuple[Facts, Selection]]] = defaultdict(_ByLabels)
    for each in facts:
        if each.selection is not None and each.selection.is_sound:
            by_namespace[each.key.namespace].add(each.selection.selector.match_labels, (each, each.selection))
    read: set[Key] = set()
    said: set[frozenset[Key]] = set()
    for each in facts:
        other = _rival(each, by_namespace[each.key.namespace])
        if other is not None and frozenset((each.key, other.key)) not in said:
            said.add(frozenset((each.key, other.key)))
            is_mutual = (
                each.selection is not None and other.pods is not None and each.selection.takes(other.pods.labels)
            )
            yield _overlap(each, other) if is_mutual and other.key in read else _overlap(other, each)
        read.add(each.key)


def _rival(facts: Facts, among: _ByLabels[tuple[Facts, Selection]]) -> Facts | None:
    """The first other controller that would take the pods of this one."""
    if facts.pods is None or facts.selection is None:
        return None
    labels = facts.pods.labels
    compared = islice(among.finding(labels), _MOST_COMPARED)
    return next((other for other, each in compared if other.key != facts.key and each.takes(labels)), None)


def _overlap(taker: Facts, other: Facts) -> Diagnostic:
    message = f"the selector also selects the pods of {other.key}, at {other.place(other.name)}"
    hint = "give each its own label, in the selector and in the template"
    spot = taker.selection.spot if taker.selection is not None else taker.name
    return taker.diagnose("overlapping-selectors", spot, message, hint, Severity.WARNING)


@dataclass(slots=True)
class _Found:
    """The pods that one set of labels selects: whether there are any, and the names of their ports."""

    any_pods: bool = False
    ports: set[str] = field(default_factory=set)


def check_exposures(facts: Sequence[Facts]) -> Iterator[Diagnostic]:
    """Services and budgets that select no pods, and Services for ports that no selected pod names.

    Nothing is said where a workload of the namespace is not valid: its labels are not known.
    """
    found: dict[tuple[str, tuple[tuple[str, str], ...]], _Found] = {}
    by_namespace: dict[str, _ByLabels[_Found]] = defaultdict(_ByLabels)
    exposures = [(each, each.exposure) for each in facts if each.exposure is not None]
    for each, exposure in exposures:
        group = (each.key.namespace, tuple(sorted(exposure.labels.items())))
        if group not in found:
            found[group] = _Found()
            by_namespace[each.key.namespace].add(exposure.labels, found[group])
    for each in facts:
        if each.pods is not None:
            for selected in by_namespace[each.key.namespace].finding(each.pods.labels):
                selected.any_pods = True
                selected.ports |= each.pods.ports
    unsure = {each.key.namespace for each in facts if not each.is_whole}
    for each, exposure in exposures:
        if each.key.namespace not in unsure:
            pods = found[each.key.namespace, tuple(sorted(exposure.labels.items()))]
            yield from _judge(each, exposure, pods)


def _judge(facts: Facts, exposure: Exposure, found: _Found) -> Iterator[Diagnostic]:
    if not found.any_pods:
        labels = labels_in_words(exposure.labels)
        message = f"no pod of namespace `{facts.key.namespace}` has the labels {labels}"
        hint = "make the selector and the labels of the pods' template agree"
        yield facts.diagnose("selects-nothing", exposure.spot, message, hint, Severity.WARNING)
        return
    for port, spot in exposure.targets:
        if port not in found.ports:
            message = f"no pod that {facts.key} selects has a port named `{port}`"
            hint = f"they have {listed(found.ports)}" if found.ports else "name it in the pods, or write its number"
            yield facts.diagnose("unknown-port", spot, message, hint, Severity.WARNING)
