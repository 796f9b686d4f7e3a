"""Images from a registry that asks for a login: pull secrets, the host's login, digests, moved tags, progress."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from tests.e2e.manifests import RUN
from tests.e2e.stage import Stage, eventually
from tests.support.registry import PASSWORD, USER, Registry, running_registry

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def registry(docker_engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    client = APIClient(base_url=docker_engine_url, version="auto")
    with running_registry(tmp_path_factory.mktemp("registry"), client) as found:
        yield found
    client.close()


@pytest.fixture
def stage(stage: Stage, registry: Registry) -> Iterator[Stage]:
    """Its containers go before the images that they use."""
    yield stage
    stage.leave_nothing()
    registry.leave_nothing()


@pytest.fixture
def no_login(tmp_path: Path) -> Mapping[str, str]:
    """A host that has never logged in anywhere."""
    folder = tmp_path / "docker"
    folder.mkdir()
    return {"DOCKER_CONFIG": str(folder)}


def pod(image: str, *, secret: str = "", policy: str = "IfNotPresent", name: str = "web") -> str:
    pulls = f"imagePullSecrets: [{{name: {secret}}}]" if secret else ""
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 2
  {pulls}
  containers:
  - {{name: main, image: "{image}", imagePullPolicy: {policy}, command: [/bin/sh, -c, "{RUN}"]}}
"""


def deployment(image: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 2
      imagePullSecrets: [{{name: login}}]
      containers:
      - {{name: main, image: "{image}", imagePullPolicy: Always, command: [/bin/sh, -c, "{RUN}"]}}
"""


def status(stage: Stage, name: str = "web") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stage.ask("get", "pods", name, "-o", "json"))
    container: dict[str, Any] = found["status"].get("containerStatuses", [{}])[0]
    return container


def waits_for(stage: Stage, reason: str, within: float = 30) -> str:
    """The message of the reason that the container waits for, once it does."""

    def look() -> str:
        waiting = status(stage).get("state", {}).get("waiting", {}) if "web" in stage.ask("get", "pods") else {}
        return str(waiting.get("message")) if waiting.get("reason") == reason else ""

    return eventually(look, within=within, what=lambda: f"{reason}: {stage.ask('get', 'pods')}")


def everything_kept(stage: Stage) -> str:
    """What is left of a run: the log, the database, and the labels of what runs."""
    path = stage.root / "state" / f"{stage.instance}.db"
    with closing(sqlite3.connect(path)) as database:
        kept = "\n".join(database.iterdump())
    return "\n".join((stage.log(), kept, *(str(each.labels) for each in stage.seen())))


def test_a_pull_secret_lets_a_pod_run_and_the_digest_is_told(
    stage: Stage, registry: Registry, no_login: Mapping[str, str]
) -> None:
    digest = registry.push("app:1")
    image = registry.reference("app:1")
    with stage.daemon(no_login):
        stage.push({"pod.yaml": pod(image, secret="login"), "secret.yaml": registry.secret("login")})
        eventually(lambda: stage.running("web"), what=lambda: f"the pod\n{stage.log()}")
    name = image.rpartition(":")[0]
    assert status(stage)["imageID"] == f"{name}@{digest}"
    described = stage.ask("describe", "pod", "web")
    assert f"{name}@{digest}" in described
    assert f'Successfully pulled image "{image}" in ' in described
    assert "Image size: " in described
    assert PASSWORD not in everything_kept(stage) + described


def test_a_wrong_login_is_told_and_backed_off_from_and_the_right_one_is_tried_at_once(
    stage: Stage, registry: Registry, no_login: Mapping[str, str]
) -> None:
    registry.push("app:2")
    image = registry.reference("app:2")
    with stage.daemon(no_login):
        wrong = registry.secret("login", "staple-and-nothing-else")
        stage.push({"pod.yaml": pod(image, secret="login"), "secret.yaml": wrong})
        assert "unauthorized" in waits_for(stage, "ErrImagePull")
        assert "ErrImagePull" in stage.ask("get", "pods")
        waits_for(stage, "ImagePullBackOff")
        stage.push({"secret.yaml": registry.secret("login")})
        # The next try of the wrong one would be 20 s after the second.
        eventually(lambda: stage.running("web"), within=10, what=lambda: f"the pod\n{stage.log()}")
    kept = everything_kept(stage) + stage.ask("events")
    assert "staple-and-nothing-else" not in kept
    assert PASSWORD not in kept


def test_without_its_secret_a_pod_says_so_and_the_login_of_the_host_is_tried(
    stage: Stage, registry: Registry, no_login: Mapping[str, str]
) -> None:
    registry.push("app:3")
    with stage.daemon(no_login):
        stage.push({"pod.yaml": pod(registry.reference("app:3"), secret="nowhere")})
        assert "no basic auth credentials" in waits_for(stage, "ErrImagePull")
        events = stage.ask("describe", "pod", "web")
        assert "FailedToRetrieveImagePullSecret" in events
        assert "Secret default/nowhere is not in the repository" in events
        # Somebody logs in on the host, while the daemon runs.
        (Path(no_login["DOCKER_CONFIG"]) / "config.json").write_text(registry.config())
        eventually(lambda: stage.running("web"), within=30, what=lambda: f"the pod\n{stage.log()}")


def test_a_credential_helper_of_the_host_is_asked(
    stage: Stage, registry: Registry, no_login: Mapping[str, str], tmp_path: Path
) -> None:
    registry.push("app:4")
    helper = tmp_path / "docker-credential-of-the-tests"
    answer = json.dumps({"Username": USER, "Secret": PASSWORD, "ServerURL": registry.host})
    helper.write_text(f"#!/bin/sh\nexec echo '{answer}'\n")
    helper.chmod(0o755)
    config = {"credHelpers": {registry.host: "of-the-tests"}}
    (Path(no_login["DOCKER_CONFIG"]) / "config.json").write_text(json.dumps(config))
    with stage.daemon({**no_login, "PATH": f"{tmp_path}:/usr/bin:/bin"}):
        stage.push({"pod.yaml": pod(registry.reference("app:4"))})
        eventually(lambda: stage.running("web"), what=lambda: f"the pod\n{stage.log()}")
    assert PASSWORD not in everything_kept(stage)


def test_an_image_by_its_digest_is_pulled_and_stays_it_when_the_tag_moves(
    stage: Stage, registry: Registry, no_login: Mapping[str, str]
) -> None:
    digest = registry.push("app:5", "first")
    image = f"{registry.reference('app')}@{digest}"
    with stage.daemon(no_login):
        stage.push({"pod.yaml": pod(image, secret="login"), "secret.yaml": registry.secret("login")})
        (first,) = eventually(lambda: stage.running("web"), what=lambda: f"the pod\n{stage.log()}")
        registry.push("app:5", "second")
        assert stage.inside("web", "echo $CONTENT") == "first"
        stage.wait_settled()
        assert [each.id for each in stage.running("web")] == [first.id]
    assert status(stage)["imageID"] == image


def test_a_moved_tag_is_found_and_rolled_out(stage: Stage, registry: Registry, no_login: Mapping[str, str]) -> None:
    first = registry.push("app:latest", "first")
    config = stage.root / "config.toml"
    config.write_text(f'[pods]\nimage_poll = 1\n[[source]]\nurl = "{stage.repository}"\n')
    options = ("--config", str(config))

    def contents() -> set[str]:
        inspected = (stage.client.inspect_container(each.id)["Config"]["Env"] for each in stage.running("web"))
        return {value for env in inspected for value in env if value.startswith("CONTENT=")}

    with stage.daemon(no_login, options):
        manifest = deployment(registry.reference("app:latest"))
        stage.push({"web.yaml": manifest, "secret.yaml": registry.secret("login")})
        eventually(lambda: len(stage.running("web")) == 2, what=stage.log)
        before = stage.running("web")
        eventually(lambda: known_digests(stage).get(registry.reference("app:latest")) == first, what=stage.log)
        # Looking alone rolls nothing.
        stage.wait_settled()
        assert [each.id for each in stage.running("web")] == [each.id for each in before]
        registry.push("app:latest", "second")
        eventually(lambda: contents() == {"CONTENT=second"}, what=lambda: f"the second image\n{stage.log()}")
        stage.wait_settled()
    assert "has moved" in stage.ask("events")
    assert PASSWORD not in everything_kept(stage)


def known_digests(stage: Stage) -> Mapping[str, str]:
    """What the daemon has written down of tags."""
    with closing(sqlite3.connect(stage.root / "state" / f"{stage.instance}.db")) as database:
        return dict(database.execute("SELECT reference, latest FROM image_digest").fetchall())


def test_the_progress_of_a_pull_is_shown_while_it_lasts(
    stage: Stage, registry: Registry, no_login: Mapping[str, str]
) -> None:
    registry.push("app:6", padding=12_000_000)
    with registry.slow_door(300_000) as door, stage.daemon(no_login):
        image, secret = f"{door.host}/app:6", registry.secret("login", host=door.host)
        stage.push({"pod.yaml": pod(image, secret="login"), "secret.yaml": secret})
        eventually(lambda: "ContainerCreating" in stage.ask("get", "pods"), what=stage.log)
        said = eventually(
            lambda: next((line for line in stage.ask("describe", "pod", "web").splitlines() if " MB" in line), ""),
            what=lambda: f"progress\n{stage.log()}",
        )
        assert said.strip().startswith("Message:")
        assert "Pulling " in said
        assert " of 13 MB" in said or " of 12 MB" in said
        door.rate = 0
        eventually(lambda: stage.running("web"), what=lambda: f"the pod\n{stage.log()}")
        assert "MB" not in stage.ask("describe", "pod", "web")
