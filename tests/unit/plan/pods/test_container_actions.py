"""The decision about one container as a table: what is written, what is there, what is known of it → what it needs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import ContainerStatus, ImageInfo, Observed, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.health import Health
from gitpod_sync.model.settings import DEFAULT_SETTINGS
from gitpod_sync.plan.config.container_config import compute_container_config, compute_limits, compute_sandbox_config
from gitpod_sync.plan.config.environment import Environment
from gitpod_sync.plan.pods.container_action import (
    BackOff,
    ContainerAction,
    FreeMessageFile,
    HoldBack,
    Keep,
    LeaveAlone,
    Remake,
    Repair,
    Replace,
    Start,
    StartCreated,
    Stop,
    decide_container,
)
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.situation import Failure, FailureKind, Remembered, Situation, split_situation
from gitpod_sync.plan.situation import Stop as Ending

NOW = 10_000.0
INSTANCE = Instance("test")
IMAGE = ImageInfo("sha256:1")


@dataclass(frozen=True)
class Case:
    """By default a container that has run as written for a hundred seconds."""

    action: ContainerAction
    pod: str = ""
    container: str = ""
    status: ContainerStatus | None = ContainerStatus.RUNNING
    attempt: int = 0
    backoff: int = 0
    created_at: float = NOW - 100
    ran: float = 100.0
    """Seconds between the start and the end of a container that has ended."""
    ended: float = NOW
    exit_code: int = 1
    health: Health | None = None
    stop: Ending | None = None
    failure: Failure | None = None
    resized: str = ""
    """The container as a bare pod is brought to it in place."""
    earlier: tuple[int, ...] = ()
    """Attempts before the last one that have ended and are still there."""
    alter: Callable[[ObservedContainer], ObservedContainer] = field(default=lambda found: found)
    """What a person has done to the container."""


def template(pod: str, container: str) -> PodTemplate:
    spec: dict[str, Any] = yaml.safe_load(f"{{{pod}}}")
    main = {"name": "main", "image": "web:1", **yaml.safe_load(f"{{{container}}}")}
    return decode(PodTemplate, {"spec": {"containers": [main], **spec}})


def sync_of(case: Case) -> ContainerSync:
    written = template(case.pod, case.container)
    identity = PodIdentity("shop", "web", "uid", Key("Pod", "shop", "web"), written, template_hash(written))
    sandbox = ObservedContainer("box", "box", compute_sandbox_config(identity, INSTANCE), ContainerStatus.RUNNING)
    sandbox = replace(sandbox, created_at=NOW - 200)
    (container,) = written.spec.containers

    def attempt(number: int, status: ContainerStatus) -> ObservedContainer:
        config = compute_container_config(
            identity,
            container,
            INSTANCE,
            sandbox="box",
            attempt=number,
            backoff=case.backoff,
            environment=Environment({}),
            image=IMAGE,
            node=Observed().node,
            settings=DEFAULT_SETTINGS,
        )
        name = INSTANCE.container_name("shop", "web", "uid", "main", number)
        found = ObservedContainer(f"main-{number}", name, config, status, IMAGE, case.created_at)
        if found.alive:
            return replace(found, started_at=case.created_at)
        if status is ContainerStatus.CREATED:
            return replace(found, exit_code=0 if case.exit_code == 1 else case.exit_code)
        return replace(found, started_at=case.ended - case.ran, finished_at=case.ended, exit_code=case.exit_code)

    attempts = [attempt(number, ContainerStatus.EXITED) for number in case.earlier]
    if case.status is not None:
        attempts.append(case.alter(attempt(case.attempt, case.status)))
    pod = ObservedPod(identity, sandbox, {"main": tuple(attempts)} if attempts else {})
    if case.resized:
        pod = replace(pod, resized=template(case.pod, case.resized))
        (container,) = pod.template.spec.containers
    last = f"main-{case.attempt}"
    remembered = Remembered(
        health={last: case.health} if case.health else {},
        stops={last: case.stop} if case.stop else {},
        failures={"uid/main": case.failure} if case.failure else {},
    )
    situation = Situation(
        instance=INSTANCE,
        desired=Desired(),
        observed=Observed(containers=(sandbox, *attempts)),
        remembered=remembered,
        now=NOW,
        nonce="",
    )
    node, _ = split_situation(situation, Memo())
    return ContainerSync(pod, container, node)


def failed(ago: float, count: int = 1) -> Failure:
    return Failure(FailureKind.CALL, count, NOW - ago, "no space left")


def memory(amount: str, policy: str = "NotRequired") -> str:
    return (
        f"resources: {{limits: {{memory: {amount}}}}}, "
        f"resizePolicy: [{{resourceName: memory, restartPolicy: {policy}}}]"
    )


def with_image(found: ObservedContainer) -> ObservedContainer:
    return replace(found, config=replace(found.config, image="other:1"))


def with_less_memory(found: ObservedContainer) -> ObservedContainer:
    return replace(found, config=replace(found.config, limits=replace(found.config.limits, memory=1)))


def renamed(found: ObservedContainer) -> ObservedContainer:
    return replace(found, name="mine")


(WITH_64M,) = template("", memory("64M")).spec.containers
LIMITS_64M = compute_limits(WITH_64M.resources)
IMAGE_DRIFT = "it is not as written: image is other:1, not web:1"
NAME = INSTANCE.container_name("shop", "web", "uid", "main", 0)
PROBED = "livenessProbe: {exec: {command: [ask]}, terminationGracePeriodSeconds: 7}"
SICK = Health(NOW - 100, failed="liveness probe failed: no answer", failed_by="liveness")
CREATED, EXITED, PAUSED = ContainerStatus.CREATED, ContainerStatus.EXITED, ContainerStatus.PAUSED
CRASHED = "attempt 0 ended with exit code 1"

CASES = {
    "a container that was never made is started, since its sandbox is there": Case(
        Start("it is not there", NOW - 200), status=None
    ),
    "it is not started again at once when that has just failed": Case(
        HoldBack("no space left", NOW + 0.5), status=None, failure=failed(0.5)
    ),
    "it is started when the failure is long enough ago": Case(
        Start("it is not there", NOW - 200), status=None, failure=failed(5.0)
    ),
    "what was created and never started is started": Case(StartCreated(), status=CREATED),
    "what was created and cannot be started yet waits": Case(
        HoldBack("no space left", NOW + 3.0), status=CREATED, failure=failed(1.0, count=3)
    ),
    "what was created otherwise than written is made again": Case(
        Remake(IMAGE_DRIFT, attempt=1, backoff=1), status=CREATED, alter=with_image
    ),
    "what was made again a moment ago, in vain, waits": Case(
        HoldBack(IMAGE_DRIFT, NOW + 15.0),
        status=CREATED,
        alter=with_image,
        attempt=2,
        backoff=2,
        created_at=NOW - 5,
    ),
    "a program that could not be run is a crash": Case(
        Start("attempt 0 ended with exit code 127", NOW, attempt=1, backoff=1), status=CREATED, exit_code=127
    ),
    "what runs as written is kept": Case(Keep()),
    "a ready container is kept": Case(Keep(), health=Health(NOW - 100, ready_since=NOW - 50)),
    "a failed probe ends it, with the grace that the probe gives": Case(
        Stop("liveness probe failed: no answer", 7), container=PROBED, health=SICK
    ),
    "a failed probe ends it, with the pod's grace otherwise": Case(
        Stop("liveness probe failed: no answer", 12),
        pod="terminationGracePeriodSeconds: 12",
        container="livenessProbe: {exec: {command: [ask]}}",
        health=SICK,
    ),
    "an ending that was begun is gone on with, whatever has changed since": Case(
        Stop("its end had begun before", 30), stop=Ending(NOW - 3, 30, NOW - 100), alter=with_image
    ),
    "what runs otherwise than written is replaced": Case(Replace(IMAGE_DRIFT), alter=with_image),
    "a replacement that has just failed waits": Case(
        HoldBack("no space left", NOW + 0.5), alter=with_image, failure=failed(0.5)
    ),
    "a replacement that did not help is not tried again at full speed": Case(
        HoldBack(IMAGE_DRIFT, NOW + 10.0), alter=with_image, backoff=2, created_at=NOW - 10
    ),
    "a replacement of the time before the clock was set back does not hold up the next": Case(
        Replace(IMAGE_DRIFT), alter=with_image, backoff=2, created_at=NOW + 1000
    ),
    "a paused container goes on": Case(Repair(unpause=True), status=PAUSED),
    "limits that a person has changed are set back": Case(
        Repair(limits=LIMITS_64M), container=memory("64M"), alter=with_less_memory
    ),
    "limits that a person has changed are set back in place, whatever a resize would need": Case(
        Repair(limits=LIMITS_64M), container=memory("64M", "RestartContainer"), alter=with_less_memory
    ),
    "a name that a person has changed is given back": Case(Repair(name=NAME), alter=renamed),
    "new limits of a bare pod are set in place": Case(
        Repair(limits=LIMITS_64M), container=memory("32M"), resized=memory("64M")
    ),
    "new limits of a bare pod need a restart where its resizePolicy says so": Case(
        Replace("memory is 32000000, not 64000000: a restart is due"),
        container=memory("32M", "RestartContainer"),
        resized=memory("64M", "RestartContainer"),
    ),
    "a paused container that has to be replaced is not repaired first": Case(
        Replace("memory is 32000000, not 64000000: a restart is due"),
        container=memory("32M", "RestartContainer"),
        resized=memory("64M", "RestartContainer"),
        status=PAUSED,
    ),
    "the first crash restarts at once": Case(Start(CRASHED, NOW, attempt=1, backoff=1), status=EXITED),
    "the second one after ten seconds": Case(
        BackOff("attempt 1 ended with exit code 1; the next one waits", NOW + 10.0),
        status=EXITED,
        attempt=1,
        backoff=1,
    ),
    "the wait is over after ten seconds": Case(
        Start("attempt 1 ended with exit code 1", NOW - 10, attempt=2, backoff=2),
        status=EXITED,
        attempt=1,
        backoff=1,
        ended=NOW - 10,
    ),
    "ten good minutes reset the count": Case(
        Start("attempt 5 ended with exit code 1", NOW, attempt=6, backoff=1),
        status=EXITED,
        attempt=5,
        backoff=5,
        ran=600.0,
    ),
    "a crash whose restart has just failed waits": Case(
        HoldBack("no space left", NOW + 0.5), status=EXITED, failure=failed(0.5)
    ),
    "Never: what has ended stays ended": Case(LeaveAlone(), pod="restartPolicy: Never", status=EXITED),
    "OnFailure: what has done its work stays ended": Case(
        LeaveAlone(), pod="restartPolicy: OnFailure", status=EXITED, exit_code=0
    ),
    "OnFailure: what has failed is started again": Case(
        Start(CRASHED, NOW, attempt=1, backoff=1), pod="restartPolicy: OnFailure", status=EXITED
    ),
    "OnFailure: what a probe has had ended has failed, whatever its exit code": Case(
        Start("attempt 0 ended with exit code 0", NOW, attempt=1, backoff=1),
        pod="restartPolicy: OnFailure",
        status=EXITED,
        exit_code=0,
        health=SICK,
    ),
    "Never: what was ended to be replaced is started again all the same": Case(
        Start("attempt 0 ended with exit code 0", NOW, attempt=1, backoff=1),
        pod="restartPolicy: Never",
        status=EXITED,
        exit_code=0,
        stop=Ending(NOW - 3, 30, NOW - 100, replaces=True),
    ),
    "what was ended for new limits starts at once, and counts as no crash": Case(
        Start("attempt 4 ended with exit code 143", NOW, attempt=5, backoff=4),
        status=EXITED,
        attempt=4,
        backoff=4,
        exit_code=143,
        container=memory("32M", "RestartContainer"),
        resized=memory("64M", "RestartContainer"),
        stop=Ending(NOW - 3, 30, NOW - 100, replaces=True),
    ),
    "the file for the message of the next attempt is freed first": Case(
        FreeMessageFile(), status=EXITED, attempt=2, earlier=(0,), backoff=0
    ),
    "what is being removed is left alone": Case(LeaveAlone(), status=ContainerStatus.REMOVING),
    "a dead container that cannot be removed yet has ended": Case(
        Start(CRASHED, NOW, attempt=1, backoff=1), status=ContainerStatus.DEAD
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_container_needs(case: Case) -> None:
    assert decide_container(sync_of(case)) == case.action


def test_every_kind_of_action_is_decided_by_some_case() -> None:
    assert {type(case.action) for case in CASES.values()} == set(ContainerAction.__args__)
