"""`status`: on one screen, what is in force, what is refused, what is wrong, and what is held."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.lock import acting
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.removal import Leaving, Removal
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.revisions import RefusedRevision
from tests.support.desk import beside_the_loop
from tests.support.repository import Repository
from tests.support.simulation import Simulation, desired_from

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1"}]}
"""
NOTHING = "apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}\n"


class Desk:
    """A person beside a loop that has taken a commit from a repository."""

    def __init__(self, root: Path, world: Simulation) -> None:
        self.root, self.world = root, world
        self.repository = Repository(root / "git")
        self.spec = SourceSpec("apps", str(self.repository.path))
        self.config = root / "config.toml"
        self.config.write_text(f'[[source]]\nname = "apps"\nurl = "{self.repository.path}"\n')

    def push(self, text: str) -> str:
        commit = self.repository.commit({"web.yaml": text})
        open_source(self.spec, self.root / "state").fetch(settled=False)
        self.world.desired = desired_from(text)
        self.world.history.record_good_revisions({self.spec.key: commit}, self.world.clock())
        return commit

    def type(self, *arguments: str) -> Result:
        own = ("--instance", "sim", "--state-dir", str(self.root / "state"), "--config", str(self.config))
        return CliRunner().invoke(cli, [*own, "status", *arguments])

    def object(self) -> Any:
        return json.loads(self.type("-o", "json").stdout)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with beside_the_loop(tmp_path, monkeypatch, "commands.status") as world:
        yield Desk(tmp_path, world)


def test_all_is_well(desk: Desk) -> None:
    commit = desk.push(WEB)
    desk.world.converge()
    desk.world.clock.advance(65)
    done = desk.type()
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "instance sim on the local engine: no daemon runs"
    assert lines[2].split() == ["SOURCE", "COMMIT", "AUTHOR", "AGE", "IN", "FORCE", "SUBJECT"]
    name, short, author, _, since, subject = lines[3].split()
    assert (name, short, author, since, subject) == ("apps", commit[:12], "a", "65s", "change")
    assert lines[5] == "1 of 1 workload ready, 2 of 2 pods ready"
    found = desk.object()
    assert found["well"]
    assert (found["sources"][0]["commit"], found["sources"][0]["author"]) == (commit, "a <a@example.org>")
    assert (found["workloads"], found["pods"]) == ({"ready": 1, "total": 1}, {"ready": 2, "total": 2})
    assert (found["wrong"], found["held"], found["differing"]) == ([], [], 0)


def test_whether_somebody_acts_is_told(desk: Desk) -> None:
    desk.push(WEB)
    with acting(desk.root / "state", "sim"):
        assert desk.object()["process"].isdigit()
        assert "process " in desk.type().stdout.splitlines()[0]


def test_a_refused_revision_is_told_with_what_is_wrong_in_it(desk: Desk) -> None:
    desk.push(WEB)
    desk.world.converge()
    findings = tuple(f"web.yaml:{number}:1: error: x [code]" for number in range(1, 21))
    refused = RefusedRevision("f" * 40, desk.world.clock(), findings, 25)
    desk.world.history.record_refused_revisions({desk.spec.key: refused})
    desk.world.clock.advance(30)
    done = desk.type()
    assert done.exit_code == 1
    assert "apps: ffffffffffff is refused since 30s: 25 errors" in done.stdout
    assert "  web.yaml:1:1: error: x [code]" in done.stdout
    assert "  … and 17 more; `gitpod-sync validate` shows all" in done.stdout
    assert len(desk.object()["sources"][0]["refused"]["findings"]) == 20


def test_what_is_wrong_is_told_and_fails(desk: Desk) -> None:
    desk.world.engine.behaviours["web:1"] = Behaviour(exits_after=1, exit_code=1)
    desk.push(WEB)
    for _ in range(6):
        desk.world.run_pass()
        desk.world.clock.advance(2)
    done = desk.type()
    assert done.exit_code == 1
    assert "0 of 1 workload ready, 0 of 2 pods ready" in done.stdout
    assert "  Deployment default/web: 0 of 2 available, 2 updated" in done.stdout
    assert "CrashLoopBackOff" in done.stdout


def test_what_could_not_be_done_is_told_also_when_it_is_to_be_tried_again(desk: Desk) -> None:
    desk.push(WEB)
    desk.world.converge()
    desk.world.hand.run("theirs", ContainerConfig("their:1", desk.world.instance.network))
    desk.push(NOTHING)
    for turn in range(4):
        desk.world.run_pass()
        desk.world.clock.advance(3600 if turn == 3 else 1)
    done = desk.type()
    assert done.exit_code == 1
    assert "network sim-pods: remove-network failed: network sim-pods has active endpoints" in done.stdout


def test_what_is_held_is_told_and_is_not_wrong(desk: Desk) -> None:
    desk.push(WEB)
    plan = desk.world.converge()
    for subject, verb in ((plan.decisions[0].workload, Verb.PAUSE), (NODE, Verb.CORDON)):
        desk.world.history.give_intervention(Intervention(subject, verb, at=desk.world.clock()))
    desk.world.clock.advance(10)
    done = desk.type()
    assert done.exit_code == 0
    head, paused, cordoned = done.stdout.splitlines()[-3:]
    assert head == "held:"
    assert paused.startswith("  Deployment default/web: ")
    assert "rollout pause" in paused or "paused" in paused
    assert paused.endswith("(for 10s)")
    assert cordoned == "  node simulated: cordoned: no pod comes to it, until `gitpod-sync uncordon` (for 10s)"


def test_what_waits_for_an_approval_is_told_with_the_word_for_it_and_is_not_well(desk: Desk) -> None:
    commit = desk.push(WEB)
    plan = desk.world.converge()
    removal = Removal(desk.spec.key, commit, "f" * 40, (Leaving(plan.decisions[0].workload, "web.yaml"),), empties=True)
    desk.world.history.record_held_removals([removal])
    done = desk.type()
    assert done.exit_code == 1
    assert not desk.object()["well"]
    *_, head, waiting = done.stdout.splitlines()
    assert head == "held:"
    assert waiting.startswith("  source apps: revision ffffffffffff asks for no workload any more; it would take away ")
    assert waiting.endswith(f"`gitpod-sync approve {removal.hash}` permits it")


def test_a_source_that_has_moved_on_is_told_where_no_daemon_follows_it(desk: Desk) -> None:
    before = desk.push(WEB)
    desk.world.converge()
    assert desk.object()["ahead"] == []
    commit = desk.repository.commit({"web.yaml": WEB.replace("web:1", "web:2")})
    line = f"the newest revision is {commit[:12]}, {before[:12]} is in force, and no daemon runs; "
    done = desk.type()
    # It may be on its way, and what is in force is there.
    assert done.exit_code == 0
    assert line in done.stdout
    (told,) = desk.object()["ahead"]
    assert told.startswith(line)
    with acting(desk.root / "state", "sim"):
        assert line not in desk.type().stdout


def test_what_was_met_already_is_not_told_as_new(desk: Desk) -> None:
    before = desk.push(WEB)
    plan = desk.world.converge()
    commit, now = desk.repository.commit({"web.yaml": NOTHING}), desk.world.clock()
    leaving = (Leaving(plan.decisions[0].workload, "web.yaml"),)
    desk.world.history.record_held_removals([Removal(desk.spec.key, before, commit, leaving, empties=True)])
    assert desk.object()["ahead"] == []
    desk.world.history.record_held_removals([])
    assert len(desk.object()["ahead"]) == 1
    desk.world.history.record_refused_revisions({desk.spec.key: RefusedRevision(commit, now, ("x",), 1)})
    assert desk.object()["ahead"] == []


def test_an_engine_that_does_not_answer_leaves_what_is_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = desk.push(WEB)

    @contextmanager
    def lend(*_arguments: object) -> Iterator[object]:
        raise EngineUnavailable("the engine does not answer", "check that it runs")
        yield

    monkeypatch.setattr("gitpod_sync.cli.commands.status.open_observer", lend)
    done = desk.type()
    assert done.exit_code == 1
    assert commit[:12] in done.stdout
    assert "  engine: the engine does not answer; check that it runs" in done.stdout
    assert desk.object()["pods"] is None


def test_before_anything_is_in_force_that_is_told(desk: Desk) -> None:
    desk.repository.commit({"web.yaml": WEB})
    done = desk.type()
    assert done.exit_code == 1
    assert "not known: nothing is in force that can be read" in done.stdout
    assert desk.object()["sources"][0]["commit"] is None


def test_what_there_is_too_much_of_for_one_screen_is_counted(desk: Desk) -> None:
    desk.push("\n---\n".join(WEB.replace("web", f"web-{number}") for number in range(60)))
    desk.world.run_pass()
    lines = desk.type().stdout.splitlines()
    assert len(lines) <= 24
    assert "more; look with `gitpod-sync get all -A`" in lines[-1]
    assert len(desk.object()["wrong"]) >= 60


def test_credentials_of_a_source_are_not_shown(desk: Desk) -> None:
    desk.config.write_text('[[source]]\nname = "apps"\nurl = "https://ann:hunter2@127.0.0.1:1/x.git"\n')
    for form in ("text", "json"):
        assert "hunter2" not in desk.type("-o", form).output
