"""What each kind promises."""

from collections.abc import Iterator

from simulation.kinds.all import kind_of
from simulation.sight import Sight


class KindsKeepTheirPromises:
    """See the modules in `kinds/`."""

    name = "what a kind promises"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        for key in sorted(sight.world.desired.workloads):
            for sentence in kind_of(key).judge(sight.look_at(key)):
                yield f"{key}: {sentence}"
        for key in sorted(sight.born.keys() - sight.world.desired.workloads.keys()):
            yield f"{key}: a pod is made for it, and Git does not name it"
