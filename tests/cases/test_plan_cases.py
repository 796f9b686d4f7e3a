"""A folder a case, by topics: what ran before, what a hand did to it, what Git asks now, and the plan.

    before.yaml     manifests that were converged first (optional)
    hand.yaml       what happened then: a list of {do: verb, pod: name, container: name, …} (optional), see deeds.py;
                    `do: ask` has the manifests asked for already
    manifests.yaml  what Git asks now (optional: nothing)
    plan.txt        the report of a dry run, UIDs replaced by U1, U2 …

Run with GITPOD_SYNC_WRITE_CASES=1 to write the plans anew, and read the difference before you keep it.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitpod_sync.plan.report.render import render_report
from tests.cases.deeds import do
from tests.support.simulation import desired_from, simulation

PLANS = Path(__file__).parent / "plans"
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.mark.parametrize("case", sorted(PLANS.glob("*/*")), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_plan_is_as_written(case: Path) -> None:
    asked = desired_from(_text(case / "manifests.yaml"))
    with simulation() as world:
        if (case / "before.yaml").exists():
            world.desired = desired_from(_text(case / "before.yaml"))
            world.converge()
        for said in _read(case / "hand.yaml"):
            if said["do"] == "ask":
                world.desired = asked
            else:
                do(world, said)
        world.desired = asked
        report = _steady(render_report(*world.dry_run())) + "\n"
    expected = case / "plan.txt"
    if os.environ.get("GITPOD_SYNC_WRITE_CASES"):
        expected.write_text(report)
    assert report == expected.read_text()


def test_a_misspelt_verb_is_told_with_those_there_are() -> None:
    with simulation() as world, pytest.raises(ValueError, match=r"there is no deed 'kil'; write one of .* kill, "):
        do(world, {"do": "kil", "pod": "web"})


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _read(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(_text(path)) or ())


def _steady(report: str) -> str:
    names: dict[str, str] = {}
    return _UID.sub(lambda match: names.setdefault(match[0], f"U{len(names) + 1}"), report)
