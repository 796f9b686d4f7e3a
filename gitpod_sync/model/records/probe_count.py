"""From single answers to a verdict. Pure.

Source of the rules: Kubernetes, "Configure Probes": a verdict changes after `successThreshold` good answers in a row,
or `failureThreshold` others. A probe that is passing stays so until then, and one that is not likewise.
"""

from dataclasses import dataclass, replace

from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.probing import Answer, ProbeReport, ProbeTarget


@dataclass(frozen=True, slots=True)
class ProbeCount:
    """The standing of a probe: its verdict, and how many answers in a row were `good` or not.

    `over`: the probe asks no more. `told` is the detail of the last bad answer that was reported, "" once a good one
    was; None before the first answer: an earlier asker (at another address, or before the clock was set back) may have
    reported a bad one.
    """

    passing: bool
    good: bool = False
    in_a_row: int = 0
    over: bool = False
    told: str | None = None


def begin_count(target: ProbeTarget) -> ProbeCount:
    """Before the first answer."""
    return ProbeCount(target.passing)


def count_answer(
    target: ProbeTarget, count: ProbeCount, answer: Answer, at: float
) -> tuple[ProbeCount, ProbeReport | None]:
    """The count after one more answer, and the report that it gives rise to.

    A liveness or startup probe that has failed is over: the container is ended. So is a startup probe that has passed.
    """
    in_a_row = count.in_a_row + 1 if count.in_a_row and count.good is answer.good else 1
    told = "" if answer.good else answer.detail
    report = ProbeReport(target.container, target.run, target.kind, answer.good, at, answer.detail)
    # A good answer after a bad one is news, too, even if the verdict has stood all the while.
    news = told != count.told
    count = replace(count, good=answer.good, in_a_row=in_a_row, told=told)
    enough = in_a_row >= (target.success_threshold if answer.good else target.failure_threshold)
    if not enough or (answer.good is count.passing and not (target.kind is ProbeKind.STARTUP and not answer.good)):
        return count, replace(report, decides=False) if news else None
    over = target.kind is ProbeKind.STARTUP or (target.kind is ProbeKind.LIVENESS and not answer.good)
    return replace(count, passing=answer.good, over=over), report
