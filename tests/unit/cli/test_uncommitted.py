"""What a person works at, and what is read and in force, are told apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.loop.lock import acting
from tests.support.repository import Repository

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec:\n  containers: [{name: main, image: web}]\n"

Type = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.commit({"a.yaml": POD.replace("NAME", "a")})
    return made


@pytest.fixture
def type_in(tmp_path: Path, repository: Repository) -> Type:
    own = ("--state-dir", str(tmp_path / "state"), "--engine", "simulated", "--source", str(repository.clone))
    return lambda *arguments: CliRunner().invoke(cli, [*arguments, *own])


def test_diff_says_which_manifests_are_not_committed(repository: Repository, type_in: Type) -> None:
    assert "not committed" not in type_in("diff").stderr
    (repository.clone / "a.yaml").write_text(POD.replace("NAME", "b"))
    for number in range(7):
        (repository.clone / f"new-{number}.yaml").write_text("")
    done = type_in("diff")
    assert "not committed, and so not read: a.yaml (changed), new-0.yaml (new), " in done.stderr
    assert done.stderr.rstrip().endswith(" and 3 more")
    assert "Pod default/a" in done.stdout
    repository.git("checkout", "--quiet", "-b", "feature")
    told = type_in("diff", "--branch", "main").stderr
    assert "branch main at " in told
    assert told.rstrip().endswith("the work tree has feature checked out")


def test_validate_without_a_path_says_what_it_does_not_read(repository: Repository, type_in: Type) -> None:
    assert "not committed" not in type_in("validate").stderr
    (repository.clone / "new.yaml").write_text("")
    assert "not committed, and so not read: new.yaml (new)" in type_in("validate").stderr


def test_get_says_that_the_repository_has_moved_on_where_nobody_follows_it(
    repository: Repository, type_in: Type, tmp_path: Path
) -> None:
    assert type_in("sync").exit_code == 0
    assert not type_in("get", "pods").stderr
    commit = repository.commit({"a.yaml": POD.replace("NAME", "b")})
    told = type_in("get", "pods").stderr
    assert f"the newest revision is {commit[:12]}, " in told
    assert "no daemon runs" in told
    with acting(tmp_path / "state", "gitpod-sync"):
        assert "no daemon runs" not in type_in("get", "pods").stderr
