"""Sources that go bad."""

from collections.abc import Iterator

from simulation.sight import Sight


class ABadSourceFreezesOnlyItself:
    """In force is the newest of every source that is as it should be, and what was before of one that is bad."""

    name = "a bad source freezes only itself"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        promised, asked = sight.world.sources.promised, sight.world.desired
        in_force = {**asked.workloads, **asked.cron_jobs, **asked.configs}
        for key in sorted(promised.keys() | in_force.keys()):
            if key not in in_force:
                yield f"{key} is not in force, though no source has taken it away"
            elif key not in promised:
                yield f"{key} is in force, though its source has taken it away"
            elif in_force[key] != promised[key]:
                yield f"{key} is in force as its source does not ask for it"
