"""Commands that read several sources, one of which is not valid."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec:\n  containers: [{name: main, image: web}]\n"
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"


class Shell:
    """A configuration of two folders, and a simulated engine that is empty for every command."""

    def __init__(self, root: Path) -> None:
        self.one, self.two = root / "one", root / "two"
        self._config = root / "config.toml"
        sources = [f"[[source]]\nname = '{each.name}'\nurl = '{each}'\n" for each in (self.one, self.two)]
        self._config.write_text(f"state_dir = '{root}/state'\nengine = {{url = 'simulated'}}\n{''.join(sources)}")
        self.one.mkdir()
        self.two.mkdir()
        (self.one / "a.yaml").write_text(POD.replace("NAME", "a"))
        (self.two / "b.yaml").write_text(POD.replace("NAME", "b"))

    def type(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(self._config), *arguments])


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_what_is_valid_is_compared_and_converged_on_and_the_status_says_that_it_was_not_all(shell: Shell) -> None:
    assert shell.type("sync").exit_code == 0
    (shell.one / "a.yaml").write_text(BROKEN)
    (shell.two / "new.yaml").write_text(POD.replace("NAME", "new"))
    diff = shell.type("diff")
    assert diff.exit_code == 1
    assert "one/a.yaml:4:" in diff.stderr
    assert "source one: the newest revision, folder-" in str(diff.exception)
    assert all(f"Pod default/{name}" in diff.stdout for name in ("a", "b", "new")), diff.stdout
    before = shell.type("get", "pods")
    assert "is not valid" not in before.stderr, "diff has left a trace"
    sync = shell.type("sync")
    assert sync.exit_code == 1
    assert "workloads: 3, pods available: 3" in sync.stdout
    assert "source one: the newest revision" in str(sync.exception)


@pytest.mark.parametrize("command", [("get", "pods"), ("describe", "pod")])
def test_who_looks_is_told_which_source_is_refused_and_why(command: tuple[str, ...], shell: Shell) -> None:
    assert shell.type("sync").exit_code == 0
    (shell.one / "a.yaml").write_text(BROKEN)
    (shell.two / "new.yaml").write_text(POD.replace("NAME", "new"))
    shell.type("sync")
    told = shell.type(*command).stderr
    assert told.startswith("source one: the newest revision, folder-")
    assert "is not valid: 1 error; folder-" in told
    assert "\n  one/a.yaml:4:" in told
    assert "source two" not in told


def test_where_every_source_is_invalid_what_is_in_force_is_compared(shell: Shell) -> None:
    assert shell.type("sync").exit_code == 0
    for place in (shell.one / "a.yaml", shell.two / "b.yaml"):
        place.write_text(BROKEN)
    diff = shell.type("diff")
    assert diff.exit_code == 1
    assert all(f"Pod default/{name}" in diff.stdout for name in ("a", "b")), diff.stdout
    assert "source two: the newest revision" in str(diff.exception)


def test_a_config_map_of_a_source_that_is_new_is_told(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    config = tmp_path / "config.toml"
    both = config.read_text()
    config.write_text(both.partition("[[source]]\nname = 'two'")[0])
    assert shell.type("sync").exit_code == 0
    (shell.two / "c.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n")
    config.write_text(both)
    assert "+ ConfigMap default/new" in shell.type("diff").stdout


def test_where_nothing_new_is_valid_nothing_is_changed(shell: Shell) -> None:
    (shell.one / "a.yaml").write_text(BROKEN)
    done = shell.type("sync")
    assert done.exit_code == 1
    assert "the revision is not valid: 1 error; nothing was changed" in str(done.exception)
