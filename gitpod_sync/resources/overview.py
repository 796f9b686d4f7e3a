"""The state of everything, as `gitpod-sync status` shows it: sources, health, and what is kept from Git. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitpod_sync.model.records.cordon import cordon_of
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision
from gitpod_sync.plan.config.references import CREATING
from gitpod_sync.plan.report.render import operation_name
from gitpod_sync.plan.situation import Failure
from gitpod_sync.plan.steps import Plan
from gitpod_sync.redaction import redact
from gitpod_sync.resources.items import list_pods
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.revisions import RefusedRevision


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """A source: its revision in force since `since`, and the refused one.

    `commit` is "" while nothing is in force, and `revision` None where the revision in force cannot be read now. Times
    are in seconds since the epoch.
    """

    spec: SourceSpec
    commit: str = ""
    revision: Revision | None = None
    since: float | None = None
    refused: RefusedRevision | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is to be known of a subject. `since` is None where that is not known."""

    subject: str
    message: str
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """How many are as they should be, of how many."""

    ready: int
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How everything stands, as `status` shows it."""

    instance: str
    """Its name."""
    engine: str
    """Where the engine is."""
    actor: str
    """The process that acts for the instance; "" when none does."""
    sources: tuple[SourceStanding, ...]
    """One entry each, in the order of the configuration."""
    ahead: tuple[str, ...]
    """A line for each source that has moved on while nobody follows it, which is no fault yet."""
    workloads: Ready | None
    """Complete ones of all; None while the engine does not answer, which is then in `wrong`."""
    pods: Ready | None
    """Ready ones of all; None while the engine does not answer."""
    differing: int
    """How many objects differ from what is in force."""
    wrong: tuple[Remark, ...]
    """What is not as it should be; empty: all is well."""
    awaited: tuple[Remark, ...] = ()
    """What waits for a word of a person."""
    held: tuple[Remark, ...] = ()
    """What is on purpose not as Git asks."""

    @property
    def well(self) -> bool:
        """Whether all that is in force is there, and nothing that was committed is refused or waits for a word."""
        return not (self.wrong or self.awaited or any(each.refused for each in self.sources))


def standings(
    specs: Iterable[SourceSpec],
    good: Mapping[str, str],
    since: Mapping[str, float],
    in_force: Mapping[str, Revision],
    refused: Mapping[str, RefusedRevision],
) -> tuple[SourceStanding, ...]:
    """The sources. `good`, `since` and `refused` are the history's, `in_force` is what could be read, by source."""
    return tuple(
        SourceStanding(
            spec, good.get(spec.key, ""), in_force.get(spec.name), since.get(spec.key), refused.get(spec.key)
        )
        for spec in specs
    )


def count_workloads(plan: Plan) -> Ready:
    """The complete workloads among all."""
    return Ready(sum(each.status.complete for each in plan.decisions), len(plan.decisions))


def count_pods(plan: Plan) -> Ready:
    """The pods whose containers are all ready, among those that are not over; pods still to be made count as well."""
    living = [
        item for item in list_pods(plan) if item.state is None or not (item.state.outcome or item.state.pod.ending)
    ]
    return Ready(sum(item.state is not None and item.ready == item.total for item in living), len(living))


def what_is_wrong(
    plan: Plan, failures: Mapping[str, Failure], conditions: Iterable[tuple[str, float]]
) -> Iterator[Remark]:
    """Workloads that are not there, what is waited for, what is tried again, and what the node is short of."""
    for decision in plan.decisions:
        status = decision.status
        if status.failed:
            yield Remark(str(decision.workload), status.failed)
        elif not status.complete:
            told = f"{status.available} of {status.desired} available, {status.updated} updated"
            yield Remark(str(decision.workload), told)
    for waiting in plan.waiting:
        if waiting.reason != CREATING:
            yield Remark(str(waiting.subject), f"{waiting.reason}: {waiting.message}")
    for step in plan.steps:
        if step.retry in failures:
            yield Remark(str(step.subject), f"{operation_name(step.operation)} failed: {failures[step.retry].message}")
    for name, since in conditions:
        yield Remark(f"node {plan.node.name}", name, since)


def what_waits(removals: Iterable[Removal], specs: Iterable[SourceSpec]) -> Iterator[Remark]:
    """Removals that a revision asks for without a cause, and that nobody has approved."""
    names = {spec.key: spec.name for spec in specs}
    for removal in removals:
        told = f"{removal.told}; `gitpod-sync approve {removal.hash}` permits it"
        yield Remark(f"source {names.get(removal.source, redact(removal.source))}", told)


def what_is_held(plan: Plan, interventions: Iterable[Intervention]) -> Iterator[Remark]:
    """Workloads that are on purpose not as Git asks: by a word of a person, or after a rollback."""
    interventions = tuple(interventions)
    given = {order.subject: order for order in interventions if order.verb in {Verb.PAUSE, Verb.UNDO}}
    for decision in plan.decisions:
        order = given.get(decision.workload)
        if decision.status.held:
            yield Remark(str(decision.workload), decision.status.held, order.at if order else None)
    about_node = [order for order in interventions if order.subject == NODE]
    cordon = cordon_of(about_node)
    if cordon.unschedulable:
        told = "drained: its pods go, and none comes" if cordon.drained else "cordoned: no pod comes to it"
        since = min(order.at for order in about_node)
        yield Remark(f"node {plan.node.name}", f"{told}, until `gitpod-sync uncordon`", since)
