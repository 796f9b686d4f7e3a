"""What hooks and probes have told of containers, and which hooks are under way. Owned by the deciding thread."""

from collections.abc import Iterable
from dataclasses import replace

from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, EngineUnavailable
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.health import NOTHING_KNOWN, POST_START, Health
from gitpod_sync.model.records.probing import ProbeReport
from gitpod_sync.plan.pods.hooks import is_hook_over
from gitpod_sync.plan.situation import HookRun
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.subjects import hook_key, owner_in_key
from gitpod_sync.status.history import History


class ProbeResults:
    """`health` is by container id and written through to the history; `hooks` is by `hook_key` and is not.

    What probes have found bad is kept by container and kind of probe: one that passes takes back nothing of another.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.health: dict[str, Health] = dict(history.health())
        self.hooks: dict[str, HookRun] = {}
        self._bad_answers: dict[tuple[str, ProbeKind], str] = {}

    @property
    def unhealthy(self) -> dict[str, str]:
        """The last bad answers to probes, by container id, for people to read."""
        return {container: told for (container, _), told in self._bad_answers.items()}

    def begin(self, plan: Plan) -> None:
        """A plan that begins hooks is about to be carried out."""
        self.hooks.update(plan.remember.hooks)

    def finish(self, key: str, error: EngineError | None, now: float) -> None:
        """The operation of a hook has come to its end. One that the engine did not take is begun again."""
        run = self.hooks.get(key)
        if run is None or isinstance(error, EngineUnavailable):
            self.hooks.pop(key, None)
            return
        # A container that has ended meanwhile has failed nothing.
        gone = isinstance(error, EngineConflict | EngineNotFound)
        self._end(key, run, now, str(error) if error and not gone else "")

    def let_pass(self, now: float) -> None:
        """Hooks that are only a pause are over when their time has come."""
        for key, run in tuple(self.hooks.items()):
            if run.ended_at is None and is_hook_over(run, now):
                self._end(key, run, now, "")

    def learn(self, reports: Iterable[ProbeReport]) -> None:
        """Take in what probes have found."""
        for report in reports:
            self._bad_answers.pop((report.container, report.kind), None)
            if not report.passed:
                told = f"{report.kind.value} probe failed: {report.detail}"
                self._bad_answers[report.container, report.kind] = told
            if report.decides:
                self._record(report.container, _with(self._known(report.container, report.run), report))

    def tidy(self, present: set[str]) -> None:
        """Let go of containers that are gone."""
        gone = frozenset(self.health.keys() - present)
        for container in gone:
            del self.health[container]
        if gone:
            self._history.forget_health(gone)
        self.hooks = {key: run for key, run in self.hooks.items() if owner_in_key(key) in present}
        self._bad_answers = {key: told for key, told in self._bad_answers.items() if key[0] in present}

    def _end(self, key: str, run: HookRun, now: float, error: str) -> None:
        self.hooks[key] = replace(run, ended_at=now)
        container = owner_in_key(key)
        if key != hook_key(container, POST_START):
            return
        known = self._known(container, run.run)
        failed = replace(known, failed=f"postStart failed: {error}", failed_by=POST_START)
        self._record(container, failed if error else replace(known, post_started_at=now))

    def _known(self, container: str, run: float) -> Health:
        """What is known of this run; an earlier one is forgotten."""
        known = self.health.get(container, NOTHING_KNOWN)
        return known if known.run == run else Health(run)

    def _record(self, container: str, health: Health) -> None:
        self.health[container] = health
        self._history.record_health({container: health})


def _with(known: Health, report: ProbeReport) -> Health:
    failed = f"{report.kind.value} probe failed: {report.detail}"
    match report.kind, report.passed:
        case ProbeKind.STARTUP, True:
            return replace(known, started_at=report.at)
        case ProbeKind.READINESS, True:
            return replace(known, ready_since=report.at, unready_since=None)
        case ProbeKind.READINESS, False:
            return replace(known, ready_since=None, unready_since=report.at)
        case ProbeKind.LIVENESS, True:
            return known
        case kind, _:
            return replace(known, failed=failed, failed_by=kind.value)
