"""Interventions: orders of a person to the running daemon, in force until they are withdrawn.

Git says what there should be; an intervention says for now: hold this here, begin that again. Another process (a
command of the command line) gives it, the state database keeps it, and every pass is decided with it.
"""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.meta import Key

NODE = Key("Node", "", "")
"""The subject of orders about the machine and not about one workload."""


def source_key(source: str) -> Key:
    """The subject of orders about a source, by what the history knows it by."""
    return Key("Source", "", source)


class Verb(StrEnum):
    """What is to be done with the subject.

    PAUSE: the rollout stays where it is. UNDO: the workload is held at the revision whose hash is the argument.
    RESTART: every pod is replaced once; the argument is the time of the order. RETRY: what was given up is tried again.
    RUN: a CronJob makes a Job now; the argument is its name. CORDON: no pod comes to the node. DRAIN: none comes, and
    those that are there go; the argument is `model.cordon.WITHOUT_BUDGETS` or nothing. APPROVE: what a revision would
    take away unasked goes; the subject is the source, the argument the removal's hash.
    """

    PAUSE = "pause"
    UNDO = "undo"
    RESTART = "restart"
    RETRY = "retry"
    RUN = "run"
    CORDON = "cordon"
    DRAIN = "drain"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True, order=True)
class Intervention:
    """One intervention, given at `at` (seconds since the epoch). A later one of the same verb takes its place.

    `about` is the hash of the object as it was in Git then (`model.hashing.object_hash`): the intervention expires as
    soon as a commit changes the object. Without it the intervention stays in force for as long as the subject is in
    Git.
    """

    subject: Key
    verb: Verb
    argument: str = ""
    at: float = 0.0
    about: str = ""
