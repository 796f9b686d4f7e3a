"""What pods and workloads may be planned from is classified, field by field."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import get_type_hints

import pytest

from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import ImageInfo, Observed
from gitpod_sync.model.records.records import PodRecord
from gitpod_sync.plan.incremental.decision_cache import NOT_COMPARED, Seen
from gitpod_sync.plan.incremental.pod_inputs import REACHES, Reach, changed_names, facts_of, situation_of_pods
from gitpod_sync.plan.situation import (
    Failure,
    FailureKind,
    Measured,
    NodeSituation,
    Remembered,
    Situation,
    UnderWay,
    split_situation,
)

GROUPS = {
    "desired": Desired,
    "observed": Observed,
    "remembered": Remembered,
    "under_way": UnderWay,
    "measured": Measured,
}


def paths() -> Iterator[str]:
    for field in fields(NodeSituation):
        if field.name in GROUPS:
            yield from (f"{field.name}.{each.name}" for each in fields(GROUPS[field.name]))
        else:
            yield field.name


def situation(**known: object) -> NodeSituation:
    remembered = Remembered(**known)  # type: ignore[arg-type]
    whole = Situation(
        instance=Instance(), desired=Desired(), observed=Observed(), remembered=remembered, now=100.0, nonce="nonce"
    )
    return split_situation(whole, Memo())[0]


def test_every_field_of_a_situation_is_classified() -> None:
    assert set(paths()) == REACHES.keys()


def test_the_groups_are_those_of_the_situation() -> None:
    hints = get_type_hints(NodeSituation)
    assert {name: hints[name] for name in GROUPS} == GROUPS
    assert all(is_dataclass(each) for each in GROUPS.values())


def test_every_field_that_a_controller_sees_is_compared_or_named() -> None:
    compared = {field.name for field in fields(Seen)} - {"workload"}
    assert {field.name for field in fields(WorkloadView)} == compared | NOT_COMPARED
    assert not compared & NOT_COMPARED


def test_pods_do_not_see_what_is_not_meant_for_them() -> None:
    found = situation_of_pods(situation(forgetful=True, brought=frozenset({"one:1"}), since={"a": 1.0})).situation
    assert (found.remembered.forgetful, found.remembered.brought, found.remembered.since) == (False, frozenset(), {})


@pytest.mark.parametrize("path", [path for path, reach in REACHES.items() if reach is Reach.ASKED])
def test_whoever_asks_for_what_is_not_compared_is_counted(path: str) -> None:
    pods = situation_of_pods(situation())
    group, _, name = path.partition(".")
    held = getattr(getattr(pods.situation, group), name)
    assert pods.asked.count == 0
    assert "anything" not in held
    once = pods.asked.count
    assert once
    assert not list(held)
    assert pods.asked.count > once


def test_counted_images_are_found_all_the_same() -> None:
    given = situation()
    images = {"one:1": ImageInfo("sha256:1")}
    pods = situation_of_pods(replace(given, observed=Observed(images=images)))
    assert pods.situation.observed.images.get("one:1") == images["one:1"]
    assert pods.situation.observed.images.get("two:1") is None


def test_the_names_of_what_has_changed_are_told() -> None:
    failure = Failure(FailureKind.CALL, 1, 90.0, "no")
    bare, owned = Key("Pod", "default", "a"), Key("Deployment", "default", "b")
    records = {bare: PodRecord(uid="uid"), owned: PodRecord(uid="uid")}
    before, after = facts_of(situation()), facts_of(situation(failures={"uid/main": failure}, records=records))
    assert set(changed_names(before, after, lambda name: name) or ()) == {"uid/main", bare}


def test_anything_may_be_another_after_the_clock_was_set_back() -> None:
    given = situation()
    assert changed_names(facts_of(given), facts_of(replace(given, now=99.0)), lambda name: name) is None
