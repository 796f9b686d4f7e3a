"""An instance has one owner; a second one changes nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import DiskFull, InstanceTaken
from gitpod_sync.loop.ownership import Ownership, read_own, release_instance
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.ownership import Owner, compute_owner
from gitpod_sync.operations.operations import RemoveVolume
from tests.support.simulation import desired_from, simulation

SIM = Instance("sim")
HERE = compute_owner("machine", "here", "/var/lib/gitpod-sync")
THERE = compute_owner("machine", "here", "/home/a/.local/state/gitpod-sync")

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1"}]}
"""


class Side:
    """One of those who would act on the engine."""

    def __init__(self, engine: MemoryEngine, owner: Owner, *, take_over: bool = False) -> None:
        self._engine = engine
        self._ownership = Ownership(engine, SIM, owner, take_over=take_over)

    def look(self, *, fresh: bool = False) -> None:
        self._ownership.check(self._engine.observe(frozenset()), fresh=fresh)


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(SIM, lambda: 0.0)


def marked(engine: MemoryEngine) -> str:
    return engine.volumes["sim_owner"][labels.INSTANCE_OWNER]


def test_the_first_that_comes_is_the_owner_and_a_second_one_is_refused_with_the_remedy(engine: MemoryEngine) -> None:
    Side(engine, HERE).look()
    for _ in range(2):
        with pytest.raises(InstanceTaken, match=r"/var/lib/gitpod-sync on here; .*--instance.*--take-over"):
            Side(engine, THERE).look()
    Side(engine, HERE).look()


def test_of_two_that_come_at_the_same_moment_one_is_the_owner(engine: MemoryEngine) -> None:
    seen = engine.observe(frozenset())
    first, second = Ownership(engine, SIM, HERE), Ownership(engine, SIM, THERE)
    first.check(seen, fresh=False)
    with pytest.raises(InstanceTaken):
        second.check(seen, fresh=False)


def test_who_takes_over_is_the_owner_and_who_was_it_changes_nothing_more(engine: MemoryEngine) -> None:
    before, after = Side(engine, HERE), Side(engine, THERE, take_over=True)
    before.look()
    after.look()
    for fresh in (False, True):
        with pytest.raises(InstanceTaken):
            before.look(fresh=fresh)
    after.look()
    # Not even between the two halves of a further change of hands, nor by having said --take-over once.
    engine.volumes.clear()
    with pytest.raises(InstanceTaken):
        before.look()
    Side(engine, HERE, take_over=True).look()
    with pytest.raises(InstanceTaken):
        after.look()


def test_a_mark_that_was_pruned_is_made_again_by_a_full_look_and_not_sooner(engine: MemoryEngine) -> None:
    side = Side(engine, HERE)
    side.look()
    engine.volumes.clear()
    side.look()
    assert not engine.volumes
    side.look(fresh=True)
    assert marked(engine) == HERE.digest


def test_a_volume_of_that_name_that_says_nothing_is_somebody_elses(engine: MemoryEngine) -> None:
    engine.volumes["sim_owner"] = {}
    with pytest.raises(InstanceTaken, match="an unknown owner"):
        Side(engine, HERE).look()
    Side(engine, HERE, take_over=True).look()
    assert marked(engine) == HERE.digest


def test_on_an_engine_without_room_for_the_mark_pods_are_looked_after(
    engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_labels: Mapping[str, str]) -> Mapping[str, str]:
        raise DiskFull

    monkeypatch.setattr(engine, "own_instance", refuse)
    side = Side(engine, HERE)
    side.look()
    side.look(fresh=True)
    assert caplog.text.count("cannot be marked as ours") == 1


def test_a_state_directory_that_was_lost_or_is_reached_by_a_link_is_the_same_owner(tmp_path: Path) -> None:
    state = tmp_path / "state"
    before = read_own(state, "machine")
    state.mkdir()
    (tmp_path / "link").symlink_to(state)
    assert read_own(state, "machine") == read_own(tmp_path / "link", "machine") == before
    assert read_own(state, "another").digest != before.digest
    assert read_own(tmp_path, "machine").digest != before.digest
    assert "machine" not in f"{before}"


def test_in_a_container_the_host_name_stands_for_the_machine_unless_it_is_given_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "machine-id").write_text("0123\n")
    monkeypatch.setattr("gitpod_sync.loop.ownership._MACHINE_ID", (tmp_path / "machine-id",))
    monkeypatch.setattr("socket.gethostname", lambda: "host")
    monkeypatch.setattr("gitpod_sync.loop.ownership._CONTAINER", (tmp_path / "none",))
    assert read_own(tmp_path) == compute_owner("0123", "host", str(tmp_path))
    monkeypatch.setattr("gitpod_sync.loop.ownership._CONTAINER", (tmp_path,))
    assert read_own(tmp_path) == compute_owner("host", "host", str(tmp_path))
    assert read_own(tmp_path, "given") == compute_owner("given", "host", str(tmp_path))


def test_the_mark_is_no_leftover_no_drift_and_no_trace_of_earlier_jobs() -> None:
    with simulation() as world:
        world.desired = desired_from(WEB)
        world.converge()
        Ownership(world.engine, world.instance, HERE).check(world.engine.observe(frozenset()), fresh=True)
        assert not world.run_pass().steps
        world.desired = desired_from("")
        world.converge()
        assert list(world.engine.volumes) == ["sim_owner"]
        release_instance(world.engine, world.instance)
        assert not world.engine.volumes
    with simulation() as world:
        Ownership(world.engine, world.instance, HERE).check(world.engine.observe(frozenset()), fresh=True)
        world.desired = desired_from(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: work}\n"
            "spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: 'work:1'}]}}}\n"
        )
        for _ in range(5):
            world.run_pass()
        assert [each.config.image for each in world.alive()] == ["work:1"]


def test_a_mark_under_the_labels_that_is_not_the_mark_is_a_leftover() -> None:
    with simulation() as world:
        world.engine.volumes["other_owner"] = {labels.INSTANCE: "sim", labels.INSTANCE_OWNER: HERE.digest}
        (step,) = world.run_pass().steps
        assert step.operation == RemoveVolume("other_owner")
