"""What a configuration decides about every pod, beside what the pods themselves say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are those of a new user. `pids_limit`: how many processes and threads a container may have; 0: any.

    Source of the meaning: Kubernetes, "Process ID Limits And Reservations" (podPidsLimit, there of a whole pod).

    `image_poll`: seconds between two looks at what the tags of images with the pull policy Always name; 0: never.
    """

    pids_limit: int = 0
    image_poll: float = 0.0


DEFAULT_SETTINGS = Settings()
