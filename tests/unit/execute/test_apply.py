"""What is told of an operation that failed."""

import pytest

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import (
    DiskFull,
    EngineConflict,
    EngineError,
    EngineNotFound,
    EngineUnavailable,
    ImageUnavailable,
)
from gitpod_sync.execute.apply import apply_step
from gitpod_sync.operations.operations import StartContainer
from gitpod_sync.plan.steps import Step
from gitpod_sync.plan.subjects import Part, Subject

WORDS = 'exec: "hunter2": executable file not found in $PATH'


class Refusing:
    """An engine that starts nothing, and repeats what it was to start."""

    def __init__(self, error: EngineError) -> None:
        self._error = error

    def start_container(self, operation: StartContainer) -> None:
        del operation
        raise self._error


def told(error: EngineError, *hidden: str) -> str:
    step = Step(
        1, "c", Subject(Part.LEFTOVER, "main"), StartContainer("a"), "it is not there", "c", hidden=frozenset(hidden)
    )
    engine: Engine = Refusing(error)  # type: ignore[assignment] # the one call that is made
    return str(apply_step(engine, step).error)


@pytest.mark.parametrize("kind", [EngineError, EngineNotFound, EngineConflict, ImageUnavailable])
def test_what_an_answer_repeats_of_a_secret_is_not_told_and_all_else_is(kind: type[EngineError]) -> None:
    assert told(kind(WORDS), "hunter2") == 'exec: "***": executable file not found in $PATH'
    assert told(kind(WORDS)) == WORDS


def test_an_engine_that_does_not_answer_is_told_as_ever() -> None:
    assert told(DiskFull(), "space") == str(DiskFull())
    assert told(EngineUnavailable("no route", "check it"), "route") == "no route; check it"
