"""Configuration: a file, then the environment, then flags."""

from dataclasses import replace
from pathlib import Path

import pytest

from gitpod_sync.configuration.config import Config, Flags, load_config, sources_of
from gitpod_sync.configuration.node import KEYS as NODE_KEYS
from gitpod_sync.configuration.policy import KEYS, override_policy
from gitpod_sync.errors import ConfigError
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.manifests.yaml.limits import Limits
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect
from gitpod_sync.model.settings import LogSettings

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


def written(tmp_path: Path, text: str) -> Flags:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return Flags(config=path)


def test_the_file_is_read_and_flags_win(tmp_path: Path) -> None:
    flags = written(
        tmp_path,
        'instance = "prod"\nstate_dir = "/state"\n[engine]\nurl = "tcp://engine:1"\n'
        "[pods]\npids_limit = 64\nimage_poll = 300\nlog_max_size = '1Mi'\nlog_max_files = 3\n"
        '[[source]]\nname = "apps"\nurl = "/srv/apps.git"\nbranch = "main"\npath = "pods"\npoll = 5\n',
    )
    config = load_config(flags)
    assert (config.instance, str(config.state_dir), config.engine_url) == ("prod", "/state", "tcp://engine:1")
    assert (config.pods.pids_limit, config.pods.image_poll) == (64, 300.0)
    assert config.pods.logs == LogSettings(1024**2, 3)
    (source,) = config.sources
    assert (source.name, source.url, source.branch, source.path, source.poll) == (
        "apps",
        "/srv/apps.git",
        "main",
        "pods",
        5,
    )
    changed = load_config(Flags(instance="test", source="/other", path="x").over(flags))
    assert (changed.instance, changed.sources[0].url, changed.sources[0].path) == ("test", "/other", "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('instanse = "x"', "did you mean 'instance'"),
        ("[[source]]\nname = 'x'", "url is missing"),
        ("[[source]]\nurl = 'a'\n[[source]]\nurl = 'b'", "two sources have one name"),
        ("[[source]]\nurl = 'a'\npoll = 0", "poll must be a number of seconds above 0"),
        ("[[source]]\nurl = 'a'\npoll = inf", "poll must be a number of seconds above 0 and at most a week"),
        ("source = [5]", "1 must be a table"),
        ("source = 'a'", "write \\[\\[source\\]\\]"),
        ("instance = 5", "instance must be text"),
        ("instance = 'Prod_1'", "is not a valid name for an instance"),
        ("= x", "see config.example.toml"),
        ("pods = 1", "\\[pods\\] must be a table"),
        ("[pods]\nimage_poll = 0.5", "image_poll must be seconds from 1 to a week"),
        ("[pods]\nimage_poll = '5m'", "image_poll must be seconds from 1 to a week"),
        ("[engine]\nparallel_pulls = 0", "parallel_pulls must be from 1 to 32"),
        ("[pods]\npids_limit = -1", "pids_limit must be a whole number"),
        ("[pods]\npid_limit = 5", "did you mean 'pids_limit'"),
        ("[pods]\nlog_max_size = 'much'", "log_max_size: 'much' is not a valid quantity"),
        ("[pods]\nlog_max_size = true", "log_max_size must be a quantity"),
        ("[pods]\nlog_max_files = 1", "log_max_files must be a whole number of 2 or more"),
        ("[pods]\nlog_max_files = '5'", "log_max_files must be a whole number of 2 or more"),
        ("node = 1", "\\[node\\] must be a table"),
        ("[node]\ntaints = ['a']", "'a' is not a valid taint"),
        ("[node]\ntaints = ['a:Never']", "Never is not a valid effect of a taint"),
        ("[node]\ntaints = 'a:NoSchedule'", "taints must be a list"),
        ("[node]\nlabels = { 'a b' = 'c' }", "is not a valid label"),
        ("[node]\nlabels = { a = 5 }", "is not a valid label"),
        ("[node]\nlabels = { 'kubernetes.io/os' = 'linux' }", "follows from the engine"),
        ("[node]\nreserve_memory = 'much'", "is not a valid quantity"),
        ("[node]\nreserve_cpu = '-1'", "must be a quantity"),
        ("[node]\nreserve_cpu = true", "must be a quantity"),
        ("[node]\nreserve_cpus = 1", "did you mean 'reserve_cpu'"),
        ("[node]\npods = 0", "pods must be a whole number"),
        ("[node]\ndevices = { gpu = 1 }", "is not a valid number of devices"),
        ("manifests = 1", "write \\[manifests\\]"),
        ("[manifests]\nstrickt = true", "did you mean 'strict'"),
        ("[manifests]\nstrict = 'yes'", "strict must be true or false; write it like strict = true"),
        ("[manifests]\nignore_kinds = 'Unicorn'", "ignore_kinds must be a list of texts"),
        ("[manifests]\nignore_kinds = ['unicorn']", "'unicorn' names no kind; write it like Certificate"),
        ("[manifests]\ninclude = []", "include is empty, so nothing would be read"),
        ("[manifests]\ninclude = [1]", "include must be a list of texts"),
        ("[manifests]\nexclude = ['../a']", "exclude: the pattern '../a' leads out of the source"),
        ("[manifests]\nexclude = ['a\\']", "ends in a backslash; write two for a backslash that is meant"),
        ("[manifests]\nmax_file_bytes = 0", "a whole number from 1 to 52428800"),
        ("[manifests]\nmax_depth = 1000", "max_depth must be a whole number from 1 to 200"),
        ("[manifests]\nmax_aliased_values = true", "a whole number above 0; write it like max_aliased_values = 50000"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(written(tmp_path, text))


def test_manifests_are_read_as_the_file_says(tmp_path: Path) -> None:
    text = """[manifests]
strict = true
ignore_kinds = ["Unicorn", "Dragon.zoo.example.org", "*.monitoring.coreos.com"]
include = ["pods/**/*.yaml"]
exclude = ["**/values-*.yaml", "pods/old/[ab]?.yaml"]
max_file_bytes = 1000
max_depth = 20
max_aliased_values = 30
"""
    assert load_config(written(tmp_path, f'state_dir = "/srv/state"\n{text}')).manifests == Policy(
        strict=True,
        ignore_kinds=("Unicorn", "Dragon.zoo.example.org", "*.monitoring.coreos.com"),
        include=("pods/**/*.yaml",),
        exclude=("**/values-*.yaml", "pods/old/[ab]?.yaml"),
        limits=Limits(file_bytes=1000, depth=20, aliased_nodes=30),
        state_dir="/srv/state",
    )
    plain = load_config(written(tmp_path, "[manifests]\nstrict = false")).manifests
    assert replace(plain, state_dir="") == Policy(state_dir="")


def test_a_list_that_flags_give_stands_in_for_the_one_of_the_file() -> None:
    policy = Policy(strict=True, ignore_kinds=("Unicorn",), exclude=("old/**",))
    nothing = override_policy(policy, strict=None, ignore_kinds=(), include=(), exclude=())
    assert nothing == policy
    given = override_policy(policy, strict=False, ignore_kinds=("Dragon",), include=("pods/**",), exclude=())
    assert given == Policy(ignore_kinds=("Dragon",), include=("pods/**",), exclude=("old/**",))


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_config(Flags(config=tmp_path / "none.toml"))


def test_the_file_of_the_machine_is_done_without_only_by_who_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert load_config(Flags(), without_file=True).sources == ()
    assert "may not be read by this user: going on without it" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="may not be read by this user; use sudo"):
        load_config(Flags())
    with pytest.raises(ConfigError, match="may not be read by this user"):
        load_config(Flags(config=tmp_path / "own.toml"), without_file=True)


def test_a_branch_without_its_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="belong to --source"):
        load_config(Flags(branch="main"))


def test_no_source_at_all_says_where_to_give_one() -> None:
    with pytest.raises(ConfigError, match="--source"):
        sources_of(Config())


def test_the_example_names_every_key_and_can_be_used() -> None:
    config = load_config(Flags(config=EXAMPLE))
    assert config.sources
    text = EXAMPLE.read_text()
    for key in ("instance", "state_dir", "url", "name", "branch", "path", "poll", *KEYS, *NODE_KEYS):
        assert f"\n{key} = " in text or f"\n# {key} = " in text or f"\n#{key} = " in text, key


def test_the_node_is_described_in_kubernetes_words(tmp_path: Path) -> None:
    text = (
        '[node]\nlabels = { disk = "ssd" }\ntaints = ["dedicated=build:NoSchedule", "old:NoExecute"]\n'
        'reserve_cpu = "500m"\nreserve_memory = "1Gi"\npods = 20\ndevices = { "nvidia.com/gpu" = 2 }\n'
    )
    node = load_config(written(tmp_path, text)).pods.node
    assert node == NodeSettings(
        {"disk": "ssd"},
        (Taint("dedicated", "build", TaintEffect.NO_SCHEDULE), Taint("old", "", TaintEffect.NO_EXECUTE)),
        {"cpu": 500, "memory": 1024**3},
        {"nvidia.com/gpu": 2},
        20,
    )
