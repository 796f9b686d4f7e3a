"""A bare pod that has come to its end stays so, whatever is removed of it, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.resources.items import PodItem, list_pods
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        made.engine.behaviours["job:1"] = Behaviour(exits_after=5)
        made.engine.behaviours["bad:1"] = Behaviour(exits_after=5, exit_code=3)
        yield made


def pod(image: str = "job:1", *, policy: str = "Never", more: str = "") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  restartPolicy: {policy}
  {more}
  containers: [{{name: main, image: "{image}"}}]
"""


def run_to_its_end(sim: Simulation, manifest: str) -> None:
    sim.desired = desired_from(manifest)
    for _ in range(30):
        sim.run_pass()
        sim.clock.advance(1)


def prune(sim: Simulation, *, everything: bool = False) -> None:
    """What `docker container prune` does, or `docker system prune` after the machine was started again."""
    for each in list(sim.engine.containers.values()):
        if everything and each.alive:
            sim.hand.stop(each.id)
        if not each.alive:
            sim.hand.remove(each.id)


def listed(sim: Simulation) -> PodItem:
    (item,) = list_pods(sim.run_pass())
    return item


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize(("image", "status"), [("job:1", "Completed"), ("bad:1", "Error")])
def test_a_finished_pod_does_not_run_again(sim: Simulation, image: str, status: str, *, everything: bool) -> None:
    run_to_its_end(sim, pod(image))
    assert listed(sim).status == status
    prune(sim, everything=everything)
    sim.restarted()
    for _ in range(3):
        sim.run_pass()
    assert not sim.run_pass().steps
    item = listed(sim)
    assert (item.status, item.containers[0].exit_code) == (status, 0 if image == "job:1" else 3)
    assert item.created_at is not None
    assert not sim.dry_run()[0]
    assert sim.alive() == []


def test_a_part_that_is_over_does_not_run_again_beside_one_that_goes_on(sim: Simulation) -> None:
    both = pod().replace("containers: [", 'containers: [{name: other, image: "web:1"}, ')
    run_to_its_end(sim, both)
    prune(sim)
    run_to_its_end(sim, both)
    assert [each.labels[labels.CONTAINER] for each in sim.alive()] == ["other"]
    sim.hand.kill(sim.find("app", "other").id)
    run_to_its_end(sim, both)
    assert listed(sim).state is not None
    assert listed(sim).status == "Error"


def test_an_init_container_that_has_done_its_work_does_it_once(sim: Simulation) -> None:
    initialized = pod("web:1", policy="Always", more='initContainers: [{name: first, image: "job:1"}]')
    run_to_its_end(sim, initialized)
    for name in ("first", "main"):
        sim.hand.remove(sim.find("app", name).id)
    sim.converge()
    assert [each.labels[labels.CONTAINER] for each in sim.alive()] == ["main"]


def test_a_pod_that_exceeded_its_deadline_stays_failed(sim: Simulation) -> None:
    run_to_its_end(sim, pod("web:1", policy="Always", more="activeDeadlineSeconds: 10"))
    assert listed(sim).status == "DeadlineExceeded"
    prune(sim, everything=True)
    sim.run_pass()
    assert listed(sim).status == "DeadlineExceeded"
    assert not sim.run_pass().steps


def test_another_version_runs_and_so_does_the_first_one_when_it_comes_back(sim: Simulation) -> None:
    run_to_its_end(sim, pod())
    first = listed(sim)
    prune(sim, everything=True)
    run_to_its_end(sim, pod("web:1"))
    assert [each.config.image for each in sim.alive()] == ["web:1"]
    run_to_its_end(sim, pod())
    again = listed(sim)
    assert again.status == "Completed"
    assert first.state
    assert again.state
    assert again.state.pod.identity.uid != first.state.pod.identity.uid


def test_a_finished_pod_whose_limits_change_does_not_run_again(sim: Simulation) -> None:
    limited = pod().replace('image: "job:1"', 'image: "job:1", resources: {limits: {memory: 32Mi}, requests: {cpu: 1}}')
    run_to_its_end(sim, limited)
    run_to_its_end(sim, limited.replace("32Mi", "64Mi"))
    prune(sim, everything=True)
    sim.desired = desired_from(limited.replace("32Mi", "64Mi"))
    sim.run_pass()
    assert listed(sim).status == "Completed"
    assert sim.alive() == []


def test_one_that_git_asks_for_anew_runs_anew(sim: Simulation) -> None:
    run_to_its_end(sim, pod())
    prune(sim, everything=True)
    run_to_its_end(sim, "")
    assert list_pods(sim.run_pass()) == ()
    sim.desired = desired_from(pod())
    assert sim.run_pass().starting


def test_a_pod_that_runs_on_is_made_again_as_before(sim: Simulation) -> None:
    run_to_its_end(sim, pod("web:1", policy="Always"))
    for each in list(sim.engine.containers.values()):
        sim.hand.remove(each.id)
    sim.converge()
    assert len(sim.alive()) == 1
