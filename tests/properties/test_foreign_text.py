"""Whatever people write into manifests, and containers leave behind: no command lets it act on a terminal."""

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from gitpod_sync.cli.door import LineFormatter
from gitpod_sync.cli.main import _COMMANDS
from gitpod_sync.cli.progress import TableProgress
from gitpod_sync.engines.memory.console import MemoryConsole
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.inert import inert, one_line
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.revisions import RefusedRevision
from tests.support.desk import Terminal, beside_the_loop
from tests.support.door import Typed, typed
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

TRICKS = (
    *("\x1b]0;title\x07", "\x1b]52;c;Y2F0\x07", "\x1b]8;;http://x\x1b\\", "\x1b[2J", "\x1b[31m", "\x1b[1A\x1b[2K"),
    *("\x9b31m", "\x9d0;title\x9c", "\x90q\x9c", "\x85", "\r", "\b\b", "\x7f", "\x0b", "\x0c"),
    *("\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2028", "\u00ad", "\U000e0041", "we\u200db"),
    *("\nin sync with 0123abc", "\t", "[bold]", "[/]", "%s", "{}", "ü", "🙂"),
)
ALL = "".join(TRICKS)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
HOSTILE = st.lists(st.sampled_from(TRICKS) | ANY, min_size=1, max_size=8).map(lambda parts: "".join(["<", *parts, ">"]))

MANIFESTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {kubernetes.io/change-cause: TEXT, example.org/note: TEXT}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {example.org/note: TEXT}}
    spec:
      containers:
      - {name: main, image: "web:1", command: [TEXT], args: [TEXT], env: [{name: A, value: TEXT}], workingDir: /TEXT}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, annotations: {example.org/note: TEXT}}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: "web:1", args: [TEXT]}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, annotations: {example.org/note: TEXT}}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: main, image: "web:1", args: [TEXT]}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: failed, annotations: {example.org/note: TEXT}}
spec: {restartPolicy: Never, containers: [{name: main, image: "fails:1", args: [TEXT]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: broken}
spec: {containers: [{name: main, image: "broken:1"}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, annotations: {example.org/note: TEXT}}
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: main, image: "job:1", args: [TEXT]}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, annotations: {example.org/note: TEXT}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "job:1", args: [TEXT]}]}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, annotations: {example.org/note: TEXT}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 1
  metrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 1}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, annotations: {example.org/note: TEXT}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: TEXT}
"""

KINDS = ("pod", "deployment", "statefulset", "daemonset", "job", "cronjob", "hpa", "pdb", "node")
FORMS: tuple[tuple[str, ...], ...] = ((), ("-o", "wide"), ("-o", "json"), ("-o", "yaml"))

TYPED: dict[str, list[tuple[str, ...]]] = {
    "validate": [("-o", each) for each in ("text", "json", "sarif", "github")],
    "diff": [(), ("-o", "json")],
    "sync": [],  # has a test of its own
    "run": [],  # has a test of its own
    "get": [(kind, *form) for kind in ("all", "events", *KINDS) for form in FORMS] + [("pods", "TEXT"), ("TEXT",)],
    "describe": [*((kind,) for kind in KINDS), ("pod", "TEXT"), ("TEXT",)],
    "rollout": [
        *(("status", each, "--no-watch") for each in ("deployment/web", "statefulset/db", "daemonset/agent")),
        *(
            ("history", each, *form)
            for each in ("deployment/web", "statefulset/db")
            for form in ((), ("--revision=1",))
        ),
        *(("history", "deployment/web", "--revision=1", "-o", form) for form in ("json", "yaml")),
        *((verb, "deployment/web") for verb in ("pause", "resume", "undo", "restart")),
        ("status", "deployment/TEXT"),
    ],
    "events": [(), ("-A",), ("-o", "json"), ("-o", "yaml"), ("--for", "pod/TEXT")],
    "logs": [("TEXT",), ("failed", "-c", "TEXT")],
    "exec": [("failed", "-c", "TEXT", "--", "TEXT"), ("TEXT", "--", "true")],
    "cp": [("failed:/none-TEXT", "/tmp/none"), ("TEXT:/a", "/tmp/none")],
    "port-forward": [("TEXT", "80")],
    "create": [("job", "now", "--from=cronjob/TEXT"), ("job", "TEXT", "--from=cronjob/nightly")],
    "top": [("pods",), ("pods", "TEXT"), ("pods", "--containers")],
    "cordon": [(), ("TEXT",)],
    "drain": [(), ("TEXT",)],
    "uncordon": [(), ("TEXT",)],
    "status": [(), ("-o", "json")],
    "approve": [(), ("TEXT",)],
    "down": [()],
    "config": [("check",), ("check", "-o", "json")],
}


def test_every_command_is_tried() -> None:
    assert TYPED.keys() == _COMMANDS.keys()


class Stage(Terminal):
    """Commands as their processes have them, beside a loop whose manifests and containers hold a text."""

    def __init__(self, root: Path, world: Simulation) -> None:
        super().__init__(root, world)
        self.console = MemoryConsole(world.engine)

    def door(self, *arguments: str) -> Typed:
        own = ("--instance", "sim", "--state-dir", str(self.root / "state"), "--source", str(self.root / "source"))
        return typed(*own, *arguments)


@contextmanager
def stage(root: Path, text: str) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch, beside_the_loop(root, patch) as world:
        behaviours = world.engine.behaviours
        behaviours["fails:1"] = Behaviour(exits_after=1, exit_code=3, message=text)
        behaviours["broken:1"] = Behaviour(fails_to_start=text)
        behaviours["job:1"] = Behaviour(exits_after=1)

        @contextmanager
        def lend(*_arguments: object, **_words: object) -> Iterator[object]:
            yield world.engine

        here = Stage(root, world)
        patch.setattr("gitpod_sync.cli.assembly._open_engine", lend)
        for opened in ("open_reader", "open_console"):
            patch.setattr(f"gitpod_sync.engines.open.{opened}", lambda *_: here.console)
        # As JSON, which YAML can read, and which needs no character that YAML refuses.
        here.write(all=MANIFESTS.replace("TEXT", json.dumps(text)).replace(f"/{json.dumps(text)}", "/"))
        for _ in range(6):
            world.run_pass()
            world.clock.advance(1)
        here.world.hand.kill(world.find("db-0", "main").id)
        event = Event(Key("Pod", "default", "failed"), "Told", text, EventType.WARNING)
        world.history.record_events([(event, world.clock())])
        refused = RefusedRevision("f" * 40, world.clock(), (text,), 1)
        world.history.record_refused_revisions({SourceSpec("source", str(root / "source")).key: refused})
        yield here


def texts_in(value: Any) -> Iterator[str]:
    """Every text of a document."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(each)


def check(done: Typed, arguments: tuple[str, ...], text: str) -> None:
    for said in (done.out, done.err):
        assert said == inert(said), (arguments, said)
        assert not any(line.startswith("in sync with 0123abc") for line in said.splitlines()), (arguments, said)
    assert "unexpected error" not in done.err, (arguments, done.err)
    form = arguments[-1] if "-o" in arguments[-2:] else ""
    if form in {"json", "yaml", "sarif"}:
        found = yaml.safe_load(done.out) if form == "yaml" else json.loads(done.out)
        if arguments[:2] in {("get", "deployment"), ("get", "events"), ("get", "pod")}:
            assert text in list(texts_in(found)), arguments


# A hundred commands each.
@given(HOSTILE)
@example(ALL)
@examples(2)
def test_no_command_lets_foreign_text_act(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with stage(tmp_path_factory.mktemp("stage"), text) as here:
        for command, ways in TYPED.items():
            for way in ways:
                arguments = (command, *(word.replace("TEXT", text) for word in way))
                check(here.door(*arguments), arguments, text)


SIMULATED = ("--instance", "sim", "--engine", "simulated")
PATH = "[bold][/]\u202ethere\u200b"
"""A path that a file can have: one with a control character is refused without being repeated."""

TITLE = "\x1b]0;title\x07\n\u202ethere"
ODD_POD = f"""\
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  containers:
  - name: main
    image: "web:1"
    volumeMounts: [{{name: settings, mountPath: /a, subPathExpr: $(A)}}]
    env: [{{name: A, value: {json.dumps(PATH)}}}]
  volumes: [{{name: settings, configMap: {{name: settings}}}}]
"""


def test_neither_does_sync(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "pod.yaml").write_text(ODD_POD)
    source = ("--source", str(tmp_path / "source"), "--state-dir", str(tmp_path / "state"))
    done = typed("sync", "--timeout", "2", *SIMULATED, *source)
    check(done, ("sync",), "")
    assert done.status == 1
    *_, last = done.err.splitlines()
    assert "has no file `[bold][/]\\u202ethere\\u200b`" in last


def test_neither_do_the_lines_of_a_live_table() -> None:
    progress, output = TableProgress(), io.StringIO()
    with simulation() as world:
        world.desired = desired_from(ODD_POD)
        world.run_pass()
        world.run_pass()
        _, plan = world.dry_run()
    progress.show(plan)
    Console(file=output, width=2000).print(progress.live.renderable)
    assert output.getvalue() == inert(output.getvalue())
    assert "[bold][/]" in output.getvalue()
    assert [line.split()[:1] for line in output.getvalue().splitlines()] == [["workload"], ["Pod"]]


@given(st.text(max_size=20))
def test_a_record_of_the_log_is_one_line(text: str) -> None:
    record = logging.LogRecord("name", logging.INFO, "", 0, "%s", (text,), None)
    line = LineFormatter("%(message)s").format(record)
    assert line == one_line(text)
    assert line == inert(line)
    assert "\n" not in line
    line.encode()


def test_a_record_keeps_the_lines_that_tell_where_it_failed() -> None:
    try:
        json.loads("?\x1b[2J")
    except json.JSONDecodeError:
        record = logging.LogRecord("name", logging.DEBUG, "", 0, "failed", (), sys.exc_info())
    assert LineFormatter("%(message)s").format(record).startswith("failed\nTraceback")


@given(st.text(max_size=20))
def test_what_is_taken_out_of_a_text_can_be_read_in_json(text: str) -> None:
    assert json.loads(inert(json.dumps(text, ensure_ascii=False))) == text
    assert inert(inert(text)) == inert(text)


def test_letters_that_need_joiners_keep_them_and_others_do_not() -> None:
    for kept in ("می\u200cخواهم", "👩\u200d👧", "naïve\ttab\nline", "日本\u3000語", "❤\ufe0f"):
        assert inert(kept) == kept
    assert inert("web\u200d") == "web\\u200d"
    assert inert("\u200dweb") == "\\u200dweb"


def test_an_ascii_stream_is_no_way_around_the_door(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gitpod_sync", "get", "pods", "\x9b31m\u202e\x1b[2J", *SIMULATED]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "GITPOD_SYNC_STATE_DIR": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=environment)
    assert b"\x1b" not in done.stderr
    assert b"\\u202e" in done.stderr


def test_bytes_of_containers_pass_as_they_are(tmp_path: Path) -> None:
    with stage(tmp_path, "<>") as here:
        found = here.world.find("db-0", "main")
        here.console.lines[found.id] = [(1.0, "\x1b[31mred\r\u202e")]
        assert here.door("logs", "db-0", "-p").out == "\x1b[31mred\r\u202e\n"
        here.console.command = lambda _words: (b"\x1b[2J\xff"[:4], 0)
        assert here.door("exec", "agent-simulated", "--", "x").status in {0, 1}


def test_the_log_of_the_daemon_is_inert(tmp_path: Path) -> None:
    config, log = tmp_path / "config.toml", tmp_path / "log"
    config.write_text(f'[[source]]\nname = {json.dumps(TITLE)}\nurl = "{tmp_path}/none"\n')
    command = [sys.executable, "-m", "gitpod_sync", "run", *SIMULATED, "--config", str(config)]
    with log.open("wb") as stream, subprocess.Popen([*command, "--state-dir", str(tmp_path)], stderr=stream) as daemon:
        deadline = time.monotonic() + 60
        while b"it is tried again" not in log.read_bytes() and daemon.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
    text = log.read_text()
    assert one_line(TITLE) in text
    assert text == inert(text)
    assert all(re.match(r"\d{4}-\d\d-\d\d ", line) for line in text.splitlines()), text
