"""No two pods of one name."""

from collections.abc import Iterator

from simulation.sight import Sight


class NamesAreGivenOnce:
    """Pods that stand, or are about to, have different names; those that are being ended have given theirs up."""

    name = "no two pods of one name"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        taken = {(pod.owner.namespace, pod.name) for pod in sight.pods if pod.standing and pod.uid not in sight.ended}
        taken.update((birth.owner.namespace, birth.name) for birth in sight.coming)
        for birth in sight.born:
            name = (birth.owner.namespace, birth.name)
            if name in taken:
                yield f"pod {'/'.join(name)} is made beside one of that name"
            taken.add(name)
