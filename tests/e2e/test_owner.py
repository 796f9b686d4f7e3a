"""Two that would look after one instance, from different state directories."""

import subprocess

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually


def elsewhere(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of somebody else, who has the same instance name, and asks for nothing."""
    nothing = stage.root / "nothing"
    nothing.mkdir(exist_ok=True)
    command = stage.command(*arguments, options=("--state-dir", str(stage.root / "other"), "--source", str(nothing)))
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_second_owner_is_refused_until_it_takes_over_and_then_the_first_one_stops(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon() as daemon:
        eventually(lambda: stage.running("web"), what="the pod")
        (before,) = stage.running("web")
        for command in (("sync", "--allow-empty"), ("run", "--allow-empty"), ("down", "--yes")):
            done = elsewhere(stage, *command)
            assert done.returncode == 1
            assert f"state directory {stage.root / 'state'} on " in done.stderr
            assert "--take-over" in done.stderr
        assert elsewhere(stage, "diff", "--allow-empty").returncode == 2
        assert "web-" in elsewhere(stage, "get", "pods").stdout
        assert [each.id for each in stage.running("web")] == [before.id]
        done = elsewhere(stage, "sync", "--take-over", "--allow-empty")
        assert done.returncode == 0, done.stderr
        eventually(lambda: "nothing more is changed from here" in stage.log(), what=stage.log)
        assert not stage.seen()
        assert daemon.poll() is None
    assert elsewhere(stage, "sync").returncode == 0
    done = stage.run("sync")
    assert done.returncode == 1
    assert not stage.seen()
    assert stage.run("sync", "--take-over").returncode == 0
    assert stage.running("web")
    # Who takes everything away leaves nobody's instance behind.
    assert stage.run("down", "--yes").returncode == 0
    assert elsewhere(stage, "sync").returncode == 0
