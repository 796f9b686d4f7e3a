"""A push is all it takes: manifests in Git become running pods, changed ones roll, removed ones go."""

import json
import signal
import urllib.request

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import classic_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=2) as response:
        page: bytes = response.read()
    return page.decode().strip()


def test_a_push_brings_pods_and_the_next_one_changes_them(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    with stage.daemon():
        eventually(lambda: len(stage.running("web")) == 2, what="two replicas")
        first = {each.labels[labels.UID] for each in stage.running("web")}
        stage.push({"web.yaml": deployment(replicas=3, version="2")})
        eventually(lambda: len(stage.running("web")) == 3, what="three replicas")
        eventually(lambda: not first & {each.labels[labels.UID] for each in stage.seen()}, what="the old pods gone")
        stage.wait_settled()


def test_the_containers_of_a_pod_share_its_address_and_its_volume(stage: Stage, free_port: int) -> None:
    stage.push({"classic.yaml": classic_pod(host_port=free_port, message="from the sidecar")})
    with stage.daemon():

        def served() -> bool:
            try:
                return fetch(f"http://127.0.0.1:{free_port}/") == "from the sidecar"
            except OSError:
                return False

        eventually(served, what="the page that the sidecar wrote, through the host's port")
        server, writer = (stage.running("classic", name)[0] for name in ("server", "writer"))
        (sandbox,) = stage.sandboxes()
        for container in (server, writer):
            mode = stage.client.inspect_container(container.id)["HostConfig"]["NetworkMode"]
            assert mode.removeprefix("container:") in {sandbox.id, sandbox.name}
        networks = stage.client.inspect_container(sandbox.id)["NetworkSettings"]["Networks"]
        (address,) = (network["IPAddress"] for network in networks.values())
        assert json.loads(stage.ask("get", "pods", "classic", "-o", "json"))["status"]["podIP"] == address


def test_what_leaves_git_leaves_the_host(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(), "classic.yaml": classic_pod()})
    with stage.daemon():
        eventually(lambda: len(stage.running()) == 4, what="two pods and a pod of two containers")
        stage.push({"web.yaml": None})
        eventually(lambda: not stage.running("web"), what="the Deployment's pods gone")
        assert len(stage.running("classic")) == 2
        stage.push({"classic.yaml": None, "README.md": "nothing left"})
        stage.approve()
        eventually(lambda: not stage.seen(), what="no container left")
        mine = {"label": f"{labels.INSTANCE}={stage.instance}"}
        eventually(lambda: not stage.client.networks(filters=mine), what="no network left")
        assert not stage.volumes()


def test_an_invalid_commit_changes_nothing_and_is_reported_with_its_place(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon():
        eventually(lambda: len(stage.running("web")) == 1)
        (before,) = stage.running("web")
        stage.push({"web.yaml": deployment(replicas=2).replace("image:", "imagePullpolicy: Never\n        image:")})
        eventually(lambda: "web.yaml:17" in stage.log(), what="the place of the error in the log")
        stage.client.kill(before.id)
        eventually(lambda: [each for each in stage.running("web") if each.id != before.id], what="drift repair")
        assert len(stage.running("web")) == 1
    # The last good revision stays in force over a restart too.
    with stage.daemon():
        eventually(lambda: "stays in force" in stage.log())
        for looks in (("get", "all"), ("describe", "deployment"), ("rollout", "status", "deployment/web")):
            assert "is not valid: " in stage.run(*looks).stderr
        stage.client.remove_container(stage.running("web")[0].id, force=True)
        eventually(lambda: len(stage.running("web")) == 1, what="drift repair by the last good revision")
        stage.push({"web.yaml": deployment(replicas=2)})
        eventually(lambda: len(stage.running("web")) == 2, what="the mended commit in force")
    assert not stage.run("get", "all").stderr


def test_term_ends_the_daemon_and_leaves_the_pods(stage: Stage) -> None:
    stage.push({"web.yaml": deployment()})
    with stage.daemon() as process:
        eventually(lambda: len(stage.running("web")) == 2)
        stage.wait_settled()
        before = {each.id for each in stage.running("web")}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert {each.id for each in stage.running("web")} == before


def test_what_cannot_change_is_refused_and_what_is_in_force_stays(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon():
        stage.wait_settled()
        stage.push({"web.yaml": deployment(replicas=3).replace("app: web", "app: other")})
        eventually(lambda: "[immutable-field]" in stage.log(), what="the refusal")
        refused = stage.run("diff")
        assert refused.returncode == 1
        assert "delete it in one commit and add it in the next" in refused.stderr
        assert len(stage.running("web")) == 1
        stage.push({"web.yaml": deployment(replicas=2)})
        eventually(lambda: len(stage.running("web")) == 2, what="the next valid commit")
