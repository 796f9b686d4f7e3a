"""Pods with pull secrets, on the simulated engine and its registries."""

import json
from collections.abc import Iterator

import pytest

from gitpod_sync.operations.operations import Operation, PullImage
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

HOST, IMAGE = "registry.test", "registry.test/app:1"
RIGHT, WRONG = "correct-horse", "staple-battery"


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        made.engine.registries.logins[HOST] = {("me", RIGHT)}
        yield made


def pod(*secrets: str, name: str = "web", policy: str = "IfNotPresent") -> str:
    references = ", ".join(f"{{name: {each}}}" for each in secrets)
    return f"""\
---
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  imagePullSecrets: [{references}]
  containers: [{{name: main, image: "{IMAGE}", imagePullPolicy: {policy}}}]
"""


def secret(name: str, password: str, namespace: str = "default") -> str:
    content = json.dumps({"auths": {HOST: {"username": "me", "password": password}}})
    return f"""\
---
apiVersion: v1
kind: Secret
metadata: {{name: {name}, namespace: {namespace}}}
type: kubernetes.io/dockerconfigjson
stringData: {{.dockerconfigjson: {json.dumps(content)}}}
"""


def want(sim: Simulation, *manifests: str) -> None:
    sim.desired = desired_from("".join(manifests))


def reasons(plan: Plan) -> set[tuple[str, str]]:
    return {(each.key, each.reason) for each in plan.waiting}


def passes(sim: Simulation, seconds: int) -> list[Plan]:
    plans = []
    for _ in range(seconds):
        plans.append(sim.run_pass())
        sim.clock.advance(1)
    return plans


def test_the_logins_of_a_pod_s_secrets_are_offered_in_their_order(sim: Simulation) -> None:
    want(sim, pod("one", "two"), secret("one", WRONG), secret("two", RIGHT))
    sim.converge()
    assert sim.find("web", "main").alive


def test_secrets_of_another_namespace_count_for_nothing(sim: Simulation) -> None:
    want(sim, pod("login"), secret("login", RIGHT, namespace="other"))
    assert ("default/web", "ErrImagePull") in {pair for plan in passes(sim, 3) for pair in reasons(plan)}


def test_a_wrong_login_is_backed_off_from_and_holds_up_nobody_else(sim: Simulation) -> None:
    always = [pod("bad", policy="Always"), pod("good", name="other", policy="Always")]
    want(sim, *always, secret("bad", WRONG), secret("good", RIGHT))
    told = {pair for plan in passes(sim, 25) for pair in reasons(plan)}
    assert {("default/web", "ErrImagePull"), ("default/web", "ImagePullBackOff")} <= told
    assert ("default/other", "ErrImagePull") not in told
    assert sim.find("other", "main").alive


def test_a_login_that_was_put_right_is_tried_at_once(sim: Simulation) -> None:
    sim.engine.images.clear()
    want(sim, pod("login"), secret("login", WRONG))
    passes(sim, 60)
    began = sim.clock()
    want(sim, pod("login"), secret("login", RIGHT))
    sim.converge()
    assert sim.clock() - began < 1


def test_pods_with_the_same_login_share_one_pull(sim: Simulation) -> None:
    pulls: list[str] = []

    def note(operation: Operation) -> None:
        if isinstance(operation, PullImage):
            pulls.append(operation.reference)

    sim.engine.before = note
    want(sim, pod("one"), pod("two", name="other"), secret("one", RIGHT), secret("two", RIGHT))
    sim.converge()
    assert pulls == [IMAGE]


def test_an_image_that_is_there_is_used_whoever_pulled_it(sim: Simulation) -> None:
    want(sim, pod("login"), secret("login", RIGHT))
    sim.converge()
    want(sim, pod("login"), secret("login", RIGHT), pod(name="other"))
    sim.converge()
    assert sim.find("other", "main").alive


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("", "Secret default/login is not in the repository"),
        (
            "---\n{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {a: b}}\n",
            "Secret default/login is of the type Opaque",
        ),
    ],
)
def test_a_secret_that_gives_no_login_is_told_and_the_pull_goes_on(sim: Simulation, found: str, said: str) -> None:
    sim.engine.registries.logins.clear()
    want(sim, pod("login"), found)
    plan = sim.run_pass()
    assert ("default/web", "FailedToRetrieveImagePullSecret") in reasons(plan)
    sim.converge()
    (event,) = (each.event for each in sim.history.events() if each.event.reason == "FailedToRetrieveImagePullSecret")
    assert said in event.message
    assert "the image is pulled without" in event.message


def test_a_missing_secret_is_told_once_however_many_containers_need_it(sim: Simulation) -> None:
    two = pod("login").replace("containers: [", f'containers: [{{name: other, image: "{IMAGE}"}}, ')
    want(sim, two)
    plan = sim.run_pass()
    assert [each.reason for each in plan.waiting].count("FailedToRetrieveImagePullSecret") == 1


def test_nothing_of_a_login_is_in_a_plan_a_label_or_what_is_written_down(sim: Simulation) -> None:
    want(sim, pod("login"), secret("login", WRONG))
    said = []
    for plan in passes(sim, 15):
        said += [render_report((), plan), *map(repr, plan.steps), repr(plan.waiting)]
    said += [repr(dict(each.labels)) for each in sim.engine.observe(frozenset()).containers]
    said += [repr(sim.history.events()), repr(sim.history.failures())]
    assert any("PullImage" in each for each in said)
    assert not [each for each in said if WRONG in each]


def test_the_time_and_the_size_of_a_pull_are_told(sim: Simulation) -> None:
    want(sim, pod("login"), secret("login", RIGHT))
    sim.converge()
    (event,) = (each.event for each in sim.history.events() if each.event.reason == "Pulled")
    assert event.message.startswith(f'Successfully pulled image "{IMAGE}" in ')
    assert event.message.endswith("s. Image size: 1000000 bytes.")
