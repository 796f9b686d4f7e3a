"""What would go unasked waits for a person's word, and the word is for that very list."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.loop.revisions.guard import Guard, workloads_on
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.records.interventions import Intervention, Verb, source_key
from gitpod_sync.model.removal import Removal
from gitpod_sync.status.history import History
from tests.support.simulation import Simulation, desired_from, simulation

WEB, DB, SETTINGS = Key("Deployment", "default", "web"), Key("Pod", "default", "db"), Key("ConfigMap", "default", "s")
BOTH = Layout("apps", "c1", {WEB: "web.yaml", DB: "db.yaml", SETTINGS: "db.yaml"})
NONE = Layout("apps", "c2", {})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "state.db")
    yield opened
    opened.close()


def nothing() -> Iterable[Key]:
    raise AssertionError("the engine is not asked for what is known")


def held(history: History, guard: Guard, newest: Sequence[Layout]) -> tuple[Removal, ...]:
    return guard.held(newest, history.in_force())


def approve(history: History, removal: Removal, at: float = 1.0) -> None:
    history.give_intervention(Intervention(source_key(removal.source), Verb.APPROVE, removal.hash, at))


def test_what_is_in_force_is_known_after_a_restart_with_its_files(history: History) -> None:
    Guard(history, (), nothing).enforce([BOTH])
    (removal,) = held(
        history, Guard(history, (), nothing), [Layout("apps", "c2", {WEB: "web.yaml"}, {"db.yaml": "it is empty"})]
    )
    assert [str(each) for each in removal.leaving] == [
        f"{key} (db.yaml is still there, but it is empty)" for key in (SETTINGS, DB)
    ]


def test_an_approval_lets_that_list_go_and_no_other(history: History) -> None:
    guard = Guard(history, (), nothing)
    guard.enforce([BOTH])
    (removal,) = held(history, guard, [NONE])
    guard.hold([removal])
    assert history.held_removals() == (removal,)
    approve(history, removal)
    assert held(history, guard, [NONE]) == ()
    assert held(history, guard, [Layout("apps", "c3", {DB: "db.yaml"}, {"web.yaml": "it is empty"})])


def test_an_approval_lapses_with_the_next_revision(history: History) -> None:
    guard = Guard(history, (), nothing)
    guard.enforce([BOTH])
    (removal,) = held(history, guard, [NONE])
    approve(history, removal)
    guard.hold(())  # the folder is as it was before
    assert held(history, guard, [NONE]) == (removal,)
    approve(history, removal)
    (other,) = held(history, guard, [Layout("apps", "c3", {WEB: "web.yaml"}, {"db.yaml": "it is empty"})])
    guard.hold([other])
    assert held(history, guard, [NONE]) == (removal,)


def test_what_waits_still_keeps_its_approval(history: History) -> None:
    guard = Guard(history, (), nothing)
    guard.enforce([BOTH])
    (removal,) = held(history, guard, [NONE])
    approve(history, removal)
    guard.hold([removal])
    assert held(history, guard, [NONE]) == ()


def test_a_first_revision_may_ask_for_nothing(history: History) -> None:
    assert held(history, Guard(history, (), tuple), [NONE]) == ()


def test_with_a_lost_database_the_engine_tells_what_would_go(history: History) -> None:
    (removal,) = held(history, Guard(history, (), lambda: [WEB]), [NONE])
    assert ([each.key for each in removal.leaving], removal.source) == ([WEB], "")
    # As long as something is asked for the engine is not even asked.
    assert held(history, Guard(history, (), nothing), [BOTH]) == ()
    approve(history, removal)
    assert held(history, Guard(history, (), lambda: [WEB]), [NONE]) == ()


@pytest.mark.parametrize(("allowed", "goes"), [(("apps",), True), (("other",), False)])
def test_a_source_that_may_become_empty_does(history: History, allowed: tuple[str, ...], *, goes: bool) -> None:
    guard = Guard(history, allowed, nothing)
    guard.enforce([BOTH])
    assert (held(history, guard, [NONE]) == ()) is goes
    # So may one that it has taken the place of.
    assert (held(history, guard, [Layout("apps", "c2", {}), Layout("more", "d", {})]) == ()) is goes
    assert bool(held(history, guard, [Layout("more", "d", {})])) is True


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: b}]}\n"


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as world:
        yield world


def test_the_engine_tells_whose_pods_run_but_not_of_those_that_are_being_ended(sim: Simulation) -> None:
    sim.engine.behaviours["b"] = Behaviour(ignores_term=True)
    one, two = POD.replace("NAME", "one"), POD.replace("NAME", "two")
    sim.desired = desired_from(f"{one}---\n{two}")
    sim.converge()
    assert workloads_on(sim.engine, sim.instance) == {Key("Pod", "default", "one"), Key("Pod", "default", "two")}
    sim.desired = desired_from(one)
    sim.run_pass()
    assert len(sim.alive()) == 2
    assert workloads_on(sim.engine, sim.instance) == {Key("Pod", "default", "one")}


def test_an_approval_is_no_order_that_a_pass_lets_fall(sim: Simulation) -> None:
    order = Intervention(source_key("apps"), Verb.APPROVE, "0123456789ab", 1.0)
    sim.history.give_intervention(order)
    sim.converge()
    assert sim.history.interventions() == (order,)
