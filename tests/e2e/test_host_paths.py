"""hostPath volumes with a type, on the node that the engine runs on."""

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def test_a_pod_waits_until_its_paths_are_what_they_have_to_be(stage: Stage) -> None:
    data = stage.root / "data"
    pod = bare_pod(
        "app",
        pod=f"""volumes: [
          {{name: folder, hostPath: {{path: {data}/folder, type: Directory}}}},
          {{name: log, hostPath: {{path: {data}/log/app.log, type: FileOrCreate}}}},
          {{name: made, hostPath: {{path: {data}/made/by/us, type: DirectoryOrCreate}}}},
          {{name: zero, hostPath: {{path: /dev/zero, type: CharDevice}}}}]""",
        container="""volumeMounts: [
          {name: folder, mountPath: /folder, readOnly: true}, {name: log, mountPath: /app.log},
          {name: made, mountPath: /made}, {name: zero, mountPath: /zero}]""",
    )
    data.mkdir()
    (data / "folder").touch()
    stage.push({"app.yaml": pod})
    with stage.daemon():
        failed = f"volume folder: hostPath type check failed: {data}/folder is not a directory"
        eventually(lambda: failed in stage.ask("events"), what="the event")
        eventually(lambda: "FailedMount" in stage.ask("get", "pods"), what="the reason in the list")
        eventually(lambda: f"open {data}/log/app.log: no such file" in stage.ask("diff"), what="the reason")
        assert stage.running("app") == []
        (data / "folder").unlink()
        (data / "folder").mkdir()
        (data / "log").mkdir()
        eventually(lambda: stage.running("app"), what="the pod runs")
        stage.wait_settled()
    stage.inside("app", "echo line >> /app.log; touch /made/a; test -c /zero")
    assert (data / "log" / "app.log").read_text() == "line\n"
    assert (data / "made" / "by" / "us" / "a").exists()
    assert "Read-only" in stage.inside("app", "touch /folder/a 2>&1 || true")
    assert [each.container for each in stage.seen()] == ["", "main"], "what only looked is gone"
