"""That a pod was taken away by no fault of its own is remembered until it is gone: no engine holds it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.records.disruption import Disrupted, DisruptionReason
from gitpod_sync.plan.steps import Disruption

_LASTING = "disrupted/"
_REASONS = frozenset(DisruptionReason)


def read_disrupted(since: Mapping[str, float]) -> Mapping[str, Disrupted]:
    """By UID, from the names of what goes on for long."""
    found = {}
    for name, at in since.items():
        if name.startswith(_LASTING):
            _, reason, uid = name.split("/", 2)
            if reason in _REASONS:
                found[uid] = Disrupted(DisruptionReason(reason), at)
    return found


def with_disruption(pod: ObservedPod, disrupted: Mapping[str, Disrupted]) -> ObservedPod:
    """The pod, if it is on its way out with why: one that was not taken away in the end is as it was."""
    found = disrupted.get(pod.identity.uid) if disrupted else None
    return replace(pod, disrupted=found) if found and pod.ending else pod


def name_disrupted(begun: Mapping[str, Disruption], states: Iterable[PodState]) -> frozenset[str]:
    """What has to be remembered: of those that go from now on, and of those that are still on their way."""
    known = {state.pod.identity.uid: state.pod.disrupted.reason for state in states if state.pod.disrupted is not None}
    known |= {uid: each.target for uid, each in begun.items()}
    return frozenset(f"{_LASTING}{reason}/{uid}" for uid, reason in known.items())
