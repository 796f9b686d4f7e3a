"""What goes wrong while one workload is planned is nobody else's trouble."""

from collections.abc import Iterator

from simulation.sight import Sight


class DefectsConcernOne:
    """While one cannot be planned, all others are, in the very same pass."""

    name = "a defect concerns one workload"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        defects = sight.world.defects
        for trouble in sight.plan.troubles:
            owner = trouble.owner or next((key for key in sight.world.asked if str(key) == trouble.told), None)
            if not defects.concerns(owner):
                yield f"{trouble.told} is left out: {trouble.failure.message}"
        for decision in sight.plan.decisions:
            if decision.undecided and not defects.ever_concerned(decision.workload):
                yield f"nothing was decided about {decision.workload}"
