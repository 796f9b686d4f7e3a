"""How it is said that a container is not as it should be."""

from dataclasses import replace

import pytest

from gitpod_sync.model.base.labels import ENV_DIGEST
from gitpod_sync.model.engine.container import ContainerConfig, LogRotation, Mount, MountKind, Sharing
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.plan.config.drift import compute_fixed_drift

WANTED = Mount("/data", MountKind.BIND, "/srv/data")


def told(*found: Mount, wanted: ContainerConfig) -> list[str]:
    return drift(wanted, replace(wanted, mounts=found))


def drift(wanted: ContainerConfig, found: ContainerConfig) -> list[str]:
    container = ObservedContainer("id", "name", found, ContainerStatus.RUNNING)
    return [str(each) for each in compute_fixed_drift(wanted, container)]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((WANTED,), []),
        ((), ["mounts[/data] is missing, not as in the template"]),
        ((replace(WANTED, read_only=True),), ["mounts[/data].read_only is True, not False"]),
        ((replace(WANTED, source="/srv"),), ["mounts[/data].source is /srv, not /srv/data"]),
        ((WANTED, Mount("/more", MountKind.BIND, "/")), ["mounts[/more] is set, not missing"]),
    ],
)
def test_mounts_that_differ_are_named_by_where_they_are(found: tuple[Mount, ...], words: list[str]) -> None:
    assert told(*found, wanted=ContainerConfig("app:1", "net", mounts=(WANTED,))) == words


def test_what_earlier_versions_did_not_ask_for_is_no_drift_and_what_somebody_else_asked_for_is() -> None:
    wanted = ContainerConfig("app:1", "host", uts=Sharing.NODE, stop_timeout=30, log=LogRotation(4096, 2))
    earlier = ContainerConfig("app:1", "host")
    other = replace(wanted, stop_timeout=7, log=None)
    assert drift(wanted, wanted) == drift(wanted, earlier) == []
    assert drift(wanted, other) == ["stop_timeout is 7, not 30"]
    assert drift(earlier, replace(earlier, uts=Sharing.NODE)) == ["uts is node, not private"]


def test_the_path_of_a_mount_may_hold_a_secret_and_is_not_told() -> None:
    wanted = ContainerConfig("app:1", "net", mounts=(replace(WANTED, source="/srv/hunter2"),), labels={ENV_DIGEST: "d"})
    assert told(WANTED, wanted=wanted) == ["mounts[/data] is another one, not as in the template"]
