"""What is decided about every workload: by its controller, by who it depends on, by autoscalers, and by the clock."""

from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.plan.autoscaling import Autoscaling
from gitpod_sync.plan.waiting import NO_NOTES, Notes, earliest
from gitpod_sync.plan.workloads.cron_jobs import Derived
from gitpod_sync.plan.workloads.interventions import NONE_IN_FORCE, InForce


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadDecisions:
    """The first stage of deciding."""

    decisions: tuple[Decision, ...] = ()
    """By workload, in order."""
    derived: Derived = field(default_factory=Derived)
    """What CronJobs have made."""
    scalings: tuple[Autoscaling, ...] = ()
    """What autoscalers did."""
    standing: InForce = NONE_IN_FORCE
    """Which orders of people stand, and which do not any more."""
    unknown: frozenset[Key] = frozenset()
    """Workloads about which something could not be read: nothing is decided about them."""
    notes: Notes = NO_NOTES
    """Who waits for whom."""

    @property
    def withdrawn(self) -> tuple[Intervention, ...]:
        """Orders that have been carried out, and those that do not stand any more."""
        return (*(done for decision in self.decisions for done in decision.done), *self.standing.expired)

    @property
    def wake_at(self) -> float | None:
        """When a controller or an autoscaler has to be asked again."""
        return earliest(*(each.wake_at for each in self.decisions), *(each.wake_at for each in self.scalings))

    @property
    def creates(self) -> bool:
        """Whether any pod is asked for that is not there."""
        return any(decision.create for decision in self.decisions)
