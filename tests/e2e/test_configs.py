"""ConfigMaps and Secrets reach the pods that ask for them, at the start and while they run."""

from functools import partial

import pytest

from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

APP = """\
apiVersion: v1
kind: Pod
metadata: {name: app, labels: {app: app}}
spec:
  terminationGracePeriodSeconds: 0
  volumes:
  - {name: settings, configMap: {name: settings}}
  - {name: login, secret: {secretName: login, defaultMode: 0440}}
  - {name: scratch, emptyDir: {}}
  - {name: memory, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
  - name: about
    downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "sleep 1000"]
    securityContext: {runAsUser: 1000, runAsGroup: 1000}
    env:
    - {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
    - {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
    - {name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    volumeMounts:
    - {name: settings, mountPath: /settings}
    - {name: login, mountPath: /login}
    - {name: scratch, mountPath: /scratch}
    - {name: memory, mountPath: /memory}
    - {name: about, mountPath: /about}
"""
PASSWORD = "correct-horse"
SECRET = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: login}}\nstringData: {{password: {PASSWORD}}}\n"


def settings(level: str, **more: str) -> str:
    data = "".join(f"  {key}: {value}\n" for key, value in {"level": level, **more}.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata:\n{data}"


def shows(stage: Stage, level: str) -> bool:
    return stage.inside("app", "cat /settings/level") == level


def test_settings_are_there_at_the_start_and_new_ones_reach_the_files_of_a_running_pod(stage: Stage) -> None:
    stage.push({"app.yaml": APP, "settings.yaml": settings("high", old="less"), "login.yaml": SECRET})
    with stage.daemon():
        eventually(stage.settled)
        (running,) = stage.running("app")
        assert stage.inside("app", "echo $LEVEL $PASSWORD") == f"high {PASSWORD}"
        assert stage.inside("app", "echo $ADDRESS") in stage.inside("app", "ip address")
        assert stage.inside("app", "cat /settings/level /about/labels") == 'highapp="app"'
        stage.push({"settings.yaml": settings("low", new="more")})
        eventually(partial(shows, stage, "low"))
        assert stage.inside("app", "ls /settings").split() == ["level", "new"]
        assert stage.inside("app", "echo $LEVEL") == "high"
        assert [each.id for each in stage.running("app")] == [running.id]


def test_a_reader_never_finds_half_of_a_change(stage: Stage) -> None:
    watch = "while :; do cat /settings/level /settings/twin 2>&1; usleep 2000; done"
    app = APP.replace("sleep 1000", watch)
    stage.push({"app.yaml": app, "settings.yaml": settings("a0", twin="a0"), "login.yaml": SECRET})
    with stage.daemon():
        eventually(stage.settled)
        (running,) = stage.running("app")
        for round_ in range(1, 6):
            stage.push({"settings.yaml": settings(f"a{round_}", twin=f"a{round_}")})
            eventually(partial(shows, stage, f"a{round_}"))
        eventually(lambda: b"a5a5" in stage.client.logs(running.id))
        seen = stage.client.logs(running.id).decode()
    assert "No such file" not in seen


def test_a_pod_waits_for_what_it_refers_to_with_the_reason_and_goes_on_when_it_comes(stage: Stage) -> None:
    stage.push({"app.yaml": APP, "login.yaml": SECRET})
    with stage.daemon():
        eventually(lambda: "ConfigMap default/settings is not in the repository" in stage.ask("diff"))
        assert stage.running("app") == []
        stage.push({"settings.yaml": settings("high")})
        eventually(lambda: stage.running("app"))


def test_volumes_are_writable_for_any_user_and_secrets_are_in_memory_only(stage: Stage) -> None:
    stage.push({"app.yaml": APP, "settings.yaml": settings("high"), "login.yaml": SECRET})
    with stage.daemon():
        eventually(stage.settled)
        assert stage.inside("app", "touch /scratch/a /memory/a && ls /scratch/a /memory/a") == "/memory/a\n/scratch/a"
        assert "No space" in stage.inside("app", "dd if=/dev/zero of=/memory/big bs=1M count=2 2>&1 || true")
        assert "Permission denied" in stage.inside("app", "cat /login/password 2>&1 || true")
        assert stage.inside("app", "grep ' /login ' /proc/mounts").startswith("tmpfs ")
        assert "Read-only" in stage.inside("app", "touch /settings/x 2>&1 || true")
    assert PASSWORD not in stage.log()
    for each in stage.seen():
        assert PASSWORD not in str(stage.client.inspect_container(each.id)["Config"]["Labels"])


def test_why_a_container_cannot_be_run_is_told_and_nothing_that_a_secret_holds(stage: Stage) -> None:
    container = """\
  - name: NAME
    image: IMAGE
    command: COMMAND
    env: [{name: WORD, valueFrom: {secretKeyRef: {name: login, key: password}}}]
    HOOK
"""
    hook = 'lifecycle: {postStart: {exec: {command: [/bin/sh, -c, "echo $WORD; exit 1"]}}}'
    refused = container.replace("NAME", "refused").replace("COMMAND", '["$(WORD)"]').replace("HOOK", "")
    hooked = container.replace("NAME", "hooked").replace("COMMAND", "[/bin/sleep, '1000']").replace("HOOK", hook)
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: app}}\nspec:\n  containers:\n{refused}{hooked}"
    stage.push({"app.yaml": pod, "login.yaml": SECRET})
    with stage.daemon():
        eventually(lambda: "could not be started" in stage.ask("events"), what="the refusal")
        eventually(lambda: "ended with exit code 1" in stage.log(), what="the hook's end")
    said = [stage.log(), *(stage.ask(*each) for each in (("events", "-o", "json"), ("describe", "pod", "app")))]
    said += [stage.ask(*each) for each in (("get", "pods", "-o", "json"), ("diff",), ("diff", "-o", "json"))]
    kept = [path.read_bytes().decode("latin-1") for path in (stage.root / "state").glob("*.db*")]
    assert kept
    assert not [text for text in (*said, *kept) if PASSWORD in text]
    why = 'exec: "***": executable file not found in $PATH'
    assert all(why in text for text in (stage.log(), stage.ask("events"), stage.ask("describe", "pod", "app")))
