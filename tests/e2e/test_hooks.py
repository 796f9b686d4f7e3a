"""postStart and preStop of real containers, and their endings."""

import time

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def pod(*, hooks: str, grace: int = 20, main: str = "trap 'echo -main >> /log/order; exit 0' TERM") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  terminationGracePeriodSeconds: {grace}
  volumes: [{{name: log, hostPath: {{path: LOG}}}}]
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "echo main >> /log/order; {main}; while :; do sleep 1 & wait; done"]
    ports: [{{name: http, containerPort: 8080}}]
    volumeMounts: [{{name: log, mountPath: /log}}]
    lifecycle: {hooks}
"""


def note(word: str, after: float = 0) -> str:
    return f'{{exec: {{command: [/bin/sh, -c, "sleep {after}; echo {word} >> /log/order"]}}}}'


def written(stage: Stage) -> list[str]:
    path = stage.root / "log" / "order"
    return path.read_text().split() if path.exists() else []


def push(stage: Stage, text: str | None) -> None:
    stage.push({"app.yaml": text.replace("LOG", str(stage.root / "log")) if text else None, "other.yaml": ""})


def ready(stage: Stage) -> bool:
    return any(line.split()[1:2] == ["1/1"] for line in stage.ask("get", "pods").splitlines())


def test_hooks_run_after_the_start_and_before_the_end(stage: Stage) -> None:
    held = "while [ ! -e /log/go ]; do sleep 0.1; done; echo post >> /log/order"
    post_start = f'{{exec: {{command: [/bin/sh, -c, "{held}"]}}}}'
    push(stage, pod(hooks=f"{{postStart: {post_start}, preStop: {note('pre', 1)}}}"))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: "main" in written(stage))
        assert not ready(stage)
        (stage.root / "log" / "go").touch()
        eventually(lambda: ready(stage), what="postStart is over")
        assert written(stage) == ["main", "post"]
        push(stage, None)
        eventually(lambda: not stage.seen(), what="all gone")
    assert written(stage) == ["main", "post", "pre", "-main"]


def test_a_daemon_that_is_killed_runs_no_post_start_again_and_goes_on_with_the_ending(stage: Stage) -> None:
    push(stage, pod(hooks=f"{{postStart: {note('post')}, preStop: {note('pre', 3)}}}"))
    with stage.daemon(flags=["--allow-empty"]) as process:
        eventually(lambda: ready(stage))
        process.kill()
        process.wait()
    with stage.daemon(flags=["--allow-empty"]) as process:
        stage.wait_settled()
        push(stage, None)
        eventually(lambda: [each for each in stage.seen() if each.ending], what="its ending has begun")
        process.kill()
        process.wait()
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: not stage.seen(), what="all gone")
    order = written(stage)
    assert order[:2] == ["main", "post"]
    # preStop is delivered at least once, and never skipped; TERM comes after it.
    assert order.index("-main") > order.index("pre")


def test_a_pre_stop_that_hangs_is_cut_off_by_the_grace_period(stage: Stage) -> None:
    push(stage, pod(hooks=f"{{preStop: {note('pre', 60)}}}", grace=3))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: ready(stage))
        push(stage, None)
        began = time.monotonic()
        eventually(lambda: not stage.seen(), what="all gone")
        assert 3 <= time.monotonic() - began < 8
    assert written(stage) == ["main", "-main"]


def test_one_that_ignores_term_is_killed_at_the_deadline_and_not_before(stage: Stage) -> None:
    push(stage, pod(hooks="{preStop: {sleep: {seconds: 1}}}", grace=4, main="trap 'echo no >> /log/order' TERM"))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: ready(stage))
        push(stage, None)
        began = time.monotonic()
        eventually(lambda: not stage.seen(), what="all gone")
        assert 3.8 <= time.monotonic() - began < 8
    assert written(stage) == ["main", "no"]


def test_a_post_start_that_fails_ends_the_container_and_it_backs_off(stage: Stage) -> None:
    push(stage, pod(hooks='{postStart: {exec: {command: [/bin/sh, -c, "echo broken; exit 3"]}}}'))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: "CrashLoopBackOff" in stage.ask("get", "pods"), what="back-off")
    assert written(stage)[:2] == ["main", "-main"]
    assert "postStart of container main of pod default/app: the command ended with exit code 3" in stage.log()


def test_a_request_is_made_of_the_pod_before_it_is_told_to_end(stage: Stage) -> None:
    script = stage.root / "log" / "cgi-bin" / "note"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\necho $QUERY_STRING >> /log/order; printf 'Content-type: text/plain\\r\\n\\r\\nok'\n")
    script.chmod(0o755)
    serve = "/bin/httpd -p 8080 -h /log; trap 'echo -main >> /log/order; exit 0' TERM"
    push(stage, pod(hooks='{preStop: {httpGet: {port: http, path: "/cgi-bin/note?bye"}}}', main=serve))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: ready(stage))
        push(stage, None)
        eventually(lambda: not stage.seen(), what="all gone")
    assert written(stage) == ["main", "bye", "-main"]


def test_a_container_that_differs_from_its_template_is_ended_with_its_hook(stage: Stage) -> None:
    push(stage, pod(hooks=f"{{preStop: {note('pre')}}}"))
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: ready(stage))
    (container,) = stage.running()
    inspected = stage.client.inspect_container(container.id)
    # Somebody has put another container in its place, with another command.
    stage.client.remove_container(container.id, force=True)
    script = "trap 'echo -other >> /log/order; exit 0' TERM; while :; do sleep 1 & wait; done"
    made = stage.client.create_container(
        stage.image,
        ["/bin/sh", "-c", script],
        name=container.name,
        labels=dict(container.labels),
        host_config=stage.client.create_host_config(
            network_mode=inspected["HostConfig"]["NetworkMode"], binds=inspected["HostConfig"]["Binds"]
        ),
    )
    stage.client.start(made["Id"])
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: [each.labels[labels.ATTEMPT] for each in stage.running()] == ["1"], what="replaced")
        eventually(lambda: written(stage)[-3:] == ["pre", "-other", "main"], what=str(written(stage)))
