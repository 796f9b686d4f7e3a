"""What exactly a probe or a hook asks, with everything resolved."""

from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import compute_pod_state
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, Observed, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.env import EnvVar
from gitpod_sync.model.pods.pod import Container, ContainerPort, PodSpec, PodTemplate
from gitpod_sync.model.pods.probe import (
    ExecAction,
    GrpcAction,
    HttpGetAction,
    HttpHeader,
    PortRef,
    Probe,
    Scheme,
    TcpSocketAction,
)
from gitpod_sync.model.records.probing import CheckGrpc, ConnectTcp, ProbeTarget, Question, RequestHttp, RunCommand
from gitpod_sync.plan.pods.probing import compute_question, compute_targets
from gitpod_sync.plan.situation import Situation, split_situation

CONTAINER = Container(
    "main", "web:1", env=(EnvVar("PORT", "8080"),), ports=(ContainerPort(8080, "http"), ContainerPort(9090, "grpc"))
)


def pod_with(probe: Probe, address: str) -> ObservedPod:
    template = PodTemplate(PodSpec((replace(CONTAINER, liveness_probe=probe),)))
    identity = PodIdentity("default", "web", "u1", Key("Pod", "default", "web"), template, "hash")
    config = ContainerConfig(image="x", network="pods")
    sandbox = ObservedContainer("s", "s", config, ContainerStatus.RUNNING)
    main = ObservedContainer("m", "m", config, ContainerStatus.RUNNING, started_at=100.0)
    return ObservedPod(identity, sandbox, {"main": (main,)}, address=address)


def targets(probe: Probe, address: str = "10.0.0.2") -> tuple[ProbeTarget, ...]:
    pod = pod_with(probe, address)
    situation = Situation(instance=Instance(), desired=Desired(), observed=Observed(), now=200.0, nonce="nonce")
    return compute_targets(compute_pod_state(pod, {}, 200.0), split_situation(situation, Memo())[0])


def question(probe: Probe) -> Question:
    (target,) = targets(probe)
    return target.question


def test_ports_are_resolved_by_name_and_the_address_is_the_pods() -> None:
    action = HttpGetAction(PortRef("http"), "ready?full=1", scheme=Scheme.HTTPS, http_headers=(HttpHeader("A", "1"),))
    assert question(Probe(http_get=action)) == RequestHttp(
        "10.0.0.2", 8080, "/ready?full=1", Scheme.HTTPS, (HttpHeader("A", "1"),)
    )
    assert question(Probe(tcp_socket=TcpSocketAction(PortRef("grpc")))) == ConnectTcp("10.0.0.2", 9090)
    assert question(Probe(tcp_socket=TcpSocketAction(PortRef(1), "db"))) == ConnectTcp("db", 1)
    assert question(Probe(grpc=GrpcAction(9090, "web"))) == CheckGrpc("10.0.0.2", 9090, "web")


def test_a_pod_that_is_off_its_network_is_asked_by_commands_alone() -> None:
    asked = [Probe(tcp_socket=TcpSocketAction(PortRef(80))), Probe(grpc=GrpcAction(80))]
    asked += [Probe(http_get=HttpGetAction(PortRef(80)))]
    assert [targets(probe, "") for probe in asked] == [(), (), ()]
    assert targets(Probe(tcp_socket=TcpSocketAction(PortRef(80), "db")), "")
    assert targets(Probe(exec=ExecAction(("check",))), "")


def test_variables_are_expanded_in_the_commands_of_probes_and_not_in_those_of_hooks() -> None:
    action = ExecAction(("check", "$(PORT)", "$(NONE)", "$$(PORT)"))
    assert question(Probe(exec=action)) == RunCommand(("check", "8080", "$(NONE)", "$(PORT)"))
    pod = pod_with(Probe(exec=action), "")
    assert compute_question(action, CONTAINER, pod) == RunCommand(action.command)


def test_the_numbers_are_those_of_the_probe_and_the_delay_begins_with_the_container() -> None:
    probe = Probe(exec=ExecAction(("check",)), initial_delay_seconds=7, timeout_seconds=2, period_seconds=3)
    (target,) = targets(replace(probe, failure_threshold=4))
    assert (target.begins_at, target.timeout, target.period) == (107.0, 2, 3)
    assert (target.success_threshold, target.failure_threshold, target.run) == (1, 4, 100.0)
