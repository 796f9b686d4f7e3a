"""One operation becomes one call of the engine."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from gitpod_sync.engines.protocol import Engine, Pulled
from gitpod_sync.errors import DiskFull, EngineError, EngineUnavailable
from gitpod_sync.execute.hooks import run_hook
from gitpod_sync.operations import operations as op
from gitpod_sync.plan.config.confidential import hide
from gitpod_sync.plan.steps import Step


@dataclass(frozen=True, slots=True)
class StepResult:
    """The outcome of a step: `error` is None for a success. It took `seconds`; `pulled` is what a pull brought."""

    step: Step
    error: EngineError | None = None
    seconds: float = 0.0
    pulled: Pulled | None = None


def apply_operation(engine: Engine, operation: op.Operation) -> Pulled | None:  # noqa: C901, PLR0912 - one case a kind
    """Do it, now; what came of a pull. Raises the `EngineError` that the engine gave."""
    match operation:
        case op.ImportSandboxImage():
            engine.import_sandbox_image(operation)
        case op.CreateNetwork():
            engine.create_network(operation)
        case op.RemoveNetwork():
            engine.remove_network(operation)
        case op.ConnectNetwork():
            engine.connect_network(operation)
        case op.DisconnectNetwork():
            engine.disconnect_network(operation)
        case op.PullImage():
            return engine.pull_image(operation)
        case op.RemoveImage():
            engine.remove_image(operation)
        case op.CreateContainer():
            engine.create_container(operation)
        case op.StartContainer():
            engine.start_container(operation)
        case op.WriteFiles():
            engine.write_files(operation)
        case op.ShareFolder():
            engine.share_folder(operation)
        case op.ShareTree():
            engine.share_tree(operation)
        case op.CheckPath():
            engine.check_path(operation)
        case op.MakeFolder():
            engine.make_folder(operation)
        case op.ClearMessage():
            engine.clear_message(operation)
        case op.SignalContainer():
            engine.signal_container(operation)
        case op.RunHook():
            run_hook(engine, operation)
        case op.UnpauseContainer():
            engine.unpause_container(operation)
        case op.UpdateContainer():
            engine.update_container(operation)
        case op.RenameContainer():
            engine.rename_container(operation)
        case op.RemoveContainer():
            engine.remove_container(operation)
        case op.RemoveVolume():
            engine.remove_volume(operation)
        case _ as never:
            assert_never(never)
    return None


def apply_step(engine: Engine, step: Step) -> StepResult:
    """Do one step, now; what the engine says of Secrets is hidden."""
    began = time.monotonic()
    try:
        pulled = apply_operation(engine, step.operation)
    except EngineError as error:
        return StepResult(step, _without_secrets(error, step.hidden))
    return StepResult(step, None, time.monotonic() - began, pulled)


def _without_secrets(error: EngineError, hidden: Collection[str]) -> EngineError:
    """The error without what the engine repeats of Secrets."""
    if not hidden or isinstance(error, EngineUnavailable | DiskFull):
        return error  # it speaks of the engine alone
    message = hide(error.message, hidden)
    return error if message == error.message else type(error)(message, error.remedy)
