"""Demands of a pod on its node, and on the pods that run there.

Source of the rules: Kubernetes, "Assigning Pods to Nodes". Preferences choose between nodes; with one node there is
nothing to choose, so they are not kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from gitpod_sync.model.base.selector import LabelSelector

_REQUIRED = {"json": "requiredDuringSchedulingIgnoredDuringExecution"}
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)

NODE_NAME = "metadata.name"
"""The one field of a node that can be compared."""


class NodeOperator(StrEnum):
    """How a requirement compares a node's label with its values."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    GREATER = "Gt"
    LESS = "Lt"


@dataclass(frozen=True, slots=True)
class NodeRequirement:
    """One line of matchExpressions or matchFields."""

    key: str
    operator: NodeOperator
    values: tuple[str, ...] = ()

    def matches(self, found: Mapping[str, str]) -> bool:
        """A label that is missing satisfies NotIn and DoesNotExist; what is no number is neither greater nor less."""
        match self.operator:
            case NodeOperator.IN:
                return found.get(self.key) in self.values
            case NodeOperator.NOT_IN:
                return found.get(self.key) not in self.values
            case NodeOperator.EXISTS:
                return self.key in found
            case NodeOperator.DOES_NOT_EXIST:
                return self.key not in found
            case NodeOperator.GREATER | NodeOperator.LESS:
                return self._compares(found.get(self.key, ""))
            case _ as never:
                assert_never(never)

    def _compares(self, text: str) -> bool:
        bound = self.values[0] if len(self.values) == 1 else ""
        if not _INTEGER.fullmatch(text) or not _INTEGER.fullmatch(bound):
            return False
        return int(text) > int(bound) if self.operator is NodeOperator.GREATER else int(text) < int(bound)


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """All of its requirements together; one without any is never met."""

    match_expressions: tuple[NodeRequirement, ...] = ()
    match_fields: tuple[NodeRequirement, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node of that name with these labels is described."""
        if not self.match_expressions and not self.match_fields:
            return False
        return all(each.matches(labels) for each in self.match_expressions) and all(
            each.matches({NODE_NAME: name}) for each in self.match_fields
        )


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """One of the terms has to be met."""

    node_selector_terms: tuple[NodeTerm, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node of that name with these labels is described."""
        return any(term.matches(name, labels) for term in self.node_selector_terms)


@dataclass(frozen=True, slots=True)
class NodeAffinity:
    """The nodes that a pod may be placed on."""

    required: NodeSelector | None = field(default=None, metadata=_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodTerm:
    """Pods that a pod wants to be near to, or apart from (Kubernetes: PodAffinityTerm)."""

    topology_key: str
    """A label of nodes: two nodes with one value of it are one domain."""
    label_selector: LabelSelector | None = None
    """The labels of those pods; None: no pods, an empty selector: all."""
    namespaces: tuple[str, ...] = ()
    """Where those pods are; with no namespace selector either: in the pod's own namespace."""
    namespace_selector: LabelSelector | None = None
    """Further namespaces by their labels; empty: all of them. None: none."""
    match_label_keys: tuple[str, ...] = ()
    """Labels whose values have to be the same on both pods."""
    mismatch_label_keys: tuple[str, ...] = ()
    """Labels whose values have to differ."""


@dataclass(frozen=True, slots=True)
class PodAffinity:
    """Pods that have to be there, or (as podAntiAffinity) must not be."""

    required: tuple[PodTerm, ...] = field(default=(), metadata=_REQUIRED)


@dataclass(frozen=True, slots=True)
class Affinity:
    """The demands of a pod on its neighbourhood."""

    node_affinity: NodeAffinity = NodeAffinity()
    pod_affinity: PodAffinity = PodAffinity()
    pod_anti_affinity: PodAffinity = PodAffinity()


NO_AFFINITY = Affinity()
