"""What is asked for is what is there."""

import ipaddress
from dataclasses import replace

import pytest

from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, ImageUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.engine.container import (
    HOST_NETWORK,
    Limits,
    Mount,
    MountKind,
    PublishedPort,
    Resolver,
    Sharing,
    Terminal,
)
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.pods.pod import Protocol, Resources
from gitpod_sync.model.pods.privileges import HARDENED, UNCONFINED, Privileges
from gitpod_sync.operations import operations as op
from gitpod_sync.plan.config.container_config import compute_limits
from gitpod_sync.plan.config.drift import compute_fixed_drift, compute_limits_drift
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
    "limits": {"limits": Limits(memory=64 * 1024**2, cpu_quota=50_000, cpu_shares=512, pids=100)},
    "limits beyond any machine": {"limits": compute_limits(BEYOND)},
    "a hardened container": {"privileges": HARDENED},
    "a user": {"user": "1000:2000"},
    "a signal to stop with": {"stop_signal": "SIGQUIT"},
    "seconds to stop in": {"stop_timeout": 7},
    "the node's own names": {"network": HOST_NETWORK, "uts": Sharing.NODE},
    "open standard input": {"terminal": Terminal(stdin=True, once=True)},
    "a terminal": {"terminal": Terminal(tty=True)},
    "a domain and further hosts": {
        "hostname": "web-0",
        "domain": "web.shop.svc.cluster.local",
        "hosts": (("db", "10.1.2.3"), ("six", "::1"), ("db.example", "10.1.2.3"), ("db.more", "10.1.2.3")),
    },
    "lines of resolv.conf": {"resolver": Resolver(("10.9.9.9",), ("a.example", "b.example"), ("ndots:2", "edns0"))},
    "the node's processes": {"pid": Sharing.NODE},
    "the node's IPC": {"ipc": Sharing.NODE},
    "IPC that is open to others": {"ipc": Sharing.SHAREABLE},
    "the node's network": {"network": HOST_NETWORK},
    "kernel parameters": {"sysctls": {"net.core.somaxconn": "512", "kernel.shm_rmid_forced": "1"}},
    "rights of its own": {
        "privileges": Privileges(
            groups=(3000, 4000), added=("NET_ADMIN", "SYS_TIME"), dropped=("ALL", "CHOWN"), read_only_root=True
        )
    },
    "no filter of system calls": {"privileges": Privileges(seccomp=UNCONFINED, no_new_privileges=True)},
    "no AppArmor": {"privileges": Privileges(app_armor=UNCONFINED)},
    "a label of SELinux": {"privileges": Privileges(se_linux=(("level", "s0:c1,c2"), ("type", "spc_t")))},
    "all of /proc": {"privileges": Privileges(unmasked_proc=True)},
}


@pytest.mark.parametrize("what", sorted(FIELDS))
def test_what_was_asked_for_is_read_back(subject: Subject, what: str) -> None:
    fields = dict(FIELDS[what])
    if "mounts" in fields:
        volume = subject.name("volume")
        mine = ((labels.INSTANCE, subject.instance.name),)
        fields["mounts"] = tuple(
            replace(each, source=each.source.replace("VOLUME", volume), volume_labels=mine)
            for each in fields["mounts"]  # type: ignore[attr-defined] # a tuple of mounts
        )
    wanted = subject.config(**fields)
    found = subject.make("a", **fields)
    assert compute_fixed_drift(wanted, found) == ()
    assert compute_limits_drift(wanted.limits, found.config.limits) == ()
    assert found.config.labels.items() >= wanted.labels.items()


UNSTARTED: dict[str, dict[str, object]] = {
    "mounts of the node that come later": {
        "mounts": (Mount("/host", MountKind.BIND, "/tmp", read_only=True, propagation="rslave"),)
    },
    "mounts that reach the node": {"mounts": (Mount("/host", MountKind.BIND, "/tmp", propagation="rshared"),)},
    "a privileged container": {"privileges": Privileges(privileged=True)},
    "GPUs": {"gpus": 2},
    "a port of SCTP": {"ports": (PublishedPort(80, Protocol.SCTP, 0, "127.0.0.1"),)},
}
"""What not every machine can run: shared mounts, all capabilities, GPUs, SCTP."""


@pytest.mark.parametrize("what", sorted(UNSTARTED))
def test_what_was_asked_for_is_read_back_before_the_start(subject: Subject, what: str) -> None:
    wanted = subject.config(**UNSTARTED[what])
    subject.engine.create_container(op.CreateContainer(subject.name("a"), wanted))
    assert compute_fixed_drift(wanted, subject.find("a")) == ()


def test_every_field_that_was_not_asked_for_is_seen(subject: Subject) -> None:
    plain = subject.make("a")
    told_apart = {
        what: compute_fixed_drift(subject.config(**fields), plain)
        for what, fields in {**FIELDS, **UNSTARTED}.items()
        # Limits are told by themselves; labels of others are none of our business. Who has no time to stop in was made
        # by an earlier version.
        if not {"labels", "seconds to stop in"} & {what} and "limits" not in fields
    }
    assert not [what for what, drift in told_apart.items() if not drift]


def test_a_shared_network_namespace_is_reported_by_the_id_of_its_owner(subject: Subject) -> None:
    sandbox = subject.make("sandbox")
    joined = subject.make("joined", network=f"container:{subject.name('sandbox')}")
    assert joined.config.network == f"container:{sandbox.id}"
    assert joined.config.hostname == ""


def test_namespaces_of_a_sandbox_are_joined(subject: Subject) -> None:
    subject.make("sandbox", ipc=Sharing.SHAREABLE)
    shared = {"network": f"container:{subject.name('sandbox')}", "pid": Sharing.JOINED, "ipc": Sharing.JOINED}
    joined = subject.make("joined", **shared)
    assert (joined.config.pid, joined.config.ipc) == (Sharing.JOINED, Sharing.JOINED)


def test_ipc_that_a_sandbox_keeps_to_itself_cannot_be_joined(subject: Subject) -> None:
    subject.make("sandbox")
    config = subject.config(network=f"container:{subject.name('sandbox')}", ipc=Sharing.JOINED)
    subject.engine.create_container(op.CreateContainer(subject.name("a"), config))
    with pytest.raises(EngineError):
        subject.engine.start_container(op.StartContainer(subject.name("a")))


def test_a_container_on_the_node_s_network_has_no_address_of_its_own(subject: Subject) -> None:
    found = subject.make("a", network=HOST_NETWORK)
    assert found.networks == {HOST_NETWORK: ""}
    assert found.config.hostname == ""


def test_the_node_and_its_address_on_the_network_are_told(subject: Subject) -> None:
    observed = subject.observe()
    assert observed.network is not None
    assert ipaddress.ip_address(observed.network.gateway) in ipaddress.ip_network(observed.network.subnet)
    assert observed.node.memory > 0


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
    assert subject.find("a").error


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
