"""How many examples a property is tried with, and how many stories are played.

Every run tries a few, the same ones each time: what fails in it has failed because of a change. `make thorough` tries
many, and others each time.
"""

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("THOROUGH") == "1"
SHARE = 8
"""Of so many examples of `make thorough`, every run tries one."""

FEWEST = 10

settings.register_profile(
    "everyday",
    max_examples=100 // SHARE,
    derandomize=True,
    deadline=None,  # how long an example takes says how busy the machine is
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("thorough", settings.get_profile("everyday"), max_examples=100, derandomize=False)
settings.load_profile("thorough" if THOROUGH else "everyday")


def examples(many: int) -> settings:
    """For a property that `make thorough` tries with so many examples."""
    return settings(max_examples=many if THOROUGH else min(many, max(FEWEST, many // SHARE)))
