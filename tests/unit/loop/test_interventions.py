"""Orders of people are kept until they are lifted or fall, and the daemon is woken by them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitpod_sync.loop.lock import acting, is_acting
from gitpod_sync.loop.memory.memory import Memory
from gitpod_sync.loop.watch.intervention_watch import InterventionWatch
from gitpod_sync.model.base.labels import CONFIG_DIGEST
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.workloads.workloads import Deployment
from gitpod_sync.plan.workloads.interventions import sort_interventions
from gitpod_sync.status.history import History
from tests.support.simulation import desired_from

WEB = Key("Deployment", "default", "web")
PAUSE = Intervention(WEB, Verb.PAUSE, at=5.0)
MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1"}]}
"""


def test_an_order_survives_the_process_until_it_is_lifted(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    history = History(path)
    history.give_intervention(PAUSE)
    history.give_intervention(Intervention(NODE, Verb.PAUSE, at=6.0))
    history.close()
    again = History(path)
    assert again.interventions() == (PAUSE, Intervention(NODE, Verb.PAUSE, at=6.0))
    again.withdraw_interventions([PAUSE])
    assert again.interventions() == (Intervention(NODE, Verb.PAUSE, at=6.0),)
    again.close()


def test_a_later_order_of_the_same_verb_takes_the_place_of_the_earlier_and_is_not_lifted_with_it(
    tmp_path: Path,
) -> None:
    history, later = History(tmp_path / "state.db"), replace(PAUSE, at=7.0)
    history.give_intervention(PAUSE)
    history.give_intervention(later)
    history.withdraw_interventions([PAUSE])
    assert history.interventions() == (later,)
    history.close()


@pytest.mark.parametrize(
    ("intervention", "stands"),
    [
        (Intervention(NODE, Verb.PAUSE), True),
        (Intervention(WEB, Verb.PAUSE), True),
        (Intervention(Key("Deployment", "default", "gone"), Verb.PAUSE), False),
        (Intervention(WEB, Verb.UNDO, about="of another time"), False),
    ],
)
def test_an_order_falls_with_its_object_or_with_the_version_that_it_is_about(
    intervention: Intervention, *, stands: bool
) -> None:
    sorted_interventions = sort_interventions((intervention,), desired_from(MANIFEST.replace("REPLICAS", "2")))
    assert sorted_interventions.of(intervention.subject) == ((intervention,) if stands else ())
    assert sorted_interventions.expired == (() if stands else (intervention,))


def test_an_order_about_a_version_of_the_object_stands_until_a_commit_changes_the_object() -> None:
    before, after = (desired_from(MANIFEST.replace("REPLICAS", number)) for number in "23")
    intervention = Intervention(WEB, Verb.UNDO, about=object_hash(before.workloads[WEB]))
    assert sort_interventions((intervention,), before).of(WEB) == (intervention,)
    assert sort_interventions((intervention,), after).expired == (intervention,)


def rings(deed: Callable[[History], None], tmp_path: Path, *, by_another: bool) -> bool:
    mine = History(tmp_path / "state.db")
    other = History(tmp_path / "state.db") if by_another else mine
    rung = threading.Event()
    watch = InterventionWatch(mine, rung.set)
    watch.start()
    try:
        deed(other)
        return rung.wait(5 if by_another else 0.6)
    finally:
        watch.stop()
        other.close()
        mine.close()


def test_an_order_of_another_process_rings(tmp_path: Path) -> None:
    assert rings(lambda history: history.give_intervention(PAUSE), tmp_path, by_another=True)


def test_our_own_writes_do_not_ring(tmp_path: Path) -> None:
    def write(history: History) -> None:
        history.record_events([(Event(WEB, "Something", "has happened"), 1.0)])
        history.withdraw_interventions([PAUSE])

    assert not rings(write, tmp_path, by_another=False)


def test_orders_that_cannot_be_read_for_once_still_stand(tmp_path: Path) -> None:
    history = History(tmp_path / "state.db")
    history.give_intervention(PAUSE)
    memory = Memory(history, {})
    assert memory.interventions() == (PAUSE,)
    history.close()
    assert memory.interventions() == (PAUSE,)


def test_whether_somebody_acts_for_an_instance_is_told_by_its_lock(tmp_path: Path) -> None:
    assert not is_acting(tmp_path, "main")
    with acting(tmp_path, "main"):
        assert is_acting(tmp_path, "main")
    assert not is_acting(tmp_path, "main")


def test_a_digest_that_we_add_to_a_template_does_not_touch_the_object() -> None:
    written = desired_from(MANIFEST.replace("REPLICAS", "2")).workloads[WEB]
    assert isinstance(written, Deployment)
    template = written.spec.template
    annotated = replace(template, metadata=replace(template.metadata, annotations={CONFIG_DIGEST: "abc"}))
    assert object_hash(replace(written, spec=replace(written.spec, template=annotated))) == object_hash(written)
