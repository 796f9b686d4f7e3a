"""Many small pods in one revision, each run to its end once: what it printed is what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.e2e.stage import Stage, eventually

Fields = Mapping[str, Any]

_ENDS = {"Completed", "Error", "StartError", "OOMKilled", "DeadlineExceeded"}


@dataclass(frozen=True)
class Small:
    """A pod of one container that never restarts. It runs the shell script unless `container` has a command of its own.

    `prints` is all that it writes, `exits` its exit code.
    """

    script: str = ""
    prints: str = ""
    pod: Fields = field(default_factory=dict)
    container: Fields = field(default_factory=dict)
    metadata: Fields = field(default_factory=dict)
    exits: int = 0

    def manifest(self, name: str) -> Fields:
        """The pod under this name."""
        command = {"command": ["/bin/sh", "-c", self.script]} if self.script else {}
        container = {"name": "main", "image": "IMAGE", **command, **self.container}
        spec = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container], **self.pod}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **self.metadata}, "spec": spec}


def found_by(stage: Stage, pods: Mapping[str, Small], others: Sequence[Fields] = ()) -> dict[str, tuple[str, int]]:
    """What each pod printed and its exit code, once all have come to their end."""
    manifests = [*others, *(small.manifest(name) for name, small in pods.items())]
    stage.push({"pods.yaml": yaml.safe_dump_all(manifests, sort_keys=False)})
    with stage.daemon():
        eventually(lambda: _ended(stage) == set(pods), within=300, what=lambda: stage.ask("diff"))
    ended = {each.pod.partition("/")[2]: each.id for each in stage.seen() if each.container == "main"}
    return {
        name: (
            stage.client.logs(ended[name]).decode().strip(),
            int(stage.client.inspect_container(ended[name])["State"]["ExitCode"]),
        )
        for name in pods
    }


def expected_of(pods: Mapping[str, Small]) -> dict[str, tuple[str, int]]:
    """What they should print and how they should end."""
    return {name: (small.prints, small.exits) for name, small in pods.items()}


def _ended(stage: Stage) -> set[str]:
    rows = (line.split() for line in stage.ask("get", "pods").splitlines()[1:])
    return {name for name, _, status, *_ in rows if status in _ENDS}
