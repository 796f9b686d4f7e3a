"""StatefulSets over the whole loop, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


PROBE = "readinessProbe: {exec: {command: [ready]}, periodSeconds: 1}"


def stateful_set(version: int = 1, replicas: int = 3, fields: str = "", container: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web}}
spec:
  replicas: {replicas}
  serviceName: inner
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - {{name: main, image: "web:{version}", volumeMounts: [{{name: data, mountPath: /data}}], {container}}}
  volumeClaimTemplates:
  - metadata: {{name: data}}
    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
{fields}
"""


def rolling(fields: str) -> str:
    return f"  updateStrategy: {{type: RollingUpdate, rollingUpdate: {{{fields}}}}}"


def want(sim: Simulation, *manifests: str) -> Plan:
    sim.desired = desired_from("---\n".join(manifests))
    return sim.converge()


def images(sim: Simulation) -> dict[str, str]:
    """The image of each pod that runs."""
    return {each.labels[labels.POD]: each.config.image for each in sim.alive()}


def claims(sim: Simulation) -> list[str]:
    """The claims that have a volume."""
    prefix = "sim_claim_default_"
    return sorted(name.removeprefix(prefix) for name in sim.engine.volumes if name.startswith(prefix))


def changes_of(sim: Simulation) -> list[str]:
    """The pods that were made and ended on the way, in order."""
    told: list[str] = []
    for _ in range(300):
        plan = sim.run_pass()
        told += [f"+{each.name}" for each in plan.starting]
        told += [f"-{end.pod.identity.name}" for decision in plan.decisions for end in decision.end]
        if plan.settled:
            return told
        if not plan.steps:
            times = [at for at in (plan.wake_at, sim.engine.next_end) if at is not None]
            sim.clock.now = max(sim.clock.now + 0.001, min(times))
    raise AssertionError(f"not settled: {plan}")


def test_pods_come_one_after_the_other_each_with_its_name_its_host_name_and_its_claim(sim: Simulation) -> None:
    sim.desired = desired_from(stateful_set())
    assert changes_of(sim) == ["+web-0", "+web-1", "+web-2"]
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]
    sandbox = sim.find("web-1").config
    assert (sandbox.hostname, sandbox.domain) == ("web-1", "inner.default.svc.cluster.local")
    assert sandbox.labels["apps.kubernetes.io/pod-index"] == "1"
    assert sandbox.labels["statefulset.kubernetes.io/pod-name"] == "web-1"
    assert sandbox.labels["controller-revision-hash"] == f"web-{sandbox.labels[labels.TEMPLATE_HASH]}"
    assert "sim_claim_default_data-web-1" in {each.source for each in sim.find("web-1", "main").config.mounts}


def test_scaling_down_takes_the_highest_first_and_keeps_the_claims(sim: Simulation) -> None:
    want(sim, stateful_set())
    sim.desired = desired_from(stateful_set(replicas=1))
    assert changes_of(sim) == ["-web-2", "-web-1"]
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]
    sim.desired = desired_from(stateful_set(replicas=2))
    assert changes_of(sim) == ["+web-1"]


def test_the_first_ordinal_can_be_another_than_zero(sim: Simulation) -> None:
    sim.desired = desired_from(stateful_set(replicas=2, fields="  ordinals: {start: 5}"))
    assert changes_of(sim) == ["+web-5", "+web-6"]
    sim.desired = desired_from(stateful_set(replicas=2, fields="  ordinals: {start: 4}"))
    assert changes_of(sim) == ["+web-4", "-web-6"]


def test_an_update_begins_at_the_highest_ordinal_and_waits_for_each_pod(sim: Simulation) -> None:
    want(sim, stateful_set())
    sim.desired = desired_from(stateful_set(version=2))
    assert changes_of(sim) == ["-web-2", "+web-2", "-web-1", "+web-1", "-web-0", "+web-0"]
    assert set(images(sim).values()) == {"web:2"}


def test_below_the_partition_pods_stay_at_their_version_and_come_back_at_it(sim: Simulation) -> None:
    want(sim, stateful_set(fields=rolling("partition: 2")))
    want(sim, stateful_set(2, fields=rolling("partition: 2")))
    updated = {"web-0": "web:1", "web-1": "web:1", "web-2": "web:2"}
    assert images(sim) == updated
    sim.hand.remove(sim.find("web-0").id)
    sim.converge()
    assert images(sim) == updated
    want(sim, stateful_set(2, replicas=4, fields=rolling("partition: 2")))
    assert images(sim) == {**updated, "web-3": "web:2"}


def test_the_partition_counts_from_the_first_ordinal(sim: Simulation) -> None:
    fields = rolling("partition: 1") + "\n  ordinals: {start: 7}"
    want(sim, stateful_set(replicas=2, fields=fields))
    want(sim, stateful_set(2, replicas=2, fields=fields))
    assert images(sim) == {"web-7": "web:1", "web-8": "web:2"}


def test_a_place_that_is_new_below_the_partition_gets_the_version_that_all_had_last(sim: Simulation) -> None:
    want(sim, stateful_set(replicas=2))
    want(sim, stateful_set(2, replicas=4, fields=rolling("partition: 3")))
    assert images(sim) == {"web-0": "web:1", "web-1": "web:1", "web-2": "web:1", "web-3": "web:2"}


def test_the_earlier_version_is_read_back_from_the_pods_when_the_database_is_lost(sim: Simulation) -> None:
    want(sim, stateful_set(fields=rolling("partition: 2")))
    want(sim, stateful_set(2, fields=rolling("partition: 2")))
    sim.lose_database()
    sim.hand.remove(sim.find("web-0").id)
    sim.converge()
    assert images(sim) == {"web-0": "web:1", "web-1": "web:1", "web-2": "web:2"}


def test_the_image_of_the_earlier_version_is_not_pulled_when_it_is_here(sim: Simulation) -> None:
    want(sim, stateful_set(replicas=2, fields=rolling("partition: 1")))
    want(sim, stateful_set(2, replicas=2, fields=rolling("partition: 1")))
    sim.hand.remove(sim.find("web-0").id)
    subjects = [str(step.subject) for _ in range(6) for step in sim.run_pass().steps]
    assert "pod default/web-0" in subjects
    assert not any(subject.startswith("image") for subject in subjects)
    assert images(sim) == {"web-0": "web:1", "web-1": "web:2"}


def test_two_may_be_unavailable_when_the_set_says_so(sim: Simulation) -> None:
    want(sim, stateful_set(replicas=4))
    sim.desired = desired_from(stateful_set(2, replicas=4, fields=rolling("maxUnavailable: 26%")))
    told = changes_of(sim)
    assert told == ["-web-3", "-web-2", "+web-2", "+web-3", "-web-1", "-web-0", "+web-0", "+web-1"]


def test_on_delete_nothing_is_replaced_by_itself(sim: Simulation) -> None:
    fields = "  updateStrategy: {type: OnDelete}"
    want(sim, stateful_set(fields=fields))
    want(sim, stateful_set(2, fields=fields))
    assert set(images(sim).values()) == {"web:1"}
    changes, _ = sim.dry_run()
    assert "stay until somebody ends them" in changes[0].why
    sim.hand.remove(sim.find("web-1").id)
    sim.converge()
    assert images(sim) == {"web-0": "web:1", "web-1": "web:2", "web-2": "web:1"}


def test_in_parallel_all_pods_come_and_go_at_once_and_are_updated_one_by_one(sim: Simulation) -> None:
    fields = "  podManagementPolicy: Parallel"
    sim.desired = desired_from(stateful_set(fields=fields))
    assert [each.name for each in sim.run_pass().starting] == ["web-0", "web-1", "web-2"]
    sim.converge()
    sim.desired = desired_from(stateful_set(2, fields=fields))
    assert changes_of(sim) == ["-web-2", "+web-2", "-web-1", "+web-1", "-web-0", "+web-0"]
    sim.desired = desired_from(stateful_set(2, replicas=0, fields=fields))
    plan = sim.run_pass()
    assert [end.pod.identity.name for end in plan.decisions[0].end] == ["web-2", "web-1", "web-0"]


def test_a_pod_that_is_lost_is_replaced_once_nothing_of_it_is_left(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
    want(sim, stateful_set())
    old = sim.find("web-1", "main")
    sim.hand.remove(sim.find("web-1").id)
    for _ in range(5):
        sim.run_pass()
        assert [each.id for each in sim.alive() if each.labels[labels.POD] == "web-1"] == [old.id]
        sim.clock.advance(0.9)
    sim.converge()
    (new,) = (each for each in sim.alive() if each.labels[labels.POD] == "web-1")
    assert new.id != old.id


def test_the_orphan_of_one_place_holds_up_no_other_one(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
    want(sim, stateful_set(fields="  podManagementPolicy: Parallel"))
    sim.hand.remove(sim.find("web-1").id)
    sim.desired = desired_from(stateful_set(replicas=4, fields="  podManagementPolicy: Parallel"))
    assert [each.name for each in sim.run_pass().starting] == ["web-3"]


def test_a_broken_version_is_replaced_by_the_next_commit_although_it_never_became_ready(sim: Simulation) -> None:
    sim.engine.behaviours["web:2"] = Behaviour(answers_well={"readiness": (1e9, None)})
    want(sim, stateful_set(container=PROBE))
    sim.desired = desired_from(stateful_set(2, container=PROBE))
    for _ in range(30):
        sim.run_pass()
        sim.clock.advance(1)
    assert images(sim) == {"web-0": "web:1", "web-1": "web:1", "web-2": "web:2"}
    want(sim, stateful_set(container=PROBE))
    assert set(images(sim).values()) == {"web:1"}


def test_a_set_that_was_broken_from_the_first_is_mended_by_the_next_commit(sim: Simulation) -> None:
    sim.engine.behaviours["web:1"] = Behaviour(exits_after=0.5, exit_code=1)
    sim.desired = desired_from(stateful_set(container=PROBE))
    for _ in range(30):
        sim.run_pass()
        sim.clock.advance(1)
    want(sim, stateful_set(2, container=PROBE))
    assert images(sim) == {"web-0": "web:2", "web-1": "web:2", "web-2": "web:2"}


def test_a_broken_version_that_falls_below_the_partition_gives_way_to_the_earlier_one(sim: Simulation) -> None:
    sim.engine.behaviours["web:2"] = Behaviour(answers_well={"readiness": (1e9, None)})
    want(sim, stateful_set(container=PROBE))
    sim.desired = desired_from(stateful_set(2, container=PROBE))
    for _ in range(30):
        sim.run_pass()
        sim.clock.advance(1)
    want(sim, stateful_set(2, container=PROBE, fields=rolling("partition: 3")))
    assert set(images(sim).values()) == {"web:1"}


def test_a_pod_counts_once_it_has_been_ready_for_long_enough(sim: Simulation) -> None:
    began = sim.clock()
    want(sim, stateful_set(fields="  minReadySeconds: 10"))
    assert sim.clock() - began >= 30


def test_the_next_pass_after_all_is_done_plans_nothing(sim: Simulation) -> None:
    want(sim, stateful_set())
    assert not sim.run_pass().steps
    assert sim.dry_run()[0] == ()


DELETE = "  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Delete}"


def test_claims_of_places_that_are_given_up_go_when_the_set_says_so_and_no_sooner_than_their_pods(
    sim: Simulation,
) -> None:
    want(sim, stateful_set(fields=DELETE))
    sim.desired = desired_from(stateful_set(replicas=1, fields=DELETE))
    sim.run_pass()
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]
    sim.converge()
    assert claims(sim) == ["data-web-0"]


def test_claims_that_were_kept_by_an_earlier_policy_stay_kept(sim: Simulation) -> None:
    want(sim, stateful_set())
    want(sim, stateful_set(replicas=2))
    want(sim, stateful_set(replicas=1, fields=DELETE))
    assert claims(sim) == ["data-web-0", "data-web-2"]


def test_a_claim_of_a_place_that_comes_back_in_time_is_kept(sim: Simulation) -> None:
    want(sim, stateful_set(fields=DELETE))
    sim.desired = desired_from(stateful_set(replicas=2, fields=DELETE))
    sim.run_pass()
    sim.desired = desired_from(stateful_set(fields=DELETE))
    sim.converge()
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]


def test_a_replaced_pod_keeps_its_claim_whatever_the_policy(sim: Simulation) -> None:
    want(sim, stateful_set(fields=DELETE))
    want(sim, stateful_set(2, fields=DELETE))
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]


CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-web-1}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


def test_claims_go_with_their_set_when_it_says_so_but_never_one_that_git_names(sim: Simulation) -> None:
    want(sim, stateful_set(fields=DELETE))
    want(sim, CLAIM)
    assert claims(sim) == ["data-web-1"]
    want(sim, "")
    assert claims(sim) == ["data-web-1"]


def test_claims_go_with_their_set_across_a_crash(sim: Simulation) -> None:
    want(sim, stateful_set(fields=DELETE))
    sim.desired = desired_from("")
    sim.run_pass()
    sim.restarted()
    sim.converge()
    assert claims(sim) == []


def test_without_memory_of_what_a_set_said_its_claims_are_kept(sim: Simulation) -> None:
    want(sim, stateful_set(fields=DELETE))
    sim.desired = desired_from("")
    sim.lose_database()
    sim.converge()
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]


def test_claims_stay_with_a_set_that_is_deleted_unless_it_says_otherwise(sim: Simulation) -> None:
    want(sim, stateful_set())
    want(sim, "")
    assert claims(sim) == ["data-web-0", "data-web-1", "data-web-2"]
    assert not sim.engine.containers


def test_another_pod_may_mount_a_claim_of_a_set(sim: Simulation) -> None:
    reader = """
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  volumes: [{name: v, persistentVolumeClaim: {claimName: data-web-0}}]
  containers: [{name: main, image: "reader:1", volumeMounts: [{name: v, mountPath: /data}]}]
"""
    want(sim, stateful_set(), reader)
    assert images(sim)["reader"] == "reader:1"


STRANGER = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web-0}\nspec: {containers: [{name: main, image: "x:1"}]}\n'


def test_a_set_waits_until_a_pod_of_another_workload_with_one_of_its_names_is_gone(sim: Simulation) -> None:
    want(sim, STRANGER)
    sim.desired = desired_from(stateful_set())
    plan = sim.run_pass()
    assert not plan.starting
    assert [each.message for each in plan.waiting] == [
        "the pod of Pod default/web-0 that has the same name is not gone yet"
    ]
    sim.converge()
    assert set(images(sim).values()) == {"web:1"}


def test_a_name_that_git_asks_for_twice_is_told(sim: Simulation) -> None:
    want(sim, STRANGER)
    asked = {**sim.desired.workloads, **desired_from(stateful_set()).workloads}
    sim.desired = Desired(workloads=dict(sorted(asked.items())))
    plan = sim.run_pass()
    assert not plan.steps
    assert [(each.reason, each.message) for each in plan.waiting] == [
        ("FailedCreate", "the pod of Pod default/web-0 has the same name; rename one of the two")
    ]


def test_the_status_names_the_version_that_all_have_and_the_one_that_is_rolled_out(sim: Simulation) -> None:
    want(sim, stateful_set(fields=rolling("partition: 2")))
    plan = want(sim, stateful_set(2, fields=rolling("partition: 2")))
    status = plan.decisions[0].status
    assert status.versions is not None
    assert status.versions.current != status.versions.update
    assert (status.versions.at_current, status.updated, status.complete) == (2, 1, True)
    plan = want(sim, stateful_set(2))
    plan = sim.run_pass()
    status = plan.decisions[0].status
    assert status.versions is not None
    assert status.versions.current == status.versions.update


def test_a_dry_run_of_an_update_shows_the_difference_of_the_templates_and_nothing_of_the_single_pod(
    sim: Simulation,
) -> None:
    want(sim, stateful_set())
    sim.desired = desired_from(stateful_set(2))
    report = render_report(*sim.dry_run())
    assert report.startswith(
        '~ StatefulSet default/web\n    spec.template.spec.containers[main].image: "web:1" → "web:2"\n\n'
    )
