"""The engine's machine: what is left, who uses what, and images that are not needed."""

from collections.abc import Iterator

import pytest

from gitpod_sync.errors import EngineConflict
from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.container import Mount, MountKind
from gitpod_sync.model.records.pressure import Signal, StoredImage
from gitpod_sync.operations import operations as op
from tests.contract.conftest import Subject

KI = 1024


@pytest.fixture
def spare_image(subject: Subject) -> Iterator[str]:
    """An image that no container uses."""
    reference = f"{subject.instance.name}:spare"
    subject.person.add_image(reference)
    yield reference
    subject.engine.remove_image(op.RemoveImage(reference))


def find_image(subject: Subject, reference: str) -> StoredImage | None:
    images = subject.engine.read_stored_images()
    return next((each for each in images if reference in each.references), None)


def test_an_engine_on_this_machine_tells_what_is_left(subject: Subject) -> None:
    found = subject.engine.read_levels()
    assert found.unwatched == ""
    assert set(Signal) >= found.levels.keys() >= {Signal.MEMORY_AVAILABLE, Signal.NODEFS_AVAILABLE}
    assert all(0 < level.available <= level.capacity for level in found.levels.values())
    memory = found.levels[Signal.MEMORY_AVAILABLE].capacity
    assert memory == subject.observe().node.memory


def test_a_machine_has_a_name_for_its_engine(subject: Subject) -> None:
    about = subject.engine.read_about()
    assert "://" in about.runtime
    assert about.kernel


def test_what_runs_tells_what_it_uses(subject: Subject) -> None:
    runs, ended = subject.make("runs"), subject.make("ended")
    subject.person.kill(ended.name)
    subject.eventually(lambda: not subject.find("ended").alive)
    first = subject.engine.read_uses((runs.id, ended.id))
    assert first.keys() == {runs.id}
    again = subject.engine.read_uses((runs.id,))[runs.id]
    assert again.cpu >= first[runs.id].cpu >= 0
    assert again.at >= first[runs.id].at > 0
    assert subject.engine.read_uses(()) == {}


def test_what_is_written_counts_where_it_lies(subject: Subject) -> None:
    mine = ((labels.INSTANCE, subject.instance.name),)
    volume = Mount("/data", MountKind.VOLUME, subject.name("volume"), volume_labels=mine)
    writes, quiet = subject.make("writes", mounts=(volume,)), subject.make("quiet")
    before = subject.engine.read_storage_use((writes.id, quiet.id), (volume.source,))
    subject.person.fill(writes.name, "/file", 300 * KI)
    subject.person.fill(writes.name, "/data/file", 200 * KI)
    after = subject.engine.read_storage_use((writes.id, quiet.id), (volume.source,))
    assert 300 * KI <= after.containers[writes.id] - before.containers[writes.id] < 340 * KI
    assert 200 * KI <= after.volumes[volume.source] - before.volumes[volume.source] < 240 * KI
    assert after.containers[quiet.id] == before.containers[quiet.id]


def test_what_a_dead_container_wrote_still_counts(subject: Subject) -> None:
    found = subject.make("dies")
    subject.person.fill(found.name, "/file", 300 * KI)
    subject.person.kill(found.name)
    subject.eventually(lambda: not subject.find("dies").alive)
    assert subject.engine.read_storage_use((found.id,), ()).containers[found.id] >= 300 * KI


def test_what_is_gone_has_no_size(subject: Subject) -> None:
    found = subject.engine.read_storage_use(("0" * 64,), (subject.name("none"),))
    assert (dict(found.containers), dict(found.volumes)) == ({}, {})


def test_an_image_is_used_as_long_as_a_container_of_it_is_there(subject: Subject, spare_image: str) -> None:
    assert find_image(subject, spare_image) == StoredImage((spare_image,), used=False)
    config = subject.config(image=spare_image)
    subject.engine.create_container(op.CreateContainer(subject.name("uses"), config))
    assert find_image(subject, spare_image) == StoredImage((spare_image,), used=True)
    with pytest.raises(EngineConflict):
        subject.engine.remove_image(op.RemoveImage(spare_image))
    subject.person.remove(subject.name("uses"))
    for _ in range(2):  # one that is gone is no error
        subject.engine.remove_image(op.RemoveImage(spare_image))
    assert find_image(subject, spare_image) is None


def test_a_container_without_a_network_can_be_kept_and_read_back(subject: Subject) -> None:
    config = subject.config(network="none")
    subject.engine.create_container(op.CreateContainer(subject.name("stone"), config))
    found = subject.find("stone")
    assert (found.status, found.config.network, found.labels) == ("created", "none", config.labels)
