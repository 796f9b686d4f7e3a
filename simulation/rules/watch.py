"""Nothing is found by the slow look round that something should have called for."""

from collections.abc import Iterator

from simulation.sight import Sight


class NothingIsOverslept:
    """In quiet times a pass that nothing called for finds nothing to do: whatever comes due asks to be woken for."""

    name = "nothing is overslept"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        if sight.calm and not sight.called_for and sight.plan.steps:
            step = sight.plan.steps[0]
            yield f"{step.subject}: {type(step.operation).__name__} was due and nothing asked to be woken for it"
