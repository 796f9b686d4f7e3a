"""gitpod-sync with a defect that comes and goes: while the file at `SOAK_FLAW` names a workload, planning it throws."""

import os
from collections.abc import Callable
from pathlib import Path

from gitpod_sync.cli.main import main
from gitpod_sync.plan import act, decide

FLAW = "SOAK_FLAW"


class Defect(Exception):
    """It was made on purpose."""


def flawed(function: Callable[..., object], path: Path) -> Callable[..., object]:
    """The function, but for the workload that the file names, and for its pods."""

    def throw_or_call(*arguments: object) -> object:
        name = path.read_text() if path.exists() else ""
        for each in arguments if name else ():
            identity = getattr(getattr(each, "pod", each), "identity", each)
            key = getattr(identity, "owner", None) or getattr(each, "key", None)
            if getattr(key, "name", "") == name:
                raise Defect
        return function(*arguments)

    return throw_or_call


if __name__ == "__main__":
    file = Path(os.environ[FLAW])
    for module, name in ((decide, "decide_workload"), (act, "plan_kept_pod")):
        setattr(module, name, flawed(getattr(module, name), file))
    main()
