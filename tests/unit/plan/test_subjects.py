"""What subjects are called, and whom keys are about."""

import pytest

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.health import PRE_STOP
from gitpod_sync.plan.report.events import compute_waiting_event
from gitpod_sync.plan.subjects import (
    Part,
    PodRef,
    Subject,
    container_of,
    container_retry_key,
    hook_key,
    object_subject,
    owner_in_key,
    part_of,
    pod_ref,
    pod_subject,
    rest_retry_key,
    sandbox_retry_key,
    volume_key,
)
from gitpod_sync.plan.waiting import Waiting

WEB = PodIdentity(
    "shop",
    "web",
    "uid",
    Key("Pod", "shop", "web"),
    decode(PodTemplate, {"spec": {"containers": [{"name": "main", "image": "web:1"}]}}),
    "hash",
)
DEPLOYMENT = object_subject(Key("Deployment", "shop", "web"))

TEXTS = {
    "pod shop/web": pod_subject(WEB),
    "evicted pod shop/web": part_of(WEB, Part.EVICTED_POD),
    "sandbox of pod shop/web": part_of(WEB, Part.SANDBOX),
    "container main of pod shop/web": container_of(WEB, "main"),
    "preStop of container main of pod shop/web": Subject(Part.HOOK, "main", pod_ref(WEB), PRE_STOP),
    "volume data of pod shop/web": part_of(WEB, Part.VOLUME, "data"),
    "volume gitpod-data": part_of(WEB, Part.ENGINE_VOLUME, "gitpod-data"),
    "container stray": Subject(Part.LEFTOVER, "stray"),
    "network gitpod": Subject(Part.NETWORK, "gitpod"),
    "image web:1": Subject(Part.IMAGE, "web:1"),
    "instance main": Subject(Part.INSTANCE, "main"),
    "Deployment shop/web": DEPLOYMENT,
}


@pytest.mark.parametrize(("text", "subject"), TEXTS.items(), ids=TEXTS)
def test_a_subject_is_called_so(text: str, subject: Subject) -> None:
    assert str(subject) == text


def test_every_part_is_called_something() -> None:
    assert {subject.part for subject in TEXTS.values()} == set(Part)


def test_a_pod_that_is_made_again_is_the_same_subject() -> None:
    again = PodRef("shop", "web", "another")
    assert container_of(WEB, "main") == Subject(Part.CONTAINER, "main", again)
    assert len({pod_subject(WEB), Subject(Part.POD, pod=again)}) == 1


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("uid", "uid"),
        (container_retry_key(WEB, "main"), "uid"),
        (volume_key(WEB, "data"), "uid"),
        (rest_retry_key("uid"), "uid"),
        (hook_key("c1", PRE_STOP), "c1"),
        (sandbox_retry_key(WEB), "sandbox/shop/web/hash"),
    ],
)
def test_a_key_names_its_pod_or_container(key: str, owner: str) -> None:
    assert owner_in_key(key) == owner


WAITS = [
    (pod_subject(WEB), "Unschedulable", "no room", "FailedScheduling", "no room"),
    (part_of(WEB, Part.VOLUME, "data"), "FailedMount", "not there", "FailedMount", "volume data: not there"),
    (
        container_of(WEB, "main"),
        "CrashLoopBackOff",
        "attempt 3 ended",
        "BackOff",
        "Back-off restarting failed container main",
    ),
]


@pytest.mark.parametrize(("subject", "reason", "message", "told", "words"), WAITS, ids=str)
def test_a_wait_is_an_event_of_its_pod(subject: Subject, reason: str, message: str, told: str, words: str) -> None:
    event = compute_waiting_event(Waiting(subject, reason, message), {"shop/web": "uid"})
    assert event == Event(Key("Pod", "shop", "web"), told, words, EventType.WARNING, "uid", ongoing=True)


@pytest.mark.parametrize("subject", [DEPLOYMENT, Subject(Part.NETWORK, "gitpod")], ids=str)
def test_a_wait_of_no_pod_is_no_event_of_a_pod(subject: Subject) -> None:
    assert compute_waiting_event(Waiting(subject, "DependencyNotReady", "Pod shop/db is not complete yet"), {}) is None
