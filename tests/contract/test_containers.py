"""What is asked for is what is there."""

import ipaddress

import pytest

from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, ImageUnavailable
from gitpod_sync.model import labels
from gitpod_sync.model.container import Limits, Mount, MountKind, PublishedPort
from gitpod_sync.model.observed import ContainerStatus
from gitpod_sync.model.pod import Protocol, Resources
from gitpod_sync.model.quantity import Quantity
from gitpod_sync.plan import operations as op
from gitpod_sync.plan.configs import compute_limits
from gitpod_sync.plan.drift import compute_fixed_drift, compute_limits_drift
from tests.contract.conftest import RUN_FOR_EVER, Subject


def test_a_container_is_created_and_does_not_run_yet(subject: Subject) -> None:
    subject.engine.create_container(op.CreateContainer(subject.name("a"), subject.config()))
    found = subject.find("a")
    assert (found.status, found.started_at, found.finished_at) == (ContainerStatus.CREATED, None, None)


def test_a_started_container_runs_with_an_address_of_the_lower_half(subject: Subject) -> None:
    found = subject.make("a")
    assert found.status is ContainerStatus.RUNNING
    assert found.started_at is not None
    network = subject.observe().network
    assert network is not None
    lower, _upper = ipaddress.ip_network(network.subnet).subnets(prefixlen_diff=1)
    assert ipaddress.ip_address(found.networks[subject.instance.network]) in lower


BEYOND = Resources(limits={name: Quantity.parse("4Ei") for name in ("memory", "cpu")})
FIELDS: dict[str, dict[str, object]] = {
    "env": {"env": {"A": "1", "B": "x=y", "C": ""}},
    "a command of its own": {"entrypoint": (*RUN_FOR_EVER,), "command": ("more",)},
    "no entrypoint but a command": {"entrypoint": (), "command": RUN_FOR_EVER},
    "an empty argument": {"command": ("",)},
    "a working directory": {"working_dir": "/tmp"},
    "a path that could be written shorter": {"mounts": (Mount("/data//x/", MountKind.BIND, "/tmp/"),)},
    "a host name": {"hostname": "web-0"},
    "labels": {},
    "a volume": {"mounts": (Mount("/data", MountKind.VOLUME, "VOLUME"),)},
    "a volume in memory, read only": {
        "mounts": (Mount("/data", MountKind.VOLUME, "VOLUME", read_only=True, in_memory=True),)
    },
    "a path of the node": {"mounts": (Mount("/host", MountKind.BIND, "/tmp", read_only=True),)},
    "ports": {"ports": (PublishedPort(53, Protocol.UDP, 0, "127.0.0.1"), PublishedPort(80, Protocol.TCP, 0))},
    "limits": {"limits": Limits(memory=64 * 1024**2, cpu_quota=50_000, cpu_shares=512)},
    "limits beyond any machine": {"limits": compute_limits(BEYOND)},
    "a hardened container": {"hardened": True},
}


@pytest.mark.parametrize("what", sorted(FIELDS))
def test_what_was_asked_for_is_read_back(subject: Subject, what: str) -> None:
    fields = dict(FIELDS[what])
    if "mounts" in fields:
        volume = subject.name("volume")
        mine = ((labels.INSTANCE, subject.instance.name),)
        fields["mounts"] = tuple(
            Mount(each.target, each.kind, each.source.replace("VOLUME", volume), each.read_only, each.in_memory, mine)
            for each in fields["mounts"]  # type: ignore[attr-defined] # a tuple of mounts
        )
    wanted = subject.config(**fields)
    found = subject.make("a", **fields)
    assert compute_fixed_drift(wanted, found) == ()
    assert compute_limits_drift(wanted.limits, found.config.limits) == ()
    assert found.config.labels.items() >= wanted.labels.items()


def test_a_shared_network_namespace_is_reported_by_the_id_of_its_owner(subject: Subject) -> None:
    sandbox = subject.make("sandbox")
    joined = subject.make("joined", network=f"container:{subject.name('sandbox')}")
    assert joined.config.network == f"container:{sandbox.id}"
    assert joined.config.hostname == ""


def test_joining_a_sandbox_that_does_not_run_fails(subject: Subject) -> None:
    sandbox = subject.make("sandbox")
    subject.person.kill(sandbox.id)
    subject.engine.create_container(
        op.CreateContainer(subject.name("a"), subject.config(network=f"container:{sandbox.id}"))
    )
    with pytest.raises(EngineError):
        subject.engine.start_container(op.StartContainer(subject.name("a")))


def test_a_volume_is_made_with_its_labels_and_removed_when_unused(subject: Subject) -> None:
    volume = subject.name("volume")
    mine = ((labels.INSTANCE, subject.instance.name), (labels.VOLUME, "data"))
    found = subject.make("a", mounts=(Mount("/data", MountKind.VOLUME, volume, volume_labels=mine),))
    (seen,) = subject.observe().volumes
    assert (seen.name, seen.labels[labels.VOLUME]) == (volume, "data")
    with pytest.raises(EngineConflict):
        subject.engine.remove_volume(op.RemoveVolume(volume))
    subject.engine.remove_container(op.RemoveContainer(found.id))
    subject.engine.remove_volume(op.RemoveVolume(volume))
    assert subject.observe().volumes == ()
    subject.engine.remove_volume(op.RemoveVolume(volume))


def test_a_name_that_is_taken_and_an_image_that_is_missing_are_told_apart(subject: Subject) -> None:
    subject.make("a")
    with pytest.raises(EngineConflict):
        subject.engine.create_container(op.CreateContainer(subject.name("a"), subject.config()))
    with pytest.raises(ImageUnavailable):
        subject.engine.create_container(
            op.CreateContainer(subject.name("b"), subject.config(image="gitpod-sync-test/none:1"))
        )


def test_a_signal_ends_the_program_and_its_exit_code_is_read(subject: Subject) -> None:
    found = subject.make("a")
    subject.engine.signal_container(op.SignalContainer(found.id))
    subject.eventually(lambda: subject.find("a").status is ContainerStatus.EXITED)
    ended = subject.find("a")
    assert ended.exit_code == 143
    assert ended.finished_at is not None
    assert ended.started_at is not None
    assert ended.finished_at >= ended.started_at
    subject.engine.signal_container(op.SignalContainer(found.id))
    subject.engine.start_container(op.StartContainer(ended.name))
    subject.engine.signal_container(op.SignalContainer(found.id, "SIGKILL"))
    subject.eventually(lambda: subject.find("a").exit_code == 137)


def test_a_program_that_is_not_there_is_told_from_one_that_is_yet_to_start(subject: Subject) -> None:
    subject.engine.create_container(op.CreateContainer(subject.name("a"), subject.config(**subject.broken)))
    assert not subject.find("a").start_failed
    with pytest.raises(EngineError):
        subject.engine.start_container(op.StartContainer(subject.name("a")))
    assert subject.find("a").start_failed


def test_operations_may_be_repeated(subject: Subject) -> None:
    found = subject.make("a")
    subject.engine.start_container(op.StartContainer(found.name))
    subject.engine.unpause_container(op.UnpauseContainer(found.id))
    subject.engine.connect_network(op.ConnectNetwork(found.id, subject.instance.network))
    subject.engine.remove_container(op.RemoveContainer(found.id))
    subject.engine.remove_container(op.RemoveContainer(found.id))
    subject.engine.signal_container(op.SignalContainer(found.id))
    assert subject.observe().containers == ()


def test_what_is_gone_cannot_be_started_or_renamed(subject: Subject) -> None:
    with pytest.raises(EngineNotFound):
        subject.engine.start_container(op.StartContainer(subject.name("none")))
    with pytest.raises(EngineNotFound):
        subject.engine.rename_container(op.RenameContainer("0" * 64, subject.name("b")))


def test_a_container_gets_another_name_unless_it_is_taken(subject: Subject) -> None:
    found = subject.make("a")
    subject.make("b")
    with pytest.raises(EngineConflict):
        subject.engine.rename_container(op.RenameContainer(found.id, subject.name("b")))
    subject.engine.rename_container(op.RenameContainer(found.id, subject.name("c")))
    assert subject.find("c").id == found.id


FULL = Limits(64 * 1024**2, 25_000, 256, swap=32 * 1024**2, memory_reservation=16 * 1024**2, pids=50)
CHANGES = [
    (Limits(), FULL),
    (FULL, Limits()),
    (FULL, Limits(memory=32 * 1024**2, cpu_shares=2)),
    (Limits(cpu_shares=2), Limits(memory=64 * 1024**2, cpu_quota=25_000, cpu_shares=256)),
    (Limits(memory=64 * 1024**2, cpu_quota=25_000, cpu_shares=256), Limits(cpu_shares=2)),
    (Limits(memory=64 * 1024**2, cpu_shares=2), Limits(memory=128 * 1024**2, cpu_shares=2)),
    (Limits(memory=128 * 1024**2, cpu_shares=2), Limits(memory=64 * 1024**2, cpu_shares=2)),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_limits_are_set_changed_and_taken_away_in_place(subject: Subject, before: Limits, after: Limits) -> None:
    found = subject.make("a", limits=before)
    subject.engine.update_container(op.UpdateContainer(found.id, after))
    changed = subject.find("a")
    assert (changed.id, changed.config.limits) == (found.id, after)


def test_a_port_of_the_node_is_given_once(subject: Subject, free_port: int) -> None:
    ports = (PublishedPort(80, Protocol.TCP, free_port, "127.0.0.1"),)
    assert subject.make("a", ports=ports).config.ports == ports
    subject.engine.create_container(op.CreateContainer(subject.name("b"), subject.config(ports=ports)))
    with pytest.raises(EngineConflict):
        subject.engine.start_container(op.StartContainer(subject.name("b")))
