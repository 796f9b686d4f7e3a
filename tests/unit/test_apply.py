"""What is told of an operation that failed."""

import pytest

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound
from gitpod_sync.execute.apply import apply_chain
from gitpod_sync.plan.operations import StartContainer
from gitpod_sync.plan.steps import Step

WORDS = 'exec: "hunter2": executable file not found in $PATH'


class Refusing:
    """An engine that starts nothing, and repeats what it was to start."""

    def __init__(self, error: EngineError) -> None:
        self._error = error

    def start_container(self, operation: StartContainer) -> None:
        del operation
        raise self._error


def told(error: EngineError, *, confidential: bool) -> str:
    step = Step(1, "c", "container main", StartContainer("a"), "it is not there", "c", confidential=confidential)
    engine: Engine = Refusing(error)  # type: ignore[assignment] # the one call that is made
    (result,) = apply_chain(engine, [step], (), lambda: False)
    return str(result.error)


@pytest.mark.parametrize("kind", [EngineError, EngineNotFound])
def test_an_answer_that_may_repeat_a_secret_is_not_told(kind: type[EngineError]) -> None:
    assert "hunter2" not in told(kind(WORDS), confidential=True)
    assert "hunter2" in told(kind(WORDS), confidential=False)


def test_a_port_that_is_taken_is_told_all_the_same() -> None:
    assert "port 80" in told(EngineConflict("port 80 is already allocated"), confidential=True)
