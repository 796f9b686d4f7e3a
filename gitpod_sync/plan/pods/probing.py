"""Which probes are to be made, and what exactly they ask.

Source of the rules: Kubernetes, "Liveness, Readiness, and Startup Probes": a startup probe suspends the other two until
it passes; no address written means the pod's; a probe's first question comes `initialDelaySeconds` after the start.
"""

from collections.abc import Iterator
from typing import assert_never

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.probe import (
    ExecAction,
    GrpcAction,
    HookCall,
    HttpGetAction,
    PortRef,
    Probe,
    ProbeKind,
    TcpSocketAction,
)
from gitpod_sync.model.records.health import NOTHING_KNOWN
from gitpod_sync.model.records.probing import (
    CheckGrpc,
    ConnectTcp,
    HookQuestion,
    ProbeTarget,
    Question,
    RequestHttp,
    RunCommand,
)
from gitpod_sync.plan.config.variable_expansion import expand_words
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.subjects import container_of


def compute_targets(state: PodState, situation: NodeSituation) -> tuple[ProbeTarget, ...]:
    """Every probe of every running container of a pod that is to stay."""
    if state.lost or state.pod.ending or state.outcome:
        return ()
    containers = state.pod.identity.template.spec.all_containers
    return tuple(target for container in containers for target in _targets(state.pod, container, situation))


def compute_question(action: HookCall, container: Container, pod: ObservedPod) -> HookQuestion:
    """What a hook does, resolved."""
    if isinstance(action, ExecAction):
        return RunCommand(action.command)
    return _http(action, container, pod.address)


def _targets(pod: ObservedPod, container: Container, situation: NodeSituation) -> Iterator[ProbeTarget]:
    last = pod.latest(container.name)
    if last is None or last.status is not ContainerStatus.RUNNING or last.id in situation.remembered.stops:
        return
    health = situation.remembered.health.get(last.id, NOTHING_KNOWN)
    if health.failed or (container.lifecycle.post_start and health.post_started_at is None):
        return
    if container.startup_probe and health.started_at is None:
        yield from _target(pod, container, last, ProbeKind.STARTUP, container.startup_probe, situation)
        return
    if container.readiness_probe:
        yield from _target(pod, container, last, ProbeKind.READINESS, container.readiness_probe, situation)
    if container.liveness_probe:
        yield from _target(pod, container, last, ProbeKind.LIVENESS, container.liveness_probe, situation)


def _target(
    pod: ObservedPod,
    container: Container,
    last: ObservedContainer,
    kind: ProbeKind,
    probe: Probe,
    situation: NodeSituation,
) -> Iterator[ProbeTarget]:
    health = situation.remembered.health.get(last.id, NOTHING_KNOWN)
    question = _question(probe, container, pod.address)
    if question is None:
        return
    passing = {
        ProbeKind.STARTUP: False,
        ProbeKind.READINESS: health.ready_since is not None,
        ProbeKind.LIVENESS: True,
    }
    yield ProbeTarget(
        container=last.id,
        run=last.started_at or 0.0,
        kind=kind,
        question=question,
        begins_at=_first_at(last.started_at or 0.0, probe, situation.now),
        timeout=probe.timeout_seconds,
        period=probe.period_seconds,
        success_threshold=probe.success_threshold,
        failure_threshold=probe.failure_threshold,
        passing=passing[kind],
        subject=str(container_of(pod.identity, container.name)),
    )


def _first_at(started_at: float, probe: Probe, now: float) -> float:
    # Started before the clock was set back: it has had its time.
    return 0.0 if lies_ahead(started_at, now) else started_at + probe.initial_delay_seconds


def _question(probe: Probe, container: Container, host: str) -> Question | None:
    match probe.action:
        case None:
            return None
        case ExecAction(command):
            # As the kubelet does for probes and not for hooks: only values that the manifest itself gives.
            written = {variable.name: variable.value for variable in container.env}
            return RunCommand(expand_words(command, written))
        case HttpGetAction() | TcpSocketAction() as action if not (action.host or host):
            return None  # off its network for a moment: it is being connected again
        case GrpcAction() if not host:
            return None
        case HttpGetAction() as action:
            return _http(action, container, host)
        case TcpSocketAction() as action:
            return ConnectTcp(action.host or host, _port(action.port, container))
        case GrpcAction() as action:
            return CheckGrpc(host, action.port, action.service)
        case _ as never:
            assert_never(never)


def _http(action: HttpGetAction, container: Container, host: str) -> RequestHttp:
    path = action.path if action.path.startswith("/") else f"/{action.path}"
    return RequestHttp(action.host or host, _port(action.port, container), path, action.scheme, action.http_headers)


def _port(ref: PortRef, container: Container) -> int:
    """The number; 0, which nothing answers at, for a name that the checks have let pass."""
    if isinstance(ref.value, int):
        return ref.value
    return next((port.container_port for port in container.ports if port.name == ref.value), 0)
