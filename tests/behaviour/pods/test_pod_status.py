"""The status of a pod as `get -o json` tells it, in Kubernetes' own fields and words, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.engines.memory.engine import GATEWAY
from gitpod_sync.model.base.codec import Json
from gitpod_sync.resources.items import list_pods
from gitpod_sync.resources.objects import pod_object
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        made.engine.behaviours["job:1"] = Behaviour(exits_after=5)
        made.engine.behaviours["bad:1"] = Behaviour(exits_after=5, exit_code=3)
        made.engine.behaviours["none:1"] = Behaviour(fails_to_start="exec: {words}: no such file or directory")
        yield made


def pod(image: str = "web:1", spec: str = "", container: str = "") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  restartPolicy: Never
  {spec}
  containers: [{{name: main, image: "{image}", command: [serve], {container}}}]
"""


def status(sim: Simulation, manifest: str, seconds: int = 20) -> Json:
    sim.desired = desired_from(manifest)
    for _ in range(seconds):
        sim.run_pass()
        sim.clock.advance(1)
    (item,) = list_pods(sim.run_pass())
    return pod_object(item)["status"]


def conditions(found: Json) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each.get("reason", "")) for each in found["conditions"]}


def test_a_pod_that_runs_tells_where_it_is_and_gives_no_reason(sim: Simulation) -> None:
    found = status(sim, pod())
    assert (found["phase"], found["hostIP"], found["hostIPs"]) == ("Running", GATEWAY, [{"ip": GATEWAY}])
    assert found["podIPs"] == [{"ip": found["podIP"]}]
    assert "reason" not in found
    assert conditions(found)["Ready"] == ("True", "")


def test_on_the_node_s_network_both_addresses_are_the_node_s(sim: Simulation) -> None:
    found = status(sim, pod(spec="hostNetwork: true"))
    assert (found["hostIP"], found["podIP"]) == (GATEWAY, GATEWAY)


@pytest.mark.parametrize(
    ("image", "phase", "reason", "initialized"),
    [("job:1", "Succeeded", "PodCompleted", "PodCompleted"), ("bad:1", "Failed", "PodFailed", "")],
)
def test_what_a_pod_has_come_to_is_the_reason_of_its_conditions_and_not_its_own(
    sim: Simulation, image: str, phase: str, reason: str, initialized: str
) -> None:
    found = status(sim, pod(image))
    assert found["phase"] == phase
    assert "reason" not in found
    assert conditions(found)["Ready"] == conditions(found)["ContainersReady"] == ("False", reason)
    assert conditions(found)["Initialized"] == ("True", initialized)


def test_a_pod_past_its_deadline_says_so(sim: Simulation) -> None:
    found = status(sim, pod(spec="activeDeadlineSeconds: 5"))
    assert (found["phase"], found["reason"]) == ("Failed", "DeadlineExceeded")
    assert found["message"] == "Pod was active on the node longer than the specified deadline"


def test_an_init_container_is_ready_when_it_has_done_its_work_and_a_sidecar_while_it_runs(sim: Simulation) -> None:
    init = """initContainers:
  - {name: side, image: "web:1", restartPolicy: Always}
  - {name: first, image: "web:1"}"""
    found = status(sim, pod(spec=init))
    assert {each["name"]: each["ready"] for each in found["initContainerStatuses"]} == {"side": True, "first": False}
    assert [("running" in each["state"]) for each in found["initContainerStatuses"]] == [True, True]
    assert "reason" not in found
    sim.engine.behaviours["web:1"] = Behaviour(exits_after=1)
    sim.hand.remove(sim.find("app", "first").id)
    done = status(sim, pod(spec=init))
    assert {each["name"]: each["ready"] for each in done["initContainerStatuses"]}["first"]


@pytest.mark.parametrize("variables", ["", "env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"])
def test_a_program_that_is_not_there_is_told_of(sim: Simulation, variables: str) -> None:
    told = "exec: serve: no such file or directory"
    (main,) = status(sim, pod("none:1", container=variables))["containerStatuses"]
    end = main["state"]["terminated"]
    assert (end["reason"], end["exitCode"], end.get("message")) == ("StartError", 127, told)
