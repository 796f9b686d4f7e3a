"""Tags that move, on the simulated engine: found beside the passes, rolled out as a change, and never by looking."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.registry import compute_digest
from gitpod_sync.loop.watch.tag_watch import compute_interval
from gitpod_sync.model.base.labels import TEMPLATE_HASH
from gitpod_sync.model.pods.image import digest_in
from gitpod_sync.model.settings import Settings
from gitpod_sync.operations.operations import PullImage
from gitpod_sync.plan.images.image_digests import ImageTarget
from gitpod_sync.plan.report.render import render_changes
from tests.support.simulation import Simulation, desired_from, simulation

POLL = 100.0


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation(Settings(image_poll=POLL)) as made:
        yield made


def template(image: str, *, policy: str, annotation: str, more: str = "") -> str:
    said = f"annotations: {{gitpod-sync.io/image-poll: '{annotation}'}}" if annotation else ""
    return f"""
    metadata: {{labels: {{app: web}}, {said}}}
    spec: {{containers: [{{name: main, image: "{image}", imagePullPolicy: {policy}}}], {more}}}"""


def deployment(image: str = "web:1", *, policy: str = "Always", annotation: str = "") -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:{template(image, policy=policy, annotation=annotation)}
"""


def pod(*, policy: str = "Always", annotation: str = "", more: str = "") -> str:
    said = f"annotations: {{gitpod-sync.io/image-poll: '{annotation}'}}" if annotation else ""
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web, {said}}}
spec: {{containers: [{{name: main, image: "web:1", imagePullPolicy: {policy}}}], {more}}}
"""


def contents(sim: Simulation) -> set[str]:
    """The digests of the images that run."""
    return {digest_in("web:1", each.image.digests) for each in sim.alive() if each.image}


def ids(sim: Simulation) -> set[str]:
    return {each.id for each in sim.alive()}


def let_pass(sim: Simulation, seconds: float) -> None:
    """Passes at the times that they ask for."""
    until = sim.clock() + seconds
    while sim.clock() < until:
        sim.converge()
        plan = sim.run_pass()  # the answers of looks have come
        sim.clock.now = min(until, plan.wake_at or until)
    sim.converge()


def test_a_moved_tag_rolls_a_deployment(sim: Simulation) -> None:
    sim.desired = desired_from(deployment())
    let_pass(sim, 3 * POLL)
    before = ids(sim)
    sim.engine.registries.contents["web:1"] = "second"
    let_pass(sim, 2 * POLL)
    assert contents(sim) == {compute_digest("second")}
    assert not ids(sim) & before
    assert len(ids(sim)) == 2
    (event,) = (each.event for each in sim.history.events() if each.event.reason == "ImageMoved")
    assert (str(event.about), compute_digest("second") in event.message) == ("Deployment default/web", True)


def test_a_moved_tag_replaces_a_bare_pod_that_runs_for_ever(sim: Simulation) -> None:
    sim.desired = desired_from(pod())
    let_pass(sim, POLL / 2)
    sim.engine.registries.contents["web:1"] = "second"
    let_pass(sim, 2 * POLL)
    assert contents(sim) == {compute_digest("second")}
    killed = [each.event.message for each in sim.history.events() if each.event.reason == "Killing"]
    assert killed == ["Stopping container main: the tag of an image of it has moved"]


def test_a_bare_pod_that_ends_by_itself_is_not_run_again(sim: Simulation) -> None:
    sim.desired = desired_from(pod(more="restartPolicy: Never"))
    let_pass(sim, 3 * POLL)
    assert sim.engine.registries.looks == []


def test_the_first_look_rolls_nothing_though_what_runs_may_be_older() -> None:
    with simulation() as sim:
        sim.desired = desired_from(deployment())
        sim.converge()
        running = ids(sim)
        sim.engine.registries.contents["web:1"] = "second"
        sim.settings = Settings(image_poll=POLL)
        sim.restarted()
        let_pass(sim, 3 * POLL)
        assert sim.engine.registries.looks
        assert ids(sim) == running


def test_a_tag_that_moves_back_is_rolled_back(sim: Simulation) -> None:
    sim.desired = desired_from(deployment())
    let_pass(sim, POLL / 2)
    first = sim.find(next(iter(sim.alive())).labels["gitpod-sync.io/pod"]).labels[TEMPLATE_HASH]
    sim.engine.registries.contents["web:1"] = "second"
    let_pass(sim, 2 * POLL)
    del sim.engine.registries.contents["web:1"]
    let_pass(sim, 2 * POLL)
    assert contents(sim) == {compute_digest("web:1")}
    assert sim.find(next(iter(sim.alive())).labels["gitpod-sync.io/pod"]).labels[TEMPLATE_HASH] == first


def test_what_was_found_outlives_the_daemon_and_is_not_found_twice(sim: Simulation) -> None:
    sim.desired = desired_from(deployment())
    let_pass(sim, POLL / 2)
    sim.engine.registries.contents["web:1"] = "second"
    let_pass(sim, 2 * POLL)
    running = ids(sim)
    sim.settings = Settings()
    sim.restarted()
    let_pass(sim, 3 * POLL)
    assert ids(sim) == running


def test_a_dry_run_shows_the_moved_tag_and_what_will_be_done(sim: Simulation) -> None:
    sim.desired = desired_from(deployment())
    let_pass(sim, POLL / 2)
    sim.engine.registries.contents["web:1"] = "second"
    while not [each for each in sim.history.image_digests().values() if each.moved]:
        plan = sim.run_pass()
        sim.clock.now = max(sim.clock.now + 0.001, plan.wake_at or 0)
        sim.reconciler._collect()  # noqa: SLF001 - the answer is there, the pass that acts on it is not
    changes, plan = sim.dry_run()
    digest = compute_digest("second")
    assert f'{{"gitpod-sync.io/image-digests": "web:1@{digest}"}}' in render_changes(changes)
    assert plan.steps


@pytest.mark.parametrize(
    ("policy", "annotation", "image", "followed"),
    [
        ("Always", "", "web:1", True),
        ("IfNotPresent", "", "web:1", False),
        ("IfNotPresent", "true", "web:1", True),
        ("Always", "false", "web:1", False),
        ("Never", "true", "web:1", False),
        ("Always", "true", f"web@{compute_digest('x')}", False),
    ],
)
def test_which_tags_are_followed(sim: Simulation, policy: str, annotation: str, image: str, followed: bool) -> None:
    sim.engine.images.clear()
    if policy == "Never":
        sim.desired = desired_from(deployment(image))
        sim.converge()
    sim.desired = desired_from(deployment(image, policy=policy, annotation=annotation))
    sim.engine.registries.looks.clear()
    let_pass(sim, 2 * POLL)
    assert bool(sim.engine.registries.looks) == followed


def test_a_pod_that_keeps_its_image_pulls_it_again_for_a_moved_tag(sim: Simulation) -> None:
    sim.desired = desired_from(deployment(policy="IfNotPresent", annotation="true"))
    let_pass(sim, POLL / 2)
    sim.engine.registries.contents["web:1"] = "second"
    let_pass(sim, 2 * POLL)
    assert contents(sim) == {compute_digest("second")}


def test_without_a_poll_only_what_asks_for_it_is_followed() -> None:
    with simulation() as sim:
        sim.desired = desired_from(deployment())
        let_pass(sim, 1000)
        assert sim.engine.registries.looks == []
        sim.desired = desired_from(deployment(annotation="true"))
        let_pass(sim, 1000)
        assert 3 <= len(sim.engine.registries.looks) <= 5


def test_an_image_that_a_hand_pulled_is_no_drift(sim: Simulation) -> None:
    sim.desired = desired_from(deployment(policy="IfNotPresent"))
    sim.converge()
    running = ids(sim)
    sim.engine.registries.contents["web:1"] = "second"
    sim.engine.pull_image(PullImage("web:1"))
    let_pass(sim, 3 * POLL)
    assert ids(sim) == running


def test_a_registry_that_does_not_answer_is_asked_more_and_more_rarely(sim: Simulation) -> None:
    sim.desired = desired_from(deployment())
    sim.converge()

    looks = sim.engine.registries.looks
    looks.clear()
    sim.engine.absent.add("web:1")
    let_pass(sim, 3000)
    assert 4 <= len(looks) <= 6
    assert ids(sim)


def test_the_interval_is_drawn_and_doubles_up_to_an_hour() -> None:
    target = ImageTarget("web:1", (), 300.0)
    assert {270 <= compute_interval(target, 0, at) <= 330 for at in range(50)} == {True}
    assert len({compute_interval(target, 0, at) for at in range(50)}) > 20
    assert 540 <= compute_interval(target, 1, 7.0) <= 660
    assert compute_interval(target, 30, 7.0) <= 3960
    assert compute_interval(ImageTarget("web:1", (), 86400.0), 5, 7.0) <= 95040
