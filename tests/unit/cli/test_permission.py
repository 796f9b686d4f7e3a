"""What `sync` and `diff` say of a source that would take everything away, on an engine within each process."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitpod_sync.cli.main import cli
from gitpod_sync.loop.lock import acting

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: b}]}\n"


class Person:
    """Types commands at a terminal, or has a program call them, where nobody can answer."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.source = root / "source"
        self.source.mkdir()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.source / name).write_text(text)

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit status of a command that nobody can answer, and all that it says."""
        done = CliRunner().invoke(cli, [*self._own, *arguments])
        return done.exit_code, done.output + (str(done.exception) if done.exception else "")

    def answer(self, answer: str, *arguments: str) -> tuple[int, str]:
        """The same at a terminal, where somebody types an answer."""
        ours, theirs = pty.openpty()
        try:
            os.write(ours, f"{answer}\n".encode())
            command = [sys.executable, "-m", "gitpod_sync", *self._own, *arguments]
            done = subprocess.run(
                command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
        finally:
            os.close(ours)
            os.close(theirs)
        return done.returncode, done.stdout

    @property
    def _own(self) -> tuple[str, ...]:
        return ("--engine", "simulated", "--state-dir", str(self._root / "state"), "--source", str(self.source))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    someone = Person(tmp_path)
    someone.write({"a.yaml": POD.replace("NAME", "one"), "b.yaml": POD.replace("NAME", "two")})
    assert someone.run("sync")[0] == 0
    return someone


def test_sync_refuses_an_empty_source_where_nobody_can_answer_and_says_how_to_permit_it(person: Person) -> None:
    person.write({"a.yaml": "", "b.yaml": ""})
    for command in ("sync", "diff"):
        status, said = person.run(command)
        assert status == 1
        assert "asks for no workload any more; 2 objects would go:" in said
        assert "Pod default/one (a.yaml is still there, but it is empty)" in said
        assert "--allow-empty" in said
    assert person.run("sync", "--allow-empty")[0] == 0
    # Nothing is in force by now, so there is nothing left to lose.
    assert person.run("sync")[0] == 0


def test_sync_asks_a_person_at_a_terminal(person: Person) -> None:
    (person.source / "a.yaml").unlink()
    (person.source / "b.yaml").unlink()
    status, said = person.answer("n", "sync")
    assert (status, "Permit it? [y/N]" in said) == (1, True), said
    assert person.answer("y", "sync")[0] == 0


def test_an_object_whose_file_is_a_link_by_now_is_missed_by_sync_and_diff(person: Person) -> None:
    (person.source / "b.yaml").unlink()
    (person.source / "b.yaml").symlink_to("a.yaml")
    status, said = person.run("diff")
    assert (status, "b.yaml is still there, but it is a symbolic link" in said) == (1, True), said
    (person.source / "b.yaml").unlink()
    # Whoever deletes the file asks for that.
    assert person.run("sync")[0] == 0


def test_another_source_without_any_workload_is_no_way_to_take_everything_away(person: Person, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, said = person.run("sync", "--source", str(tmp_path / "empty"))
    assert (status, "2 objects would go" in said) == (1, True), said


def test_what_a_sync_was_refused_for_can_be_approved(person: Person) -> None:
    assert "nothing waits for an approval" in person.run("approve")[1]
    (person.source / "a.yaml").write_text("")
    assert person.run("sync")[0] == 1
    status, said = person.run("approve")
    assert status == 0
    assert "loses objects whose files are still there; 1 object would go:" in said
    # The last line is to be typed as it stands.
    _, typed, rest = said.splitlines()[-1].split("`")
    assert rest == " permits it"
    program, *words = typed.split()
    assert (program, words[0]) == ("gitpod-sync", "approve")
    status, wrong = person.run("approve", "0" * 12)
    assert (status, "nothing waits for 000000000000" in wrong) == (1, True)
    # Where only a `diff` has come upon it there is nothing to approve, so that it names no hash.
    assert words[1] not in person.run("diff")[1]
    assert person.run(*words)[0] == 0
    assert person.run("sync")[0] == 0
    assert "nothing waits for an approval" in person.run("approve")[1]


def test_down_of_what_is_not_there_asks_nobody(person: Person) -> None:
    status, said = person.run("down")
    assert (status, "nothing is there" in said) == (0, True), said
    # It is in force no more, so that an empty source is no loss.
    person.write({"a.yaml": "", "b.yaml": ""})
    assert person.run("sync")[0] == 0


def test_down_beside_a_daemon_says_to_stop_that_first_and_nothing_else(person: Person, tmp_path: Path) -> None:
    with acting(tmp_path / "state", "gitpod-sync"):
        status, said = person.run("down", "--yes")
        assert status != 0
        assert said.endswith(
            "already acts for instance 'gitpod-sync'; stop it first, for it would make again what is taken away"
        )
        assert "let it do the work" in person.run("sync")[1]


def test_a_first_sync_may_find_nothing(tmp_path: Path) -> None:
    assert Person(tmp_path).run("sync")[0] == 0
