"""An error that comes out of any function that plans one pod or one workload is the reason of that one alone."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from textwrap import dedent, indent
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import pytest

from gitpod_sync.controllers.decision import Decision, EndPod
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.loop import reconciler
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.engine.observed import ObservedContainer, ObservedVolume
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity, bearer_of
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.plan.doors import INTERNAL_ERROR
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.scheduling.pending_pods import PendingPod
from gitpod_sync.plan.scheduling.pod_info import PodInfo
from gitpod_sync.plan.scheduling.queue import QueuedPod
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Plan
from tests.support.examples import THOROUGH
from tests.support.simulation import Simulation, desired_from, simulation

if TYPE_CHECKING:
    from _typeshed import TraceFunction

ROOMS = ("/gitpod_sync/plan/", "/gitpod_sync/controllers/", "/gitpod_sync/model/engine/grouping.py")
NOT_OF_ONE = (
    "/doors.py",
    "/decision.py",
    "/node_resources.py",
    "/steps.py",
    "/left_alone.py",
    "/unknown.py",
    "/report/events.py",
    "/subjects.py",
)
"""What all share, and what is done for who is left out."""

DOORKEEPERS = {"scale", "decide_one", "state_of", "_planned", "_uid", "_is_apart", "_is_claim"}
"""Who stand before the doors: they find out who goes through, and look at a name or a label at most."""

CALLED_TWICE = {"_with_digest"}
"""For all together, and after an error one by one: what throws only once is no trouble (see `resolve_desired`)."""


class Defect(Exception):
    """One of ours."""


VICTIM = "victim"
METADATA = "metadata: {{labels: {{app: {name}}}}}\n"
POD_SPEC = """\
spec:
  {policy}
  terminationGracePeriodSeconds: 5
  volumes: [{{name: config, configMap: {{name: config}}}}]
  containers:
  - name: app
    image: app:1
    env:
    - {{name: VERSION, value: "{version}"}}
    - {{name: KEY, valueFrom: {{configMapKeyRef: {{name: config, key: a}}}}}}
    readinessProbe: {{tcpSocket: {{port: 80}}}}
    volumeMounts: [{{name: config, mountPath: /config}}]
"""
POD = "template:\n" + indent(METADATA + POD_SPEC, "  ")
SELECTED = "replicas: 2\nselector: {{matchLabels: {{app: {name}}}}}\n" + POD
KINDS = {
    "Deployment": ("apps/v1", SELECTED),
    "ReplicaSet": ("apps/v1", SELECTED),
    "StatefulSet": ("apps/v1", SELECTED),
    "DaemonSet": ("apps/v1", SELECTED.partition("\n")[2]),
    "Job": ("batch/v1", f"parallelism: 2\ncompletions: 2\n{POD}"),
    "CronJob": ("batch/v1", f"schedule: '* * * * *'\njobTemplate:\n  spec:\n{indent(POD, '    ')}"),
    "Pod": ("v1", dedent(POD_SPEC.partition("\n")[2])),
}
HEAD = "---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, labels: {{app: {name}}}}}\nspec:\n"
ENDING = {"Job", "CronJob"}
SHARED = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {a: b}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: other}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: other-deployment}}}
"""
AUTOSCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: victim}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: victim}
  minReplicas: 2
  maxReplicas: 3
"""


def manifest(kind: str, name: str, version: int) -> str:
    api, spec = KINDS[kind]
    policy = "restartPolicy: Never" if kind in ENDING else ""
    autoscaler = AUTOSCALER if (kind, name) == ("Deployment", VICTIM) else ""
    text = HEAD + indent(spec, "  ")
    return autoscaler + text.format(api=api, kind=kind, name=name, policy=policy, version=version)


def others(version: int, victims_kind: str) -> str:
    """Those that are beside the victim: a few, one of its own kind among them, and all kinds in `make thorough`."""
    kinds = set(KINDS) if THOROUGH else {victims_kind, "Deployment", "Job"}
    return SHARED + "".join(manifest(kind, f"other-{kind.lower()}", version) for kind in sorted(kinds - {"CronJob"}))


def tell(world: Simulation, kind: str) -> None:
    """What befalls the victim and the others, from beginning to end."""

    def passes(number: int) -> None:
        for _ in range(number):
            world.run_pass()
            world.clock.now += 6.0

    world.desired = desired_from(others(1, kind) + manifest(kind, VICTIM, 1))
    passes(12)
    for name in (VICTIM, "other"):
        found = [each for each in world.alive() if each.labels[labels.POD].startswith(name)]
        for each in found[:1]:
            world.hand.kill(each.id)
    passes(3)
    world.desired = desired_from(others(2, kind) + manifest(kind, VICTIM, 2))
    world.history.give_intervention(
        Intervention(Key(kind, "default", VICTIM), Verb.RETRY, at=world.clock(), about="changed")
    )
    passes(8)
    world.history.give_intervention(Intervention(NODE, Verb.DRAIN, at=world.clock()))
    passes(4)
    world.history.withdraw_interventions(world.history.interventions() or ())
    passes(4)
    world.desired = desired_from(others(2, kind))
    passes(4)


def situations(kind: str, monkeypatch: pytest.MonkeyPatch) -> list[Situation]:
    found: list[Situation] = []

    def keep(situation: Situation, memo: Memo) -> Plan:
        remembered = situation.remembered
        copies = {
            field.name: dict(value)
            for field in fields(remembered)
            if isinstance(value := getattr(remembered, field.name), Mapping)
        }
        found.append(replace(situation, remembered=replace(remembered, **copies)))  # type: ignore[arg-type]
        return compute_plan(situation, memo)

    monkeypatch.setattr(reconciler, "compute_plan", keep)
    with simulation() as world:
        tell(world, kind)
    return found


def owner_of(thing: object) -> Key | None:
    match thing:
        case PodIdentity():
            return thing.owner
        case PodState():
            return thing.pod.owner
        case ObservedPod() | PodInfo() | PendingPod():
            return thing.identity.owner
        case QueuedPod():
            return thing.pod.identity.owner
        case EndPod():
            return thing.pod.owner
        case Decision():
            return thing.workload
        case Intervention():
            return thing.subject
        case ObservedContainer() | ObservedVolume():
            return bearer_of(thing.labels).owner
        case Key():
            return thing
        case _:
            key = getattr(thing, "key", None)
            return key if isinstance(key, Key) else None


def is_of(thing: object, victim: Key) -> bool:
    owner = owner_of(thing)
    return owner is not None and owner.namespace == victim.namespace and owner.name.startswith(VICTIM)


def plans_one(frame: FrameType, victim: Key) -> bool:
    """Whether it is a function of ours that is called with the victim or one of its pods."""
    code = frame.f_code
    file, name = code.co_filename, code.co_name
    if not any(room in file for room in ROOMS) or file.endswith(NOT_OF_ONE):
        return False
    if name.startswith("<") or name in DOORKEEPERS | CALLED_TWICE:
        return False
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return any(is_of(frame.f_locals.get(name), victim) for name in arguments)


def traced(trace: "TraceFunction", situation: Situation) -> Plan:
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return compute_plan(situation)
    finally:
        sys.settrace(before)


def functions_about(victim: Key, situation: Situation) -> dict[CodeType, None]:
    found: dict[CodeType, None] = {}

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and plans_one(frame, victim):
            found[frame.f_code] = None

    traced(trace, situation)
    return found


def thrown(code: CodeType, victim: Key, situation: Situation) -> Plan:
    """The plan when that function throws; Python ends the tracing with what a trace throws."""

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is code and plans_one(frame, victim):
            raise Defect

    return traced(trace, situation)


def of_others(plan: Plan) -> Iterator[object]:
    """All that a plan is for others than the victim."""
    for step in plan.steps:
        if "other-" in str(step.subject):
            yield (str(step.subject), step.operation, step.cause)
    yield sorted(str(each) for each in plan.waiting if VICTIM not in str(each))
    yield [each for each in plan.decisions if VICTIM not in str(each.workload)]
    yield sorted(str(each.owner) for each in plan.starting if VICTIM not in str(each))
    yield sorted(each.subject for each in plan.targets if VICTIM not in each.subject)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_the_reason_of_who_was_planned_and_of_no_other(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = Key(kind, "default", VICTIM)
    seen: set[CodeType] = set()
    for situation in situations(kind, monkeypatch):
        new = functions_about(victim, situation).keys() - seen
        expected = list(of_others(compute_plan(situation))) if new else []
        for code in new:
            name = f"{code.co_filename.rpartition('gitpod_sync/')[2]}, {code.co_name}"
            plan = thrown(code, victim, situation)
            assert list(of_others(plan)) == expected, name
            assert [VICTIM in each.told for each in plan.troubles] == [True], name
            assert Defect.__name__ in plan.troubles[0].failure.message
            told = [str(each) for each in plan.waiting if each.reason == INTERNAL_ERROR]
            assert told, name
            assert all(VICTIM in each for each in told), name
        seen |= new
    assert len(seen) > 100
