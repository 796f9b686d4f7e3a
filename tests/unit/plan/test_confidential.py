"""Of a container that cannot be started is told why, and nothing of Secrets."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitpod_sync.model.engine.container import ContainerConfig, Mount, MountKind
from gitpod_sync.model.pods.env import EnvFrom, EnvVar, EnvVarSource, KeyRef, ObjectRef
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.plan.config.confidential import compute_hidden, hide

SECRET = EnvVar("TOKEN", value_from=EnvVarSource(secret_key_ref=KeyRef("login", "token")))
PLAIN = EnvVar("COLOUR", value_from=EnvVarSource(config_map_key_ref=KeyRef("settings", "colour")))
WHY = "OCI runtime create failed: runc: exec: %s: stat %s: no such file or directory: unknown"


def answer(value: str, word: str, *, asked: Container | None = None) -> str:
    """What is told when the engine repeats the first word of a command that was made with the value."""
    container = asked or Container("main", "app:1", command=("$(TOKEN)",), env=(PLAIN, SECRET))
    config = ContainerConfig("app:1", "net", (word,), env={"TOKEN": value, "COLOUR": "blue"})
    return hide(WHY % (json.dumps(word, ensure_ascii=False), word), compute_hidden(container, config))


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["", "/opt/", "--token="]))
def test_of_a_word_made_with_a_secret_nothing_is_told(value: str, before: str) -> None:
    assume(value not in WHY)
    assert answer(value, before + value) == WHY % ('"***"', "***")


def test_all_that_is_not_of_a_secret_is_told() -> None:
    main = Container("main", "app:1", command=("/bin/blue",), env=(PLAIN, SECRET))
    assert "stat /bin/blue:" in answer("hunter2", "/bin/blue", asked=main)
    unused = answer("1", "/bin/web1", asked=Container("main", "app:1", command=("/bin/web1",), env=(SECRET,)))
    assert "stat /bin/web1:" in unused


def test_a_path_is_hidden_as_the_engine_cleans_it_and_a_text_of_lines_line_by_line() -> None:
    config = ContainerConfig("app:1", "net", env={"TOKEN": "first line\nsecond line\n"})
    mount = Mount("/data", MountKind.BIND, "/srv//hunter2/./x")
    main = Container("main", "app:1", env=(SECRET,))
    hidden = compute_hidden(main, ContainerConfig("app:1", "net", mounts=(mount,), env={"TOKEN": "hunter2/./x"}))
    assert hide("stat /srv/hunter2/x: permission denied", hidden) == "stat ***: permission denied"
    told = hide("in `second line`, after first line second line", compute_hidden(main, config))
    assert told == "in `***`, after ***"


@pytest.mark.parametrize(("name", "hidden"), [("SECRET_KEY", True), ("OTHER", False)])
def test_every_key_of_a_secret_is_one(name: str, hidden: bool) -> None:
    sources = (EnvFrom("SECRET_", secret_ref=ObjectRef("login")), EnvFrom("", ObjectRef("settings")))
    main = Container("main", "app:1", env_from=sources)
    found = compute_hidden(main, ContainerConfig("app:1", "net", env={name: "hunter2"}))
    assert found == (frozenset({"hunter2"}) if hidden else frozenset())
