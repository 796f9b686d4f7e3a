"""The table `[eviction]` of the configuration."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from gitpod_sync.configuration.config import Flags, load_config
from gitpod_sync.configuration.eviction import parse_eviction
from gitpod_sync.errors import ConfigError
from gitpod_sync.model.records.pressure import DEFAULT_EVICTION, EvictionSettings, Signal, Threshold

ROOT = Path(__file__).parents[3]


def parse(text: str) -> EvictionSettings:
    return parse_eviction(tomllib.loads(text), "config.toml: [eviction]")


def test_nothing_said_is_kubernetes_own() -> None:
    assert parse("") == DEFAULT_EVICTION


def test_the_example_says_the_defaults() -> None:
    assert load_config(Flags(config=ROOT / "config.example.toml")).pods.eviction == DEFAULT_EVICTION


def test_what_is_said_of_one_signal_leaves_the_others() -> None:
    found = parse('hard = {"memory.available" = "5%"}').thresholds
    assert found[0] == Threshold(Signal.MEMORY_AVAILABLE, Decimal(5), percent=True)
    assert found[1:] == DEFAULT_EVICTION.thresholds[1:]


@pytest.mark.parametrize("nothing", ["0", "0%"])
def test_a_threshold_of_nothing_is_none(nothing: str) -> None:
    signals = {each.signal for each in parse(f'hard = {{"nodefs.available" = "{nothing}"}}').thresholds}
    assert Signal.NODEFS_AVAILABLE not in signals
    assert len(signals) == 3


def test_a_soft_threshold_has_a_grace() -> None:
    found = parse('max_pod_grace = 5\nsoft = {"memory.available" = {below = "1Gi", grace = 90}}')
    assert found.thresholds[-1] == Threshold(Signal.MEMORY_AVAILABLE, Decimal(1024**3), grace=90)
    assert found.pod_grace == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('hard = {"memory.avaliable" = "5%"}', "did you mean 'memory.available'"),
        (
            'hard = {"memory.available" = 100}',
            "memory.available = 100 is not a valid threshold; write an amount or a share",
        ),
        ('hard = {"memory.available" = "much"}', "'much' is not a valid threshold"),
        ('hard = {"memory.available" = "101%"}', "can never be met, or always is"),
        ('soft = {"memory.available" = {below = "1Gi"}}', "below and grace belong together"),
        ('soft = {"memory.available" = "1Gi"}', "must be a table"),
        ("transition_period = -1", "transition_period must be a number of seconds"),
        ("hold = 3", "unknown key 'hold'"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert told in str(caught.value)
    assert "[eviction" in str(caught.value)
