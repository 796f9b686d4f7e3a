"""A folder a case, named by its sentence: what ran before, what a hand did to it, what Git asks now, and the plan.

    before.yaml     manifests that were converged first (optional)
    hand.yaml       what happened then: a list of {do: verb, pod: name, container: name, …} (optional), orders included;
                    `ask` has the manifests asked for already
    manifests.yaml  what Git asks now (optional: nothing)
    plan.txt        the report of a dry run, UIDs replaced by U1, U2 …

Run with GITPOD_SYNC_WRITE_CASES=1 to write the plans anew, and read the difference before you keep it.
"""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ImageInfo
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.pressure import Level, Signal
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.plan.report.render import render_report
from tests.support.simulation import Simulation, desired_from, simulation

CASES = sorted(path for path in (Path(__file__).parent / "plans").iterdir() if path.is_dir())
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plan_is_as_written(case: Path) -> None:
    with simulation() as world:
        if (case / "before.yaml").exists():
            world.desired = desired_from((case / "before.yaml").read_text())
            world.converge()
        for deed in _read(case / "hand.yaml"):
            if deed["do"] == "ask":
                world.desired = desired_from((case / "manifests.yaml").read_text())
            else:
                _do(world, **deed)
        if (case / "manifests.yaml").exists():
            world.desired = desired_from((case / "manifests.yaml").read_text())
        else:
            world.desired = desired_from("")
        report = _steady(render_report(*world.dry_run())) + "\n"
    expected = case / "plan.txt"
    if os.environ.get("GITPOD_SYNC_WRITE_CASES"):
        expected.write_text(report)
    assert report == expected.read_text()


def _read(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text())) if path.exists() else []


def _do(world: Simulation, do: str, pod: str = "", container: str = "", **details: Any) -> None:  # noqa: C901, PLR0912 - one case a deed
    match do:
        case "wait":
            world.clock.advance(details["seconds"])
        case "pass":
            world.run_pass()
        case "use":
            world.engine.memory_use[world.find(pod, container).name] = details["memory"]
        case "look":
            levels = {Signal(name): Level(*amounts) for name, amounts in details["levels"].items()}
            world.engine.levels.update(levels)
            world.watch.look()
        case "absent":
            world.engine.absent.add(details["image"])
        case "order":
            _order(world, Key(*details["subject"]), Verb(details["verb"]))
        case "converge":
            world.converge()
        case "behave":
            image = details.pop("image")
            world.engine.behaviours[image] = Behaviour(**details)
        case "image":
            image = details.pop("image")
            world.engine.images[image] = ImageInfo(f"sha256:{image}", **details)
        case "run" if "like" in details:
            like = world.find(pod, details["like"])
            config = replace(like.config, image="foreign:1", labels={**like.labels, **details.get("labels", {})})
            world.hand.run(details["name"], config)
        case "run":
            labels = details.get("labels", {})
            world.hand.run(
                details["name"], ContainerConfig(image="foreign:1", network=f"{world.instance.network}", labels=labels)
            )
        case "restart" if "attempt" in details:
            world.hand.restart(world.find(pod, container, details["attempt"]).id)
        case "network":
            world.engine.networks[details["name"]] = details["labels"]
        case "connect":
            world.hand.connect(world.find(pod, container).id, details["network"])
        case "disconnect":
            world.hand.disconnect(world.find(pod, container).id, world.instance.network)
        case "update":
            world.hand.update(world.find(pod, container).id, Limits(**details))
        case "rename":
            world.hand.rename(world.find(pod, container).id, details["name"])
        case "swap":
            one, other = world.find(pod, container), world.find(pod, details["with"])
            world.hand.rename(one.id, "between")
            world.hand.rename(other.id, one.name)
            world.hand.rename(one.id, other.name)
        case _:
            getattr(world.hand, do)(world.find(pod, container).id)


def _order(world: Simulation, subject: Key, verb: Verb) -> None:
    """A word of a person; an undo is to the first revision that is known."""
    argument = about = ""
    if verb is Verb.UNDO:
        record = world.history.records()[subject]
        assert isinstance(record, DeploymentRecord)
        argument, about = record.revisions[0].hash, object_hash(world.desired.workloads[subject])
    world.history.give_intervention(Intervention(subject, verb, argument, world.clock(), about))


def _steady(report: str) -> str:
    names: dict[str, str] = {}
    return _UID.sub(lambda match: names.setdefault(match[0], f"U{len(names) + 1}"), report)
