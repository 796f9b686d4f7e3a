"""A node that is cordoned or drained."""

from collections.abc import Iterator

from gitpod_sync.model.records.interventions import NODE
from simulation.sight import Sight


class NothingComesToACordonedNode:
    """While the order stands only pods of DaemonSets come."""

    name = "nothing comes to a cordoned node"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        if not any(order.subject == NODE for order in sight.world.history.interventions() or ()):
            return
        for birth in sight.born:
            if birth.owner.kind != "DaemonSet":
                yield f"pod {birth.name} is made"
