"""What an engine is asked for that may lower scores, may not, or cannot start anything."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gitpod_sync.engines.docker.scores import Scores
from gitpod_sync.errors import EngineConflict, EngineError
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.status.history import History

LOWERED = {"Image": "app:1", "HostConfig": {"OomScoreAdj": -997, "NetworkMode": "net"}}


class Engine:
    """It starts a container whose score is `lowest` or more, and knows one that was created by an earlier process."""

    def __init__(self, lowest: int, began: str = "today") -> None:
        self.lowest = lowest
        self.began = began
        self.started: list[int] = []
        self.there: dict[str, Any] = {}

    def info(self) -> dict[str, str]:
        return {"ID": "an-engine"}

    def networks(self, names: list[str]) -> list[dict[str, str]]:
        bridge = [{"Name": "bridge", "Created": self.began}] if self.began else []
        return [{"Name": f"my-{names[0]}", "Created": "long ago"}, *bridge]

    def inspect_image(self, _reference: str) -> dict[str, str]:
        return {}

    def create_container_from_config(self, body: dict[str, Any], name: str) -> dict[str, str]:
        if name in self.there:
            raise EngineConflict("the name is already in use")
        self.there[name] = {"Id": name, "HostConfig": body["HostConfig"], "State": {"Status": "created"}}
        return {"Id": name}

    def inspect_container(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.there[name]
        return found

    def start(self, name: str) -> None:
        score = self.there[name]["HostConfig"]["OomScoreAdj"]
        self.started.append(score)
        if score < self.lowest:
            raise EngineError("can't get final child's PID from pipe: EOF")

    def remove_container(self, name: str, *, v: bool, force: bool) -> None:
        assert (v, force) == (True, True)
        del self.there[name]


def fitted(scores: Scores, engine: Engine, *, proven: bool = False) -> int:
    payload = scores.fit(engine, LOWERED, proven=lambda: proven)  # type: ignore[arg-type] # the calls that are made
    assert payload["HostConfig"]["NetworkMode"] == "net"
    score: int = payload["HostConfig"]["OomScoreAdj"]
    return score


@pytest.mark.parametrize(("lowest", "given", "tried"), [(-1000, -997, [-998]), (0, 0, [-998, 0])])
def test_one_trial_tells_what_the_engine_can_give(lowest: int, given: int, tried: list[int]) -> None:
    engine, scores = Engine(lowest), Scores(Instance("test"))
    assert [fitted(scores, engine) for _ in range(3)] == [given] * 3
    assert engine.started == tried
    assert engine.there == {}


def test_a_trial_that_was_broken_off_is_tidied_up_by_the_next() -> None:
    engine, scores = Engine(0), Scores(Instance("test"))
    engine.create_container_from_config(LOWERED, Instance("test").trial_name)
    assert fitted(scores, engine) == 0
    assert engine.there == {}


def test_nothing_is_tried_where_a_container_has_a_lowered_score_or_none_is_asked_for() -> None:
    engine, scores = Engine(0), Scores(Instance("test"))
    plain = {"HostConfig": {"OomScoreAdj": 1000}}
    assert scores.fit(engine, plain, proven=lambda: False) == plain  # type: ignore[arg-type] # no call is made
    assert fitted(scores, engine, proven=True) == -997
    assert engine.started == []


def test_an_engine_that_can_start_nothing_is_tried_again_later() -> None:
    now = [0.0]
    engine, scores = Engine(2000), Scores(Instance("test"), lambda: now[0])
    assert [fitted(scores, engine) for _ in range(3)] == [-997] * 3
    assert engine.started == [-998, 0]
    engine.lowest, now[0] = 0, 61.0
    assert fitted(scores, engine) == 0


@pytest.mark.parametrize(("lowest", "left"), [(0, set()), (-1000, {"sandbox"})])
def test_what_was_created_with_a_score_that_cannot_be_given_is_removed(lowest: int, left: set[str]) -> None:
    engine, scores = Engine(lowest), Scores(Instance("test"))
    engine.create_container_from_config({"HostConfig": {"OomScoreAdj": -998}}, "sandbox")
    scores.remove_unfit(engine, "sandbox")  # type: ignore[arg-type] # the calls that are made
    assert set(engine.there) == left


@pytest.mark.parametrize(("lowest", "given"), [(-1000, -997), (0, 0)])
def test_another_process_remembers_what_was_tried_until_the_engine_was_started_anew(
    tmp_path: Path, lowest: int, given: int
) -> None:
    def give(engine: Engine) -> int:
        with closing(History(tmp_path / "state.db")) as history:
            return fitted(Scores(Instance("test"), trials=history), engine)

    first, second = Engine(lowest), Engine(lowest)
    assert [give(first), give(second)] == [given, given]
    assert first.started
    assert second.started == []
    other = Engine(0 if lowest else -1000, began="tomorrow")
    assert give(other) == (0 if lowest else -997)
    assert other.started


def test_of_an_engine_without_a_bridge_nobody_knows_since_when_it_runs_and_nothing_is_remembered(
    tmp_path: Path,
) -> None:
    engine = Engine(0, began="")
    with closing(History(tmp_path / "state.db")) as history:
        for _ in range(2):
            assert fitted(Scores(Instance("test"), trials=history), engine) == 0
    assert engine.started == [-998, 0] * 2
