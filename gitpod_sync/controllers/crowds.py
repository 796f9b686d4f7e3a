"""Limits on how many pods a controller asks for at a time: beyond what its node could hold, pods are only a count.

A Deployment may want two thousand million pods, which Kubernetes would make as objects, one after the other, until its
database is full. Here a controller asks for as many as an empty node could hold, and for one more: the scheduler says
why there is no place for that one, and so for all that come after it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from gitpod_sync.controllers.decision import NewPod
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.pods.requests import PODS

BURST = 500
"""For a node of which nobody knows how many it holds: what Kubernetes' controllers make at a time."""


def most_new_pods(node: Node) -> int:
    """The most pods of one version that a controller asks for at once."""
    return node.allocatable.get(PODS, BURST) + 1


def ask_for(pods: Iterator[NewPod], missing: int, node: Node) -> tuple[NewPod, ...]:
    """The first of the `missing` pods. The last of these stands for all that are not asked for now as well."""
    asked = tuple(islice(pods, min(missing, most_new_pods(node))))
    return (*asked[:-1], replace(asked[-1], further=missing - len(asked))) if asked else ()


def count_asked(pods: Iterable[NewPod]) -> int:
    """The number of these pods, including the further ones that each stands for."""
    return sum(1 + each.further for each in pods)
