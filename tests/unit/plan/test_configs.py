"""A pod's template to what is asked of the engine."""

import pytest

from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.env import EnvVar
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate, Resources
from gitpod_sync.model.settings import DEFAULT_SETTINGS
from gitpod_sync.plan.config.container_config import compute_container_config, compute_limits
from gitpod_sync.plan.config.environment import Environment
from gitpod_sync.plan.config.variable_expansion import compute_environment


def config_of(container: Container) -> ContainerConfig:
    template = PodTemplate(PodSpec((container,)))
    identity = PodIdentity("default", "p", "uid", Key("Pod", "default", "p"), template, "hash")
    return compute_container_config(
        identity,
        container,
        Instance("sim"),
        sandbox="s",
        attempt=0,
        backoff=0,
        environment=Environment(compute_environment(container.env)),
        image=None,
        node=ObservedNode(),
        settings=DEFAULT_SETTINGS,
    )


CLEANED = {"": "", "/": "/", "//": "/", "/tmp/": "/tmp", "/tmp/../tmp": "/tmp", "/a//b/./c": "/a/b/c", "//a": "/a"} | {
    "/../..": "/",
    "a/..": ".",
    "./a/": "a",
}
"""Paths as written and as Go's filepath.Clean gives them; nothing means the image's own."""


@pytest.mark.parametrize("written", CLEANED)
def test_a_working_directory_is_asked_for_as_engines_keep_it(written: str) -> None:
    assert config_of(Container("m", "i:1", working_dir=written)).working_dir == CLEANED[written]


@pytest.mark.parametrize(
    ("command", "entrypoint"),
    [(None, None), ((), None), (("",), ()), (("$(EMPTY)",), ()), (("", "x"), ("", "x")), (("x",), ("x",))],
)
def test_one_empty_word_means_no_entrypoint(
    command: tuple[str, ...] | None, entrypoint: tuple[str, ...] | None
) -> None:
    assert config_of(Container("m", "i:1", command=command, env=(EnvVar("EMPTY"),))).entrypoint == entrypoint


LIMITS = {
    "memory: 64Mi": Limits(memory=64 * 1024**2, cpu_shares=2),
    "memory: 4Ei": Limits(cpu_shares=2),
    "memory: 1e30": Limits(cpu_shares=2),
    "cpu: 500m": Limits(cpu_quota=50_000, cpu_shares=512),
    "cpu: 1n": Limits(cpu_quota=1000, cpu_shares=2),
    "cpu: 257": Limits(cpu_quota=25_700_000, cpu_shares=262_144),
    "cpu: 1E": Limits(cpu_quota=2**44 - 1, cpu_shares=262_144),
}


@pytest.mark.parametrize("written", LIMITS)
def test_limits_stay_within_what_the_kernel_takes_and_the_engine_keeps(written: str) -> None:
    resource, _, amount = written.partition(": ")
    assert compute_limits(Resources(limits={resource: Quantity.parse(amount)})) == LIMITS[written]
