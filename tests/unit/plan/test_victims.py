"""Whom an eviction meets first, as a table: each row beats the one below it for the reason it is named by."""

from dataclasses import replace

import pytest

from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import Container, EmptyDir, Medium, PodSpec, PodTemplate, Resources, Volume
from gitpod_sync.model.records.pressure import PodUse, Signal
from gitpod_sync.plan.eviction.ranking import rank_candidates
from gitpod_sync.plan.eviction.storage_limits import find_excess, has_storage_limits, render_bytes

MI = 1024**2


def state(name: str, **requests: str) -> PodState:
    amounts = {key.replace("_", "-"): Quantity.parse(text) for key, text in requests.items()}
    template = PodTemplate(PodSpec((Container("main", "web:1", resources=Resources(requests=amounts)),)))
    identity = PodIdentity(
        "default", name, f"uid-{name}", Key("Pod", "default", name), template, template_hash(template)
    )
    return PodState(pod=ObservedPod(identity), phase=Phase.RUNNING, containers=())


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("above its request before within it", ("100Mi", 101), ("1Gi", 1000)),
        ("further above its request", ("100Mi", 300), ("100Mi", 200)),
        ("a small request before a large one, both exceeded by less", ("10Mi", 120), ("100Mi", 200)),
        ("no request counts as a request of nothing", ("0", 50), ("100Mi", 140)),
        ("within their requests, the nearest to it", ("100Mi", 99), ("100Mi", 50)),
        ("exactly what it requests is not above it", ("100Mi", 101), ("200Mi", 200)),
    ],
)
def test_memory_is_taken_back_from(name: str, first: tuple[str, int], second: tuple[str, int]) -> None:
    states = [state("b-second", memory=second[0]), state("c-first", memory=first[0])]
    uses = {
        "uid-c-first": PodUse(memory={"main": first[1] * MI}),
        "uid-b-second": PodUse(memory={"main": second[1] * MI}),
    }
    ranked = rank_candidates(states, uses, Signal.MEMORY_AVAILABLE)
    assert [each.state.pod.identity.name for each in ranked] == ["c-first", "b-second"], name


def test_of_equals_the_name_decides_so_that_the_plan_is_the_same_again() -> None:
    states = [state("b"), state("a")]
    uses = {each.pod.identity.uid: PodUse(memory={"main": MI}) for each in states}
    assert [each.state.pod.identity.name for each in rank_candidates(states, uses, Signal.MEMORY_AVAILABLE)] == [
        "a",
        "b",
    ]


def test_a_pod_that_the_look_did_not_measure_is_no_candidate() -> None:
    assert rank_candidates([state("a")], {}, Signal.MEMORY_AVAILABLE) == ()


def test_the_disk_is_taken_back_from_whom_has_most_on_it_beyond_its_request() -> None:
    states = [state("asks", ephemeral_storage="1Gi"), state("writes"), state("fills")]
    uses = {
        "uid-asks": PodUse(written={"main": 900 * MI}),
        "uid-writes": PodUse(written={"main": 20 * MI}),
        "uid-fills": PodUse(written={"main": 1 * MI}, volumes={"cache": 30 * MI}),
    }
    for signal in (Signal.NODEFS_AVAILABLE, Signal.IMAGEFS_AVAILABLE, Signal.NODEFS_INODES_FREE):
        ranked = rank_candidates(states, uses, signal)
        assert [each.state.pod.identity.name for each in ranked] == ["fills", "writes", "asks"]


def limited(container: str = "", volume: str = "", medium: Medium = Medium.DISK) -> PodSpec:
    limits = {"ephemeral-storage": Quantity.parse(container)} if container else {}
    size = Quantity.parse(volume) if volume else None
    return PodSpec(
        (Container("main", "web:1", resources=Resources(limits=limits)), Container("other", "web:1")),
        volumes=(Volume("cache", empty_dir=EmptyDir(medium, size)),),
    )


@pytest.mark.parametrize(
    ("spec", "use", "told"),
    [
        (limited(), PodUse(written={"main": 10**12}), ""),
        (limited("10Mi"), PodUse(written={"main": 10 * MI}), ""),
        (
            limited("10Mi"),
            PodUse(written={"main": 10 * MI + 1}),
            "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ",
        ),
        (
            limited("10Mi"),
            PodUse(written={"other": 6 * MI}, volumes={"cache": 5 * MI}),
            "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ",
        ),
        (limited(volume="5Mi"), PodUse(written={"main": 10**12}, volumes={"cache": 5 * MI}), ""),
        (
            limited(volume="5Mi"),
            PodUse(volumes={"cache": 5 * MI + 1}),
            'Usage of EmptyDir volume "cache" exceeds the limit "5Mi". ',
        ),
        (limited(volume="5Mi", medium=Medium.MEMORY), PodUse(volumes={"cache": 10**12}), ""),
        (limited(volume="0"), PodUse(volumes={"cache": 10**12}), ""),
    ],
)
def test_a_pod_has_too_much_on_the_disk_when(spec: PodSpec, use: PodUse, told: str) -> None:
    assert find_excess(spec, use) == told


def test_a_container_is_told_by_name_when_the_pod_as_a_whole_is_within_its_limit() -> None:
    def container(name: str) -> Container:
        return Container(name, "web:1", resources=Resources(limits={"ephemeral-storage": Quantity.parse("10Mi")}))

    spec = PodSpec((container("main"), container("other")))
    told = find_excess(spec, PodUse(written={"main": 12 * MI}))
    assert told == 'Container main exceeded its local ephemeral storage limit "10Mi". '
    assert find_excess(spec, PodUse(written={"main": 12 * MI, "other": 12 * MI})).endswith("containers 20Mi. ")


def test_only_what_has_a_limit_has_to_be_measured() -> None:
    assert not has_storage_limits(limited())
    assert not has_storage_limits(limited(volume="5Mi", medium=Medium.MEMORY))
    assert has_storage_limits(limited(volume="5Mi"))
    assert has_storage_limits(limited("5Mi"))


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (1000, "1000"), (1024, "1Ki"), (1536, "1536"), (300 * MI, "300Mi"), (2**40, "1Ti")]
)
def test_bytes_are_written_in_the_largest_unit_that_fits(amount: int, text: str) -> None:
    assert render_bytes(amount) == text


def test_a_lower_priority_goes_before_what_is_further_above_its_request_and_a_system_pod_never() -> None:
    low, high, system = (
        replace(each, pod=replace(each.pod, identity=replace(each.pod.identity, priority=priority)))
        for each, priority in ((state("low"), 1), (state("high"), 2), (state("system"), 2_000_000_000))
    )
    uses = {
        f"uid-{name}": PodUse(memory={"main": size * MI}) for name, size in (("low", 1), ("high", 9), ("system", 99))
    }
    ranked = rank_candidates([high, low, system], uses, Signal.MEMORY_AVAILABLE)
    assert [each.state.pod.identity.name for each in ranked] == ["low", "high"]
