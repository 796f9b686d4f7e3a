"""`config check`: every setting with where it comes from, and all that is wrong."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.configuration.config import Config, default_state_dir, parse_config
from gitpod_sync.configuration.config_lines import key_lines, line_of
from gitpod_sync.configuration.settings_in_force import DEFAULTS, SOURCE_DEFAULTS, key_of

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


def check(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, ["config", "check", *arguments], env=env)


def origins(done: Result) -> dict[str, str]:
    return {each["key"]: each["from"] for each in json.loads(done.stdout)["settings"]}


def test_every_setting_tells_where_it_comes_from(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'# ours\ninstance = "prod"\n\n[manifests]\ninclude = [\n  "pods/**",\n\n]\n[eviction.hard]\n'
        f'"memory.available" = "1Gi"\n[[source]]\nname = "apps"\nurl = "{tmp_path}"\n'
    )
    done = check(
        "--config", str(config), "--engine", "simulated", "-o", "json", env={"GITPOD_SYNC_STATE_DIR": "/state"}
    )
    assert done.exit_code == 0, done.stderr
    found = origins(done)
    assert found["instance"] == f"{config}:2"
    assert found["manifests.include"] == f"{config}:5"
    assert found['eviction.hard."memory.available"'] == f"{config}:10"
    assert found["source[1].url"] == f"{config}:13"
    assert found["source[1].poll"] == "default"
    assert found["engine.url"] == "flag --engine"
    assert found["state_dir"] == "variable GITPOD_SYNC_STATE_DIR"


def test_a_flag_before_the_command_wins_over_a_variable(tmp_path: Path) -> None:
    arguments = ["--instance", "typed", "config", "check", "--source", str(tmp_path), "-o", "json"]
    done = CliRunner().invoke(cli, arguments, env={"GITPOD_SYNC_INSTANCE": "of-the-shell"})
    settings = {each["key"]: each["value"] for each in json.loads(done.stdout)["settings"]}
    assert settings["instance"] == "typed"
    assert origins(done)["instance"] == "flag --instance"


def test_all_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        "[engine]\nparallel_pulls = 99\n[pods]\npids_limit = -1\n"
        "[[source]]\nname = 'a'\nurl = '/x'\n[[source]]\nurl = '/x'\npool = 5\n"
    )
    done = check("--config", str(config), env={"GITPOD_SYNC_INSTNCE": "x"})
    assert done.exit_code == 1
    told = [line for line in done.stderr.splitlines() if line.startswith(str(config))]
    assert told == [
        f"{config}:2: [engine]: parallel_pulls must be from 1 to 32; write parallel_pulls = 3",
        f"{config}:4: [pods]: pids_limit must be a whole number, 0 for no limit; write pids_limit = 4096",
        f"{config}:10: [[source]] 2: unknown key 'pool'; did you mean 'poll'?",
    ]
    assert "GITPOD_SYNC_INSTNCE is not a variable" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("= x", "see config.example.toml"),
        ("[[source]]\nurl = 'ext::sh'", "is not the address of a repository"),
        ("[[source]]\nurl = '/does/not/exist'", "does not exist"),
        ("[[source]]\nurl = 'https://h/x'\nbranch = '-x'", "is not a valid branch"),
        ("[[source]]\nurl = 'https://h/x'\npath = '../x'", "leads out of the source"),
        ("instance = 'Prod_1'", "is not a valid name for an instance"),
    ],
)
def test_what_cannot_be_used_fails(tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    done = check("--config", str(config))
    assert done.exit_code == 1
    assert words in done.stderr


def test_every_mistake_of_a_table_is_told_and_those_of_the_sources_beside_it(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[pods]\npids_limit = -1\nlog_max_files = 0\n[[source]]\nurl = '/does/not/exist'\n")
    told = check("--config", str(config)).stderr
    assert f"{config}:2: [pods]: pids_limit must be" in told
    assert f"{config}:3: [pods]: log_max_files" in told
    assert "/does/not/exist does not exist" in told


@pytest.mark.parametrize("is_repository", [True, False])
def test_a_path_that_the_source_does_not_have_is_told(tmp_path: Path, is_repository: bool) -> None:
    source, config = tmp_path / "apps", tmp_path / "config.toml"
    (source / "there").mkdir(parents=True)
    (source / "there" / "a.yaml").touch()
    if is_repository:
        git = ("git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@b")
        for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "a")):
            subprocess.run([*git, *arguments], check=True)
    for path, code in (("there", 0), ("gone", 1)):
        config.write_text(f"[[source]]\nurl = '{source}'\npath = '{path}'\n")
        done = check("--config", str(config))
        assert (done.exit_code, "gone" in done.stderr) == (code, bool(code)), done.output


def test_credentials_are_not_shown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[[source]]\nurl = 'https://ann:hunter2@example.org/x.git?token=hunter2'\n")
    for form in ("text", "json"):
        done = check("--config", str(config), "-o", form)
        assert "example.org/x.git" in done.stdout
        assert "hunter2" not in done.output


def test_every_key_of_the_example_is_a_setting() -> None:
    keys = {re.sub(r"\[\d+\]", "", key_of(path)) for path in key_lines(EXAMPLE.read_text())}
    commented = re.findall(r"^# ([a-z_]+) = ", EXAMPLE.read_text(), re.MULTILINE)
    known = {key_of(path) for path in DEFAULTS} | {f"source.{name}" for name in SOURCE_DEFAULTS}
    known |= {"state_dir", "engine.url"}
    tables = {key_of(path[:length]) for path in (*DEFAULTS, ("engine", "url"), ("source", "url")) for length in (1, 2)}
    assert keys - known - tables - {"node.labels.disk"} == set()
    assert {key.rpartition(".")[2] for key in known} >= set(commented)


def test_the_defaults_that_are_told_are_those_in_force() -> None:
    document: dict[str, object] = {}
    for path, value in DEFAULTS.items():
        table = document
        for part in path[:-1]:
            table = table.setdefault(str(part), {})  # type: ignore[assignment]
        table[str(path[-1])] = value
    written = parse_config({**document, "source": [{**SOURCE_DEFAULTS, "url": "/x"}]}, Path("x"))
    plain = parse_config({"source": [{"url": "/x"}]}, Path("x"))
    assert written.pods.eviction == plain.pods.eviction
    assert {**_fields(written), "pods": None} == {**_fields(plain), "pods": None}
    assert plain.state_dir == default_state_dir()


def _fields(config: Config) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def test_lines_are_found_whatever_a_key_is_written_like() -> None:
    text = 'a.b = """\nx = 1\n"""\n[c]\n"d.e" = {f = 1}\n[[g]]\n[g.h]\ni = 1\n[[g]]\n\n  j = [\n1]\n'
    assert tomllib.loads(text)
    lines = key_lines(text)
    assert lines["a", "b"] == 1
    assert lines["c", "d.e", "f"] == 5
    assert lines["g", 0, "h", "i"] == 8
    assert lines["g", 1, "j"] == 11
    assert line_of(lines, ("c", "d.e")) == 5
    assert line_of(lines, ("x",)) is None
