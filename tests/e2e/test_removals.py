"""No mistake takes away what runs: that needs the word of a person."""

import pytest

from tests.e2e.manifests import bare_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def started(stage: Stage) -> dict[str, str]:
    return {each.id: stage.client.inspect_container(each.id)["State"]["StartedAt"] for each in stage.seen()}


def test_files_that_are_truncated_under_a_daemon_end_nothing_until_somebody_approves(stage: Stage) -> None:
    folder = stage.root / "pods"
    folder.mkdir()
    (folder / "web.yaml").write_text(deployment(replicas=2).replace("IMAGE", stage.image))
    (folder / "one.yaml").write_text(bare_pod("one").replace("IMAGE", stage.image))
    options = ("--source", str(folder))
    with stage.daemon(options=options):
        eventually(lambda: len(stage.running("web")) == 2 and stage.running("one"), what="all pods")
        before = started(stage)
        for path in folder.iterdir():
            path.write_text("")
        eventually(lambda: "asks for no workload any more" in stage.log(), what="the refusal")
        assert "Deployment default/web (web.yaml is still there, but it is empty)" in stage.log()
        assert started(stage) == before
    with stage.daemon(options=options):
        eventually(lambda: stage.log().count("asks for no workload any more") == 2, what="the refusal after a restart")
        assert started(stage) == before
        stage.approve()
        eventually(lambda: not stage.seen(), what="the end of all, by a word")


def test_a_file_that_a_link_has_taken_the_place_of_is_missed_and_the_rest_of_the_commit_waits(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1), "one.yaml": bare_pod("one")})
    stage.sync()
    before = started(stage)
    stage.link("one.yaml", "web.yaml")
    for command in ("diff", "sync"):
        refused = stage.run(command)
        assert refused.returncode == 1
        assert "Pod default/one (one.yaml is still there, but it is a symbolic link" in refused.stderr
        assert "--allow-empty" in refused.stderr
    assert "`gitpod-sync approve` shows" in stage.run("get", "pods").stderr
    assert started(stage) == before
