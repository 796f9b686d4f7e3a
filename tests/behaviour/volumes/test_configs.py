"""What pods take from ConfigMaps, Secrets and themselves, on the simulated engine."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.settings import Settings
from gitpod_sync.operations.operations import CreateContainer, WriteFiles
from gitpod_sync.plan.report.render import render_report
from tests.support.simulation import Simulation, desired_from, simulation

SECRET_TEXT = "correct horse"


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def pod(container: str = "", spec: str = "", metadata: str = "") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: web, labels: {{app: web}}, annotations: {{note: "a \\"b\\""}}{metadata}}}
spec:
  {spec}
  containers:
  - {{name: main, image: "web:1", {container}}}
"""


def config(name: str = "settings", **data: str) -> str:
    return f"---\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, data: {json.dumps(data)}}}\n"


def secret(name: str = "login", **data: str) -> str:
    return f"---\n{{apiVersion: v1, kind: Secret, metadata: {{name: {name}}}, stringData: {json.dumps(data)}}}\n"


def env(sim: Simulation) -> dict[str, str]:
    return dict(sim.find("web", "main").config.env)


def files(sim: Simulation, volume: str = "v") -> dict[str, tuple[bytes, int]]:
    uid = sim.find("web").labels[labels.UID]
    found = sim.engine.files[sim.instance.volume_name(uid, volume)]
    return {path: (file.content, file.mode) for path, file in found.items()}


FILES_AND_MORE = "volumes: [{name: v, configMap: {name: settings}}, {name: w, emptyDir: {}}]"


def want(sim: Simulation, *manifests: str) -> None:
    sim.desired = desired_from("\n".join(manifests))


REFERENCES = """env: [
  {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}},
  {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}},
  {name: ABSENT, valueFrom: {configMapKeyRef: {name: nowhere, key: x, optional: true}}},
  {name: LINE, value: "$(LEVEL)/$(PASSWORD)/$(ABSENT)"}],
  args: ["--level=$(LEVEL)"]"""


def test_variables_come_from_config_maps_and_secrets_and_are_seen_by_later_ones(sim: Simulation) -> None:
    want(sim, pod(REFERENCES), config(level="high"), secret(password=SECRET_TEXT))
    sim.converge()
    expected = {"LEVEL": "high", "PASSWORD": SECRET_TEXT, "LINE": f"high/{SECRET_TEXT}/$(ABSENT)"}
    assert env(sim) == expected
    assert sim.find("web", "main").config.command == ("--level=high",)


def test_env_from_takes_every_key_under_its_prefix_and_env_wins(sim: Simulation) -> None:
    sources = "envFrom: [{prefix: C_, configMapRef: {name: settings}}, {secretRef: {name: login}}]"
    want(
        sim,
        pod(f'{sources}, env: [{{name: user, value: "$(C_level)"}}]'),
        config(level="high"),
        secret(user="me", password="p"),
    )
    sim.converge()
    assert env(sim) == {"C_level": "high", "user": "high", "password": "p"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "web"),
        ("metadata.namespace", "default"),
        ("metadata.labels['app']", "web"),
        ("metadata.annotations['none']", ""),
        ("spec.nodeName", "simulated"),
        ("spec.serviceAccountName", "default"),
        ("status.hostIP", "10.99.0.1"),
        ("status.podIP", "10.99.0.2"),
    ],
)
def test_a_pod_is_told_about_itself(sim: Simulation, path: str, value: str) -> None:
    want(sim, pod(f'env: [{{name: X, valueFrom: {{fieldRef: {{fieldPath: "{path}"}}}}}}]'))
    sim.converge()
    assert env(sim) == {"X": value}


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("limits.cpu", "0", "2"),
        ("limits.cpu", "1m", "1500"),
        ("limits.memory", "1Mi", "64"),
        ("limits.memory", "0", str(64 * 1024**2)),
        ("requests.cpu", "1m", "250"),
        ("requests.memory", "1Mi", "64"),
    ],
)
def test_resources_are_told_in_the_units_asked_for(sim: Simulation, resource: str, divisor: str, value: str) -> None:
    source = f'resourceFieldRef: {{resource: {resource}, divisor: "{divisor}"}}'
    resources = 'resources: {limits: {cpu: "1.5", memory: 64Mi}, requests: {cpu: 250m}}'
    want(sim, pod(f"{resources}, env: [{{name: X, valueFrom: {{{source}}}}}]"))
    sim.converge()
    assert env(sim) == {"X": value}


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        ("limits.cpu, divisor: 1m", "3900"),
        ("limits.memory", str(15 * 1024**3)),
        ("limits.ephemeral-storage", str(100 * 1024**3)),
        ("limits.hugepages-2Mi", "0"),
    ],
)
def test_a_limit_that_is_not_given_is_what_the_node_has_for_pods(resource: str, value: str) -> None:
    with simulation(Settings(node=NodeSettings(reserved={"cpu": 100, "memory": 1024**3}))) as sim:
        want(sim, pod(f"env: [{{name: X, valueFrom: {{resourceFieldRef: {{resource: {resource}}}}}}}]"))
        sim.converge()
        assert env(sim) == {"X": value}


def test_a_missing_reference_is_the_reason_at_the_pod_and_goes_on_when_it_comes(sim: Simulation) -> None:
    want(sim, pod(REFERENCES), secret(password=SECRET_TEXT))
    for _ in range(4):
        plan = sim.run_pass()
    (waiting,) = plan.waiting
    assert waiting.reason == "CreateContainerConfigError"
    assert waiting.message.startswith("ConfigMap default/settings is not in the repository")
    assert plan.steps == ()
    want(sim, pod(REFERENCES), config(other="x"), secret(password=SECRET_TEXT))
    assert "has no key `level`" in sim.run_pass().waiting[0].message
    want(sim, pod(REFERENCES), config(level="low"), secret(password=SECRET_TEXT))
    sim.converge()
    assert env(sim)["LEVEL"] == "low"


def test_a_changed_config_map_leaves_variables_until_the_next_attempt(sim: Simulation) -> None:
    want(sim, pod(REFERENCES), config(level="high"), secret(password=SECRET_TEXT))
    sim.converge()
    want(sim, pod(REFERENCES), config(level="low"), secret(password=SECRET_TEXT))
    assert sim.run_pass().steps == ()
    sim.hand.kill(sim.find("web", "main").id)
    sim.converge()
    assert env(sim)["LEVEL"] == "low"


def test_variables_that_somebody_changed_are_drift_though_their_values_are_not_known(sim: Simulation) -> None:
    want(sim, pod(REFERENCES), config(level="high"), secret(password=SECRET_TEXT))
    sim.converge()
    changed = sim.engine.containers[sim.find("web", "main").id]
    changed.config = replace(changed.config, env={**changed.config.env, "PASSWORD": "wrong"})
    causes = [step.cause for step in sim.run_pass().steps]
    assert causes
    assert all("not as written" in cause for cause in causes)
    assert not [cause for cause in causes if SECRET_TEXT in cause or "wrong" in cause]
    sim.converge()
    assert env(sim)["PASSWORD"] == SECRET_TEXT


def test_a_changed_command_with_a_secret_in_it_is_drift_without_telling_it(sim: Simulation) -> None:
    container = """command: [run], args: ["$(PASSWORD)"],
      env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}]"""
    want(sim, pod(container), secret(password=SECRET_TEXT))
    sim.converge()
    running = sim.engine.containers[sim.find("web", "main").id]
    running.config = replace(running.config, command=("other",))
    sim.clock.advance(20)
    plan = sim.run_pass()
    assert any("command is another one" in step.cause for step in plan.steps)
    assert SECRET_TEXT not in render_report((), plan)


def test_no_value_of_a_secret_is_in_a_label_or_a_plan(sim: Simulation) -> None:
    spec = "volumes: [{name: v, secret: {secretName: login}}]"
    container = f"{REFERENCES}, volumeMounts: [{{name: v, mountPath: /v}}]"
    want(sim, pod(container, spec), config(level="high"), secret(password=SECRET_TEXT))
    said = []
    while not (plan := sim.run_pass()).settled:
        said.append(render_report((), plan))
        said += [repr(step) for step in plan.steps if not isinstance(step.operation, CreateContainer)]
    said += [repr(dict(each.labels)) for each in sim.engine.observe(frozenset()).containers]
    assert not any(SECRET_TEXT in text for text in said)


MOUNT = "volumeMounts: [{name: v, mountPath: /v}]"


def test_a_config_map_becomes_files_before_the_container_is_made(sim: Simulation) -> None:
    want(sim, pod(MOUNT, "volumes: [{name: v, configMap: {name: settings}}]"), config(a="1", b="2"))
    sim.converge()
    assert files(sim) == {"a": (b"1", 0o644), "b": (b"2", 0o644)}
    (mount,) = sim.mounts("web", "main")
    assert (mount.read_only, mount.in_memory) == (True, False)


def test_items_choose_keys_paths_and_modes(sim: Simulation) -> None:
    items = "defaultMode: 0400, items: [{key: a, path: x/y}, {key: b, path: z, mode: 0755}]"
    want(
        sim,
        pod(MOUNT, f"volumes: [{{name: v, secret: {{secretName: login, {items}}}}}]"),
        secret(a="1", b="2", c="3"),
    )
    sim.converge()
    assert files(sim) == {"x/y": (b"1", 0o400), "z": (b"2", 0o755)}
    assert sim.mounts("web", "main")[0].in_memory


def test_binary_data_becomes_its_bytes(sim: Simulation) -> None:
    binary = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, binaryData: {a: AAEC}}\n"
    want(sim, pod(MOUNT, "volumes: [{name: v, configMap: {name: settings}}]"), binary)
    sim.converge()
    assert files(sim) == {"a": (b"\0\1\2", 0o644)}


def test_several_sources_are_one_folder(sim: Simulation) -> None:
    field = "{path: labels, fieldRef: {fieldPath: metadata.labels}}"
    note = "{path: note, fieldRef: {fieldPath: metadata.annotations}}"
    size = "{path: cpu, resourceFieldRef: {containerName: main, resource: requests.cpu}}"
    sources = (
        "{configMap: {name: settings}}, {secret: {name: login, items: [{key: p, path: p}]}}, "
        f"{{secret: {{name: nowhere, optional: true}}}}, {{downwardAPI: {{items: [{field}, {note}, {size}]}}}}"
    )
    volumes = f"volumes: [{{name: v, projected: {{sources: [{sources}]}}}}]"
    want(sim, pod(MOUNT, volumes), config(a="1"), secret(p="2"))
    sim.converge()
    found = {path: content for path, (content, _) in files(sim).items()}
    assert found == {"a": b"1", "p": b"2", "labels": b'app="web"', "note": b'note="a \\"b\\""', "cpu": b"0"}
    assert sim.mounts("web", "main")[0].in_memory


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("é ü/\N{SNOWMAN}", "é ü/\N{SNOWMAN}"),
        ('\\"', '\\\\\\"'),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x07\x7f\N{NO-BREAK SPACE}\N{LINE SEPARATOR}\N{TAG SPACE}", "\\a\\x7f\\u00a0\\u2028\\U000e0020"),
    ],
)
def test_an_annotation_is_told_as_go_quotes_it(sim: Simulation, value: str, told: str) -> None:
    item = "{path: note, fieldRef: {fieldPath: metadata.annotations}}"
    manifest = pod(MOUNT, f"volumes: [{{name: v, downwardAPI: {{items: [{item}]}}}}]")
    want(sim, manifest.replace('"a \\"b\\""', json.dumps(value)))
    sim.converge()
    assert files(sim)["note"][0].decode() == f'note="{told}"'


def test_a_change_reaches_the_files_of_a_running_pod_and_removed_keys_vanish(sim: Simulation) -> None:
    volumes = "volumes: [{name: v, configMap: {name: settings}}]"
    want(sim, pod(MOUNT, volumes), config(a="1", b="2"))
    sim.converge()
    before = sim.find("web", "main").id
    want(sim, pod(MOUNT, volumes), config(a="3"))
    _, dry = sim.dry_run()
    plan = sim.run_pass()
    assert [type(step.operation) for step in plan.steps] == [WriteFiles]
    assert [step.cause for step in dry.steps] == [step.cause for step in plan.steps]
    assert files(sim) == {"a": (b"3", 0o644)}
    assert sim.converge().steps == ()
    assert sim.find("web", "main").id == before


def test_a_missing_source_of_a_volume_holds_back_every_container_of_the_pod(sim: Simulation) -> None:
    want(sim, pod(spec="volumes: [{name: v, configMap: {name: settings}}]"))
    for _ in range(4):
        plan = sim.run_pass()
    assert {each.reason for each in plan.waiting} == {"FailedMount"}
    assert sim.alive() == []
    want(sim, pod(spec="volumes: [{name: v, configMap: {name: settings}}]"), config(a="1"))
    sim.converge()
    assert len(sim.alive()) == 1


def test_a_config_map_deleted_under_a_running_pod_is_a_reason_and_no_crash(sim: Simulation) -> None:
    volumes = "volumes: [{name: v, configMap: {name: settings}}]"
    want(sim, pod(MOUNT, volumes), config(a="1"))
    sim.converge()
    want(sim, pod(MOUNT, volumes))
    plan = sim.run_pass()
    assert [each.reason for each in plan.waiting] == ["FailedMount"]
    sim.hand.kill(sim.find("web", "main").id)
    sim.converge()
    assert files(sim) == {"a": (b"1", 0o644)}


def test_what_was_written_is_known_after_a_restart_of_ours(sim: Simulation) -> None:
    want(sim, pod(MOUNT, "volumes: [{name: v, configMap: {name: settings}}]"), config(a="1"))
    sim.converge()
    sim.restarted()
    assert sim.run_pass().settled


def test_what_was_written_into_pods_that_went_while_we_were_away_is_forgotten(sim: Simulation) -> None:
    want(sim, pod(spec=FILES_AND_MORE), config(color="red"))
    sim.converge()
    assert sim.history.written()
    for container in tuple(sim.engine.containers):
        sim.hand.remove(container)
    for volume in tuple(sim.engine.volumes):
        sim.hand.remove_volume(volume)
    want(sim)
    sim.restarted()
    sim.run_pass()
    assert not sim.history.written()


def test_files_in_memory_are_written_again_when_the_sandbox_was_started_again(sim: Simulation) -> None:
    want(sim, pod(MOUNT, "volumes: [{name: v, secret: {secretName: login}}]"), secret(a="1"))
    sim.converge()
    sim.hand.kill(sim.find("web", "main").id)
    sim.clock.advance(1)
    sim.hand.restart(sim.find("web").id)
    sim.converge()
    assert files(sim) == {"a": (b"1", 0o644)}


def deployment(annotation: str) -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}, annotations: {{gitpod-sync.io/restart-on-config-change: "{annotation}"}}}}
    spec:
      containers: [{{name: main, image: "web:1", envFrom: [{{configMapRef: {{name: settings}}}}]}}]
"""


@pytest.mark.parametrize(("annotation", "level"), [("true", "low"), ("false", "high")])
def test_a_changed_config_rolls_the_workloads_that_ask_for_it(sim: Simulation, annotation: str, level: str) -> None:
    want(sim, deployment(annotation), config(level="high"))
    sim.converge()
    want(sim, deployment(annotation), config(level="low"))
    sim.converge()
    (running,) = sim.alive()
    assert running.config.env == {"level": level}
    assert sim.dry_run() == ((), sim.run_pass())


def test_files_tell_the_new_limits_of_a_pod_that_was_resized(sim: Simulation) -> None:
    def sized(memory: str) -> str:
        item = "{path: memory, resourceFieldRef: {containerName: main, resource: limits.memory, divisor: 1Mi}}"
        resources = f"resources: {{limits: {{memory: {memory}}}}}"
        return pod(f"{resources}, {MOUNT}", f"volumes: [{{name: v, downwardAPI: {{items: [{item}]}}}}]")

    want(sim, sized("64Mi"))
    sim.converge()
    uid = sim.find("web").labels[labels.UID]
    want(sim, sized("96Mi"))
    sim.converge()
    assert sim.find("web").labels[labels.UID] == uid
    assert files(sim)["memory"][0] == b"96"


def test_a_part_of_a_volume_whose_config_map_is_gone_serves_a_container_that_starts_again(sim: Simulation) -> None:
    mount = "volumeMounts: [{name: v, mountPath: /a, subPath: a}]"
    manifest = pod(mount, "volumes: [{name: v, configMap: {name: settings}}]")
    want(sim, manifest, config(a="1"))
    sim.converge()
    first = sim.find("web", "main").id
    want(sim, manifest)
    sim.hand.kill(first)
    for _ in range(4):
        sim.run_pass()
    again = sim.find("web", "main")
    assert (again.id != first, again.alive) == (True, True)


@pytest.mark.parametrize(
    ("mounts", "places"),
    [
        ("[{name: v, mountPath: /v}, {name: w, mountPath: /v/in}]", {"in"}),
        ("[{name: w, mountPath: /v/of/in}, {name: v, mountPath: /v/}, {name: w, mountPath: /v/of/in/it}]", {"of/in"}),
        ("[{name: v, mountPath: v}, {name: w, mountPath: v/in}]", {"in"}),
        ("[{name: v, mountPath: /v}, {name: w, mountPath: /v/a}]", {"a"}),
        ("[{name: v, mountPath: /v}, {name: v, mountPath: /v/a, subPath: a}]", set()),
        ("[{name: v, mountPath: /v}, {name: w, mountPath: /vin}]", set()),
        ("[{name: v, mountPath: /v, subPath: a}, {name: w, mountPath: /x}]", set()),
    ],
)
def test_folders_are_made_for_what_is_mounted_within_files(sim: Simulation, mounts: str, places: set[str]) -> None:
    want(sim, pod(f"volumeMounts: {mounts}", FILES_AND_MORE), config(a="1"))
    sim.converge()
    found = sim.find("web", "main")
    assert found.alive
    volume = sim.instance.volume_name(found.labels[labels.UID], "v")
    assert sim.engine.folders[volume] == places
