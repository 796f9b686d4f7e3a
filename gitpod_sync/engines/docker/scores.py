"""A trial of whether the engine may lower a container's oom_score_adj.

The kernel asks for CAP_SYS_RESOURCE, which some virtual machines and outer containers keep from everybody in them. No
engine reports that; the start of such a container fails without a reason that names it; and the rights of this process
say nothing about an engine on another machine or outside of our container.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from docker import APIClient

from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.engines.docker.payload import Payload
from gitpod_sync.engines.docker.sandbox_image import import_sandbox
from gitpod_sync.engines.protocol import Trials
from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, EngineUnavailable
from gitpod_sync.model.base.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.engine.container import NO_NETWORK
from gitpod_sync.model.pods.qos import SANDBOX_SCORE

log = logging.getLogger(__name__)

_SCORE = "OomScoreAdj"
_TRIED_AGAIN = 60.0
"""Seconds after which an engine that could start nothing at all is tried again."""


class Scores:
    """The result of the trial; `trials` has it for as long as the engine runs. One thread tries, others wait."""

    def __init__(
        self, instance: Instance, clock: Callable[[], float] = time.monotonic, trials: Trials | None = None
    ) -> None:
        self._instance = instance
        self._clock = clock
        self._trials = trials
        self._lock = threading.Lock()
        self._lowers: bool | None = None
        self._try_at = 0.0

    def fit(self, client: APIClient, payload: Payload, *, proven: Callable[[], bool]) -> Payload:
        """The body of a create call with a score that the engine can give.

        `proven` says whether a container with a lowered score runs there already: then nothing is tried.
        """
        host = payload["HostConfig"]
        if host.get(_SCORE, 0) >= 0 or self._may_lower(client, proven):
            return payload
        return {**payload, "HostConfig": {**host, _SCORE: 0}}

    def remove_unfit(self, client: APIClient, name: str) -> None:
        """Remove a container that was created with a score that the engine cannot give: it can never be started."""
        try:
            with engine_errors():
                found = client.inspect_container(name)
        except EngineNotFound:
            return
        lowered = found["HostConfig"].get(_SCORE, 0) < 0 and found["State"]["Status"] == "created"
        if lowered and not self._may_lower(client, lambda: False):
            log.warning("%s was made with an oom_score_adj that the engine cannot give; it is made anew", name)
            with engine_errors():
                client.remove_container(found["Id"], v=True, force=True)

    def _may_lower(self, client: APIClient, proven: Callable[[], bool]) -> bool:
        with self._lock:
            if self._lowers is None and proven():
                self._lowers = True
            if self._lowers is None and self._clock() >= self._try_at:
                self._lowers = self._recall(client)
                self._try_at = self._clock() + _TRIED_AGAIN
            return self._lowers is not False

    def _recall(self, client: APIClient) -> bool | None:
        """What an earlier process has found out of this engine, or what a trial shows."""
        run = _run_of(client) if self._trials else ""
        known = self._trials.score_trial(run) if self._trials and run else None
        if known is not None:
            return known
        found = self._find_out(client)
        if self._trials and run and found is not None:
            self._trials.record_score_trial(run, lowers=found)
        return found

    def _find_out(self, client: APIClient) -> bool | None:
        """Whether the score can be set; None when the engine cannot start even a container that asks for nothing."""
        with engine_errors():
            import_sandbox(client, SANDBOX_IMAGE)
        if self._starts(client, SANDBOX_SCORE):
            return True
        if not self._starts(client, 0):
            return None
        log.warning(
            "the engine runs without CAP_SYS_RESOURCE and may not lower oom_score_adj: every container gets 0 or more, "
            "and the kernel spares none of them when memory is short"
        )
        return False

    def _starts(self, client: APIClient, score: int) -> bool:
        made = self._create(client, score)
        try:
            with engine_errors():
                client.start(made)
        except EngineUnavailable:
            raise
        except EngineError:
            return False
        finally:
            with engine_errors():
                client.remove_container(made, v=True, force=True)
        return True

    def _create(self, client: APIClient, score: int) -> str:
        """Create a container without labels of ours: a pass that saw such a label would remove it as a leftover."""
        body = {"Image": SANDBOX_IMAGE, "HostConfig": {"NetworkMode": NO_NETWORK, _SCORE: score}}
        create: Callable[[Mapping[str, Any], str], Mapping[str, str]] = client.create_container_from_config
        name = self._instance.trial_name
        try:
            with engine_errors():
                return create(body, name)["Id"]
        except EngineConflict:
            # A process that was killed in the middle has left it.
            with engine_errors():
                client.remove_container(name, v=True, force=True)
                return create(body, name)["Id"]


def _run_of(client: APIClient) -> str:
    """Which engine it is, and since when it runs: what it may do is settled when it starts. "" where nobody can tell.

    No call tells when an engine was started. It makes its bridge anew whenever it starts, unless containers have
    outlived the engine before; one without a bridge is tried again by every process.
    """
    with engine_errors():
        engine = client.info().get("ID", "")
        made = [each.get("Created", "") for each in client.networks(names=["bridge"]) if each["Name"] == "bridge"]
    return f"{engine} {made[0]}" if engine and made and made[0] else ""
