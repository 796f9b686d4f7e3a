"""No two pods of one name."""

from collections.abc import Iterator

from simulation.sight import Sight


class NamesAreGivenOnce:
    """Pods that stand, or are about to, have different names; those that are being ended have given theirs up."""

    name = "no two pods of one name"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        taken = {(pod.owner.namespace, pod.name) for pod in sight.pods if pod.standing and pod.uid not in sight.ended}
        coming = [(key.namespace, birth.name) for key, births in sight.coming.items() for birth in births]
        taken.update(coming)
        for key, births in sorted(sight.born.items()):
            for birth in births:
                if (key.namespace, birth.name) in taken:
                    yield f"pod {key.namespace}/{birth.name} is made beside one of that name"
                taken.add((key.namespace, birth.name))
