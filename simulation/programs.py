"""The programs of drawn images: what an image does can be read off its tag, as in `web:3-broken`."""

from dataclasses import replace

from gitpod_sync.engines.memory.containers import Behaviour

NEVER = (float("inf"), None)

BROKEN = "broken"
"""Runs, and never gets ready."""

CRASHING = "crashing"
"""Ends badly after two seconds, again and again."""

DEAF = "deaf"
"""Ignores TERM."""

MISSING = "missing"
"""No registry has it."""

UNSTARTABLE = "unstartable"
"""Has no program to run."""

SHORT = "short"
"""Ends well after five seconds."""

FAILING = "failing"
"""Ends badly after three seconds."""

LONG = "long"
"""Ends well after two minutes."""

BAD = (BROKEN, CRASHING, MISSING, UNSTARTABLE)
"""Of a service; a new commit has to make good for it."""

_BEHAVIOURS = {
    BROKEN: Behaviour(answers_well={"readiness": NEVER}),
    CRASHING: Behaviour(exits_after=2.0, exit_code=1),
    DEAF: Behaviour(ignores_term=True),
    UNSTARTABLE: Behaviour(fails_to_start="exec: {words}: no such file or directory"),
    SHORT: Behaviour(exits_after=5.0),
    FAILING: Behaviour(exits_after=3.0, exit_code=1),
    LONG: Behaviour(exits_after=120.0),
}


def image_of(name: str, version: int, program: str = "") -> str:
    """The reference of an image."""
    return f"{name}:{version}-{program}" if program else f"{name}:{version}"


def program_of(image: str) -> str:
    """What its tag says that it does; "" for one that runs for ever and is good."""
    return image.rpartition(":")[2].partition("-")[2]


def behaviour_of(image: str) -> Behaviour:
    """What its program does."""
    return _BEHAVIOURS.get(program_of(image), Behaviour())


def shifted(behaviour: Behaviour, seconds: float) -> Behaviour:
    """The same when the clock was set after the program's start: what it does and when is as it was."""
    after = behaviour.exits_after
    windows = {
        what: (begin + seconds, None if end is None else end + seconds)
        for what, (begin, end) in behaviour.answers_well.items()
    }
    return replace(behaviour, exits_after=None if after is None else after + seconds, answers_well=windows)
