"""What each kind promises."""

from collections.abc import Iterator

from simulation.kinds.all import kind_of, owns
from simulation.sight import Sight


class KindsKeepTheirPromises:
    """See the modules in `kinds/`."""

    name = "what a kind promises"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        asked = sorted(sight.world.asked)
        for key in asked:
            for sentence in kind_of(key).judge(sight.look_at(key)):
                yield f"{key}: {sentence}"
        for birth in sight.born:
            if not any(owns(key, birth.owner) for key in asked):
                yield f"{birth.owner}: a pod is made for it, and Git does not name it"
