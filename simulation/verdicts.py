"""What probes have told, as the referee remembers it: by container and run, and by nothing of the code on trial."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gitpod_sync.engines.memory.containers import SimulatedContainer
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.health import Health
from gitpod_sync.model.records.probing import ProbeReport


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one run of a container: when its startup probe passed, since when it is ready, whether it has failed."""

    run: float
    started_at: float | None = None
    ready_since: float | None = None
    failed: bool = False


class Verdicts:
    """Fed with the very reports that the loop is given."""

    def __init__(self) -> None:
        self._known: dict[str, Verdict] = {}

    def of(self, container: SimulatedContainer) -> Verdict:
        """What is known of its present run."""
        run = container.started_at or 0.0
        known = self._known.get(container.id)
        return known if known and known.run == run else Verdict(run)

    def learn(self, reports: Iterable[ProbeReport]) -> None:
        """Take in what probes have found."""
        for report in reports:
            if not report.decides:
                continue
            known = self._known.get(report.container)
            if known is None or known.run != report.run:
                known = Verdict(report.run)
            self._known[report.container] = _with(known, report)

    def recall(self, health: Mapping[str, Health]) -> None:
        """A new process knows what was written down, and no more."""
        self._known = {
            container: Verdict(each.run, each.started_at, each.ready_since, bool(each.failed))
            for container, each in health.items()
        }


def _with(known: Verdict, report: ProbeReport) -> Verdict:
    match report.kind:
        case ProbeKind.STARTUP if report.passed:
            return replace(known, started_at=report.at)
        case ProbeKind.READINESS:
            return replace(known, ready_since=report.at if report.passed else None)
        case ProbeKind.LIVENESS if report.passed:
            return known
        case _:
            return replace(known, failed=True)
