"""What a dry run shows of ConfigMaps and the like: each key that differs, and of Secrets only which."""

import json
from pathlib import Path

from click.testing import CliRunner

from gitpod_sync.cli.main import cli
from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.report.config_changes import compute_config_changes
from gitpod_sync.plan.report.field_changes import FieldChange
from gitpod_sync.plan.report.render import render_changes
from tests.support.simulation import desired_from


def told(before: str, after: str) -> str:
    return render_changes(compute_config_changes(desired_from(before).configs, desired_from(after).configs))


def config(**data: str) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"}, "data": data})


def test_each_key_of_a_config_map_that_differs_is_told() -> None:
    assert told(config(a="1", b="2", c="3"), config(a="1", b="4", d="5")).splitlines() == [
        "~ ConfigMap default/app",
        '    data.b: "2" → "4"',
        '    data.c: "3" → (none)',
        '    data.d: (none) → "5"',
    ]


def test_what_comes_and_goes_is_told_and_what_stays_is_not() -> None:
    other = config(a="1").replace('"app"', '"other"')
    assert told(config(a="1"), other) == "- ConfigMap default/app\n+ ConfigMap default/other"
    assert told(other, other) == ""


def test_of_a_long_file_only_the_place_that_differs_is_told() -> None:
    lines = [f"line {number}" for number in range(10_000)]
    before = "\n".join(lines)
    (_, field) = told(config(f=before), config(f=before.replace("line 5000", "LINE 5000"))).splitlines()
    assert field.startswith('    data.f: "…')
    assert "line 5000" in field
    assert "LINE 5000" in field
    assert len(field) < 250
    after = before.replace("line", "LINE")
    assert len(told(config(f=before), config(f=after))) < 600
    (change,) = compute_config_changes(desired_from(config(f=before)).configs, desired_from(config(f=after)).configs)
    assert change.fields == (FieldChange("data.f", before, after),), "programs are given all of it"


def test_of_a_secret_only_the_keys_are_told() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"a": "hunter2"}}
    told_before = secret | {"data": {"b": "b3RoZXI="}}
    changed = secret | {"stringData": {"a": "hunter3", "c": "new"}}
    found = told(json.dumps(told_before), json.dumps(changed))
    assert found.splitlines() == [
        "~ Secret default/login",
        '    data.a: "********" → "********"',
        '    data.b: "********" → (none)',
        '    data.c: (none) → "********"',
    ]


def test_a_secret_that_says_the_same_in_another_way_has_not_changed() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}}
    plain, encoded = {"stringData": {"a": "other"}}, {"data": {"a": "b3RoZXI="}}
    assert told(json.dumps(secret | plain), json.dumps(secret | encoded)) == ""


def test_an_annotation_of_a_secret_is_not_told() -> None:
    metadata = {"name": "login", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "hunter2"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}}
    assert told(json.dumps(secret), json.dumps(secret | {"metadata": metadata})) == ""


def test_fields_of_others_that_are_no_workloads_are_told_too() -> None:
    budget = (
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n"
        "spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}"
    )
    assert "spec.minAvailable: 1 → 2" in told(budget, budget.replace("minAvailable: 1", "minAvailable: 2"))
    assert desired_from(budget).configs.keys() == {Key("PodDisruptionBudget", "default", "web")}


def test_a_dry_run_tells_what_has_changed_since_the_revision_in_force(tmp_path: Path) -> None:
    source, common = tmp_path / "source", ("--instance", "sim", "--engine", "simulated", "--state-dir", str(tmp_path))
    source.mkdir()
    (source / "app.json").write_text(config(a="1"))
    for command in ("sync", "diff"):
        done = CliRunner().invoke(cli, [command, *common, "--source", str(source)])
        assert done.exit_code == 0, (done.output, done.exception)
    (source / "app.json").write_text(config(a="2"))
    done = CliRunner().invoke(cli, ["diff", *common, "--source", str(source)])
    assert done.stdout == '~ ConfigMap default/app\n    data.a: "1" → "2"\n'
    assert done.exit_code == 2
    done = CliRunner().invoke(cli, ["sync", *common, "--source", str(source)])
    assert done.exit_code == 0
    assert CliRunner().invoke(cli, ["diff", *common, "--source", str(source)]).exit_code == 0
