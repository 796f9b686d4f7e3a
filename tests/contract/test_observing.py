"""What others do is seen, and what is not ours is not."""

import threading
from contextlib import closing

import pytest

from gitpod_sync.errors import EngineConflict, EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.pods.privileges import HARDENED
from gitpod_sync.operations import operations as op
from tests.contract.conftest import RUN_FOR_EVER, Subject


class Listener(threading.Thread):
    """Reads an event stream as the loop does; without it nothing is ever kept between two looks."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(daemon=True)
        self.stream = subject.engine.events()
        self.seen: list[tuple[str, str]] = []
        self.start()

    def run(self) -> None:
        for event in self.stream:
            self.seen.append((event.kind, event.action))

    def close(self) -> None:
        self.stream.close()
        self.join(timeout=10)
        assert not self.is_alive()


def test_what_a_hand_does_is_seen_while_listening(subject: Subject) -> None:
    found = subject.make("a", limits=Limits(memory=64 * 1024**2, cpu_shares=512))
    with closing(Listener(subject)) as listener:
        subject.observe()
        subject.person.pause(found.id)
        subject.eventually(lambda: subject.find("a").status is ContainerStatus.PAUSED)
        subject.engine.unpause_container(op.UnpauseContainer(found.id))
        subject.eventually(lambda: subject.find("a").status is ContainerStatus.RUNNING)
        subject.person.update(found.id, Limits(memory=128 * 1024**2, cpu_shares=256))
        subject.eventually(lambda: subject.find("a").config.limits == Limits(128 * 1024**2, 0, 256))
        subject.person.disconnect(found.id, subject.instance.network)
        subject.eventually(lambda: subject.instance.network not in subject.find("a").networks)
        subject.engine.connect_network(op.ConnectNetwork(found.id, subject.instance.network))
        subject.eventually(lambda: subject.find("a").networks.get(subject.instance.network))
        subject.person.rename(found.id, subject.name("b"))
        subject.eventually(lambda: [each.name for each in subject.observe().containers] == [subject.name("b")])
        subject.person.restart(found.id)
        subject.eventually(lambda: ("container", "start") in listener.seen)
        subject.person.kill(found.id)
        subject.eventually(lambda: subject.find("b").status is ContainerStatus.EXITED)
        subject.person.remove(found.id)
        subject.eventually(lambda: not subject.observe().containers)
        for expected in [
            ("container", "pause"),
            ("container", "unpause"),
            ("container", "update"),
            ("network", "disconnect"),
            ("container", "rename"),
            ("container", "die"),
            ("container", "destroy"),
        ]:
            subject.eventually(lambda expected=expected: expected in listener.seen)  # type: ignore[misc]


def test_what_bears_no_label_of_ours_is_never_seen(subject: Subject) -> None:
    foreign = [subject.config(labels={}), subject.config(labels={labels.INSTANCE: "another"})]
    with closing(Listener(subject)) as listener:
        for number, config in enumerate(foreign):
            subject.person.run(subject.name(f"foreign-{number}"), config)
        mine = subject.make("a")
        subject.eventually(lambda: ("container", "start") in listener.seen)
        assert [each.id for each in subject.observe().containers] == [mine.id]
        assert listener.seen.count(("container", "start")) == 1


def test_images_are_known_once_they_are_there(subject: Subject) -> None:
    observed = subject.engine.observe(frozenset({subject.image, "gitpod-sync-test/none:1"}))
    assert observed.images["gitpod-sync-test/none:1"] is None
    assert observed.images[subject.image] is not None
    assert subject.engine.observe(frozenset({"No:Image/At all"})).images["No:Image/At all"] is None
    subject.engine.import_sandbox_image(op.ImportSandboxImage(SANDBOX_IMAGE))
    assert subject.engine.observe(frozenset({SANDBOX_IMAGE})).images[SANDBOX_IMAGE] is not None


def test_a_network_comes_and_goes(subject: Subject) -> None:
    with pytest.raises(EngineConflict):
        subject.engine.create_network(op.CreateNetwork(subject.instance.network))
    found = subject.make("a")
    with pytest.raises(EngineError, match="has active endpoints"):
        subject.engine.remove_network(op.RemoveNetwork(subject.instance.network))
    late = subject.make("b")
    assert late.status is ContainerStatus.RUNNING, "the network is as good as before"
    for each in (found, late):
        subject.engine.remove_container(op.RemoveContainer(each.id))
    subject.engine.remove_network(op.RemoveNetwork(subject.instance.network))
    assert subject.observe().network is None
    subject.engine.remove_network(op.RemoveNetwork(subject.instance.network))


def test_another_network_under_our_label_is_seen_as_such_and_can_be_left_and_removed(subject: Subject) -> None:
    found = subject.make("a")
    own = subject.observe().network
    assert own
    assert own.created_at is not None
    assert abs(own.created_at - subject.find("a").created_at) < 60, "it was made a moment before the container"
    other = subject.name("other")
    subject.engine.create_network(op.CreateNetwork(other))
    observed = subject.observe()
    (stray,) = observed.stray_networks
    assert (observed.network, stray.name) == (own, other)
    subject.person.connect(found.id, other)
    assert set(subject.find("a").networks) == {subject.instance.network, other}
    for _ in range(2):
        subject.engine.disconnect_network(op.DisconnectNetwork(found.id, other))
        assert set(subject.find("a").networks) == {subject.instance.network}
    subject.engine.remove_network(op.RemoveNetwork(stray.id))
    assert subject.observe().stray_networks == ()


def test_a_sandbox_runs_our_own_program_hardened_and_ends_on_term(subject: Subject) -> None:
    subject.engine.import_sandbox_image(op.ImportSandboxImage(SANDBOX_IMAGE))
    sandbox = subject.make("sandbox", image=SANDBOX_IMAGE, entrypoint=None, privileges=HARDENED)
    joined = subject.make("joined", network=f"container:{sandbox.id}", entrypoint=RUN_FOR_EVER)
    assert joined.status is ContainerStatus.RUNNING
    subject.engine.signal_container(op.SignalContainer(sandbox.id))
    subject.eventually(lambda: subject.find("sandbox").status is ContainerStatus.EXITED)
