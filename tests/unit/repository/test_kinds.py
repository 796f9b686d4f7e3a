"""A kind is an entry in `model.kinds`; what a room does with it is an entry in the table of the room."""

from collections.abc import Collection, Mapping
from typing import get_args

import pytest

from gitpod_sync.manifests.checks.objects import CHECKS
from gitpod_sync.manifests.schema.kinds import TYPES
from gitpod_sync.manifests.schema.support import Support, table
from gitpod_sync.model.desired import Object
from gitpod_sync.model.kinds import KINDS, Role, is_namespaced, kind_named, kinds_with
from gitpod_sync.model.records.records import RECORD_TYPES
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.resources.registry import RESOURCES
from simulation.kinds import all as simulated

TABLES: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "TYPES in gitpod_sync/manifests/schema/kinds.py": (kinds_with(Role.HONOURED), TYPES),
    "Object in gitpod_sync/model/desired.py": (kinds_with(Role.HONOURED), {each.__name__ for each in get_args(Object)}),
    "Workload in gitpod_sync/model/workloads/workloads.py": (
        kinds_with(Role.WORKLOAD),
        {each.__name__ for each in get_args(Workload)},
    ),
    "RECORD_TYPES in gitpod_sync/model/records/records.py": (kinds_with(Role.RECORDED), RECORD_TYPES),
    "RESOURCES in gitpod_sync/resources/registry.py": (kinds_with(Role.SHOWN), RESOURCES),
    "KINDS in simulation/kinds/all.py": (
        [kind.name for kind in KINDS.values() if kind.asks_for_pods],
        {kind.name for kind in simulated.KINDS},
    ),
}
"""The kinds that a room's table must have, and those that it has. `controllers.decide` is held by mypy."""


def missing_in(tables: Mapping[str, tuple[Collection[str], Collection[str]]]) -> list[str]:
    """A sentence for each entry that is missing, or there without its kind."""
    return [
        *(
            f"{kind} is missing in {where}"
            for where, (wanted, there) in tables.items()
            for kind in sorted(set(wanted) - set(there))
        ),
        *(
            f"{kind} stands in {where}, but its entry in gitpod_sync/model/kinds.py has no such role"
            for where, (wanted, there) in tables.items()
            for kind in sorted(set(there) - set(wanted))
        ),
    ]


def test_every_room_has_an_entry_for_every_kind_that_it_has_to_know() -> None:
    assert missing_in(TABLES) == []


def test_what_is_missing_is_said_with_its_place() -> None:
    assert missing_in({"TABLE in its/file.py": (["Pod", "Service"], ["Pod", "Ingress"])}) == [
        "Service is missing in TABLE in its/file.py",
        "Ingress stands in TABLE in its/file.py, but its entry in gitpod_sync/model/kinds.py has no such role",
    ]


def test_every_honoured_kind_is_checked() -> None:
    missing = sorted(set(kinds_with(Role.HONOURED)) - CHECKS.keys())
    assert missing == [], f"add {missing} to CHECKS in gitpod_sync/manifests/checks/objects.py"


def test_the_support_table_honours_the_same_kinds() -> None:
    honoured = {name for name, entry in table().kinds.items() if entry.verdict.support is Support.SUPPORTED}
    assert honoured == set(kinds_with(Role.HONOURED)), "schemas/support.json and gitpod_sync/model/kinds.py differ"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_version_of_a_kind_is_the_one_that_the_support_table_writes(name: str) -> None:
    assert KINDS[name].api_version == table().kinds[name].api_versions[0]


def test_what_people_type_names_one_kind() -> None:
    words = [word for kind in KINDS.values() for word in kind.names]
    assert len(words) == len(set(words))
    assert {word: kind.name for word in words if (kind := kind_named(word))}.keys() == set(words)


@pytest.mark.parametrize("word", ["deploy", "Deployments", "deployment", "deployments.apps", "DEPLOYMENT.V1.APPS"])
def test_a_kind_is_known_by_each_of_its_names(word: str) -> None:
    assert kind_named(word) is KINDS["Deployment"]


def test_words_in_the_plural_are_english() -> None:
    assert [KINDS[name].plural for name in ("Ingress", "NetworkPolicy", "Job")] == [
        "ingresses",
        "networkpolicies",
        "jobs",
    ]


def test_a_kind_that_nobody_knows_belongs_to_a_namespace() -> None:
    assert is_namespaced("Postgres")
    assert not is_namespaced("PriorityClass")


def test_a_resource_bears_its_group() -> None:
    assert [KINDS[name].resource for name in ("Pod", "CronJob")] == ["pod", "cronjob.batch"]
