"""A daemon whose source is truncated under it keeps what runs until a person has said that it may go."""

import shutil
import time
from pathlib import Path

from gitpod_sync.model.records.interventions import Intervention, Verb, source_key
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from tests.support.daemon import Machine, eventually

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: main, image: web}]}\n"


def follow(folder: Path) -> SourceSpec:
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(POD.replace("NAME", name))
    return SourceSpec("source", str(folder), poll=0.2)


def approve(history: History) -> None:
    """As another process does."""
    (removal,) = history.held_removals()
    history.give_intervention(Intervention(source_key(removal.source), Verb.APPROVE, removal.hash, time.time()))


def approve_from_outside(machine: Machine) -> None:
    history = History(machine.state / "sim.db")
    approve(history)
    history.close()


def test_truncated_files_end_no_pod_until_that_is_approved(tmp_path: Path) -> None:
    machine, spec = Machine(tmp_path), follow(tmp_path / "source")
    with machine.daemon([spec]) as history:
        eventually(lambda: len(machine.alive()) == 2, "two pods")
        before = {each.id for each in machine.alive()}
        for path in Path(spec.url).iterdir():
            path.write_text("")
        eventually(lambda: bool(history.held_removals()), "the refusal")
        assert {each.id for each in machine.alive()} == before
    # What was in force is so after a restart too, and lost pods come back as they were.
    with machine.daemon([spec]):
        machine.engine.end(machine.engine.find(next(iter(before))), 1)
        eventually(lambda: len(machine.alive()) == 2 and {each.id for each in machine.alive()} != before, "its healing")
        approve_from_outside(machine)
        eventually(lambda: not machine.engine.observe(frozenset()).containers, "the end of both, by a word")


def test_an_empty_folder_after_the_loss_of_the_state_ends_no_pod(tmp_path: Path) -> None:
    machine, spec = Machine(tmp_path), follow(tmp_path / "source")
    with machine.daemon([spec]):
        eventually(lambda: len(machine.alive()) == 2, "two pods")
    shutil.rmtree(machine.state)
    for path in Path(spec.url).iterdir():
        path.unlink()
    with machine.daemon([spec]) as history:
        eventually(lambda: bool(history.held_removals()), "the refusal")
        assert len(machine.alive()) == 2
        approve_from_outside(machine)
        eventually(lambda: not machine.alive(), "the end of both, by a word")


def test_a_folder_that_was_always_empty_is_none_that_anything_was_lost_from(tmp_path: Path) -> None:
    machine, spec = Machine(tmp_path), follow(tmp_path / "source")
    for path in Path(spec.url).iterdir():
        path.unlink()
    with machine.daemon([spec]) as history:
        eventually(lambda: bool(history.good_revisions()), "a first revision in force")
        (Path(spec.url) / "one.yaml").write_text(POD.replace("NAME", "one"))
        eventually(lambda: len(machine.alive()) == 1, "a pod")
        assert not history.held_removals()
