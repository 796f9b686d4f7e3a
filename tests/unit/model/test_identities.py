"""Who the objects of Git are, from revision to revision."""

from dataclasses import replace
from pathlib import Path

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.identities import note_identities
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.status.history import History
from tests.support.simulation import desired_from

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: LABEL}}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: web:1}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {a: "REPLICAS"}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {containers: [{name: main, image: web:1}]}
"""
WEB, SETTINGS = Key("Deployment", "default", "web"), Key("ConfigMap", "default", "web")


def noted(
    known: dict[Key, ObjectIdentity], now: float, replicas: int = 1, label: str = "front"
) -> dict[Key, ObjectIdentity]:
    desired = desired_from(MANIFEST.replace("REPLICAS", str(replicas)).replace("LABEL", label))
    return dict(note_identities(known, desired, now))


def test_a_generation_begins_with_one_and_counts_other_specs_only() -> None:
    first = noted({}, 10.0)
    assert (first[WEB].generation, first[WEB].created_at) == (1, 10.0)
    relabelled = noted(first, 20.0, label="back")
    assert relabelled == first
    scaled = noted(relabelled, 30.0, replicas=2)
    assert scaled[WEB] == replace(first[WEB], generation=2, spec=scaled[WEB].spec)


def test_what_has_no_spec_stays_of_one_generation() -> None:
    first = noted({}, 10.0)
    assert noted(first, 20.0, replicas=2)[SETTINGS] == first[SETTINGS]


def test_what_is_made_anew_under_a_name_is_another_object() -> None:
    first = noted({}, 10.0)
    again = noted({SETTINGS: first[SETTINGS]}, 20.0)
    assert again[WEB].uid != first[WEB].uid
    assert again[WEB].created_at == 20.0
    assert again[SETTINGS] == first[SETTINGS]


def test_a_bare_pod_is_who_its_pod_is() -> None:
    assert set(noted({}, 10.0)) == {WEB, SETTINGS}


def test_objects_are_the_same_for_the_next_process(tmp_path: Path) -> None:
    first = noted({}, 10.0)
    history = History(tmp_path / "state.db")
    history.record_identities(first)
    scaled = noted(first, 20.0, replicas=2)
    history.record_identities(scaled)
    history.close()
    again = History(tmp_path / "state.db")
    assert again.identities() == scaled
    again.record_identities({WEB: scaled[WEB]})
    assert again.identities() == {WEB: scaled[WEB]}
    again.close()
