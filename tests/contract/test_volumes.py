"""Files that are written into volumes are what containers find there."""

from contextlib import closing
from dataclasses import replace

import pytest

from gitpod_sync.engines.container_access import Reader
from gitpod_sync.engines.docker.console import DockerReader
from gitpod_sync.engines.memory.console import MemoryConsole
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import Mount, MountKind
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.pods.privileges import HARDENED, SHARING, Privileges
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.operations import operations as op
from gitpod_sync.plan.config.drift import compute_fixed_drift
from gitpod_sync.plan.config.termination_messages import message_mounts, messages_mounts
from gitpod_sync.resources.messages import read_file
from tests.contract.conftest import Subject

PLACE = "/volumes/0"
TEMPLATE = PodTemplate(PodSpec((Container("main", "app:1"),)))
IN = ["on disk", "in memory"]
FIRST = (VolumeFile("a", b"1", 0o644), VolumeFile("b/c", b"two\n", 0o400), VolumeFile("b/d", bytes(range(256)), 0o755))


def volume(subject: Subject, target: str, where: str, *, read_only: bool = False) -> Mount:
    mine = ((labels.INSTANCE, subject.instance.name),)
    memory = where == "in memory"
    return Mount(
        target,
        MountKind.VOLUME,
        subject.name("volume"),
        read_only,
        in_memory=memory,
        copied=not memory,
        volume_labels=mine,
    )


def make_sandbox(subject: Subject, where: str, rights: Privileges = HARDENED) -> ObservedContainer:
    subject.engine.import_sandbox_image(op.ImportSandboxImage(SANDBOX_IMAGE))
    mounts = (volume(subject, PLACE, where),)
    return subject.make("sandbox", image=SANDBOX_IMAGE, entrypoint=None, privileges=rights, mounts=mounts)


def write(subject: Subject, sandbox: ObservedContainer, *files: VolumeFile, folders: tuple[str, ...] = ()) -> None:
    operation = op.WriteFiles(
        id=sandbox.id, path=PLACE, volume=subject.name("volume"), digest="digest", files=files, folders=folders
    )
    subject.engine.write_files(operation)


@pytest.mark.parametrize("where", IN)
def test_files_that_were_written_are_found_with_their_modes(subject: Subject, where: str) -> None:
    write(subject, make_sandbox(subject, where), *FIRST)
    subject.make("app", mounts=(volume(subject, "/files", where, read_only=True),))
    found = subject.person.read_files(subject.name("app"), "/files")
    assert found == {file.path: (file.content, file.mode) for file in FIRST}


@pytest.mark.parametrize("where", IN)
def test_what_is_written_later_takes_the_place_of_what_was_there(subject: Subject, where: str) -> None:
    sandbox = make_sandbox(subject, where)
    write(subject, sandbox, *FIRST)
    subject.make("app", mounts=(volume(subject, "/files", where, read_only=True),))
    for files in ((VolumeFile("a", b"3", 0o600), VolumeFile("e/f", b"", 0o644)), FIRST, FIRST, ()):
        write(subject, sandbox, *files)
        found = subject.person.read_files(subject.name("app"), "/files")
        assert found == {file.path: (file.content, file.mode) for file in files}


@pytest.mark.parametrize("where", IN)
def test_another_volume_is_mounted_within_one_that_is_only_read(subject: Subject, where: str) -> None:
    sandbox = make_sandbox(subject, where)
    mine = ((labels.INSTANCE, subject.instance.name),)
    inner = [Mount(f"/files/{at}", MountKind.VOLUME, subject.name(at[0]), volume_labels=mine) for at in ("x", "y/z")]
    mounts = (volume(subject, "/files", where, read_only=True), *inner)
    write(subject, sandbox, *FIRST)
    with pytest.raises(EngineError):
        subject.make("none", mounts=mounts)
    hidden = VolumeFile("x", b"hidden", 0o600)
    for name, files in (("first", FIRST), ("second", (hidden,)), ("third", FIRST[:1])):
        write(subject, sandbox, *files, folders=("x", "y/z"))
        subject.make(name, mounts=mounts)
    assert subject.person.read_files(subject.name("first"), "/files") == {"a": (b"1", 0o644)}


@pytest.mark.parametrize("where", IN)
def test_a_folder_for_another_volume_has_its_name_before_a_file_and_keeps_it(subject: Subject, where: str) -> None:
    sandbox = make_sandbox(subject, where)
    mine = ((labels.INSTANCE, subject.instance.name),)
    inner = [Mount(f"/files/{at}", MountKind.VOLUME, subject.name(at[0]), volume_labels=mine) for at in ("a", "b/c")]
    mounts = (volume(subject, "/files", where, read_only=True), *inner)
    write(subject, sandbox, *FIRST, VolumeFile("e", b"5", 0o644), folders=("a", "b/c"))
    subject.make("first", mounts=mounts)
    assert subject.person.read_files(subject.name("first"), "/files") == {"e": (b"5", 0o644)}
    for name, files, folders in (("second", FIRST[:1], ("b/c",)), ("third", FIRST, ()), ("fourth", (), ("a",))):
        write(subject, sandbox, *files, folders=folders)
        subject.make(name, mounts=mounts)
    assert subject.person.read_files(subject.name("first"), "/files") == {}


@pytest.mark.parametrize("where", IN)
def test_a_file_that_is_seen_already_gives_way_to_no_folder(subject: Subject, where: str) -> None:
    sandbox = make_sandbox(subject, where)
    mine = ((labels.INSTANCE, subject.instance.name),)
    outer = volume(subject, "/files", where, read_only=True)
    write(subject, sandbox, *FIRST[:1])
    subject.make("before", mounts=(outer,))
    write(subject, sandbox, *FIRST, folders=("a", "x"))
    for name in ("a", "x"):
        mounts = (outer, Mount(f"/files/{name}", MountKind.VOLUME, subject.name("inner"), volume_labels=mine))
        if name == "a":
            with pytest.raises(EngineError):
                subject.make(name, mounts=mounts)
        else:
            subject.make(name, mounts=mounts)
    found = subject.person.read_files(subject.name("before"), "/files")
    assert found == {file.path: (file.content, file.mode) for file in FIRST}


def test_a_single_file_is_mounted_over_a_file(subject: Subject) -> None:
    sandbox = make_sandbox(subject, "on disk")
    write(subject, sandbox, *FIRST)
    outer = volume(subject, "/files", "on disk", read_only=True)
    part = replace(volume(subject, "/files/a", "on disk", read_only=True), sub_path="..data/b/c", copied=False)
    subject.make("app", mounts=(outer, part))


def test_a_container_without_such_a_volume_cannot_be_written_to(subject: Subject) -> None:
    sandbox = make_sandbox(subject, "on disk")
    with pytest.raises(EngineError):
        subject.engine.write_files(
            op.WriteFiles(id=sandbox.id, path="/elsewhere", volume="none", digest="digest", files=FIRST)
        )


def test_a_part_of_a_volume_is_mounted_and_read_back(subject: Subject) -> None:
    sandbox = make_sandbox(subject, "on disk")
    for _ in range(2):
        subject.engine.make_folder(op.MakeFolder(sandbox.id, PLACE, "a/b"))
    part = replace(volume(subject, "/part", "on disk"), sub_path="a/b")
    wanted = subject.config(mounts=(part,))
    assert compute_fixed_drift(wanted, subject.make("app", mounts=(part,))) == ()


def test_a_folder_is_made_nowhere_but_in_a_volume(subject: Subject) -> None:
    sandbox = make_sandbox(subject, "on disk")
    with pytest.raises(EngineError):
        subject.engine.make_folder(op.MakeFolder(sandbox.id, "/elsewhere", "a"))


def test_a_volume_is_given_to_a_group(subject: Subject) -> None:
    sandbox = make_sandbox(subject, "on disk")
    subject.engine.share_folder(op.ShareFolder(sandbox.id, PLACE, subject.name("volume"), "digest", 1234))
    subject.make("app", mounts=(volume(subject, "/shared", "on disk"),))
    assert subject.person.read_group(subject.name("app"), "/shared") == 1234


@pytest.mark.parametrize("unless_shared", [True, False])
def test_a_volume_is_given_to_a_group_with_all_that_is_in_it(subject: Subject, *, unless_shared: bool) -> None:
    sandbox = make_sandbox(subject, "on disk", SHARING)
    write(subject, sandbox, *FIRST)
    share = op.ShareTree(
        id=sandbox.id,
        path=PLACE,
        volume=subject.name("volume"),
        digest="digest",
        group=1234,
        unless_shared=unless_shared,
    )
    for _ in range(2):
        subject.engine.share_tree(share)
    subject.make("app", mounts=(volume(subject, "/shared", "on disk"),))
    assert subject.person.read_group(subject.name("app"), "/shared") == 1234


def test_a_sandbox_has_files_for_messages_and_one_that_was_left_is_put_away(subject: Subject) -> None:
    identity = PodIdentity("default", "app", "uid", Key("Pod", "default", "app"), TEMPLATE, "hash")
    subject.engine.import_sandbox_image(op.ImportSandboxImage(SANDBOX_IMAGE))
    (room,) = messages_mounts(identity, subject.instance)
    sandbox = subject.make("sandbox", image=SANDBOX_IMAGE, entrypoint=None, privileges=HARDENED, mounts=(room,))
    (mount,) = message_mounts(identity, subject.instance, TEMPLATE.spec.containers[0], 0)
    script = ("/bin/sh", "-c", "printf bye > /dev/termination-log; sleep 1000")
    wanted = subject.config(mounts=(mount,), entrypoint=script, user="1000:1000")
    app = subject.make("app", mounts=wanted.mounts, entrypoint=script, user="1000:1000")
    assert compute_fixed_drift(wanted, app) == ()
    if isinstance(subject.engine, MemoryEngine):
        subject.engine.containers[app.id].behaviour = Behaviour(message="bye")
        subject.person.kill(app.id)
    message = TEMPLATE.spec.message_file_of("main", 0).path
    subject.eventually(lambda: read(subject, sandbox, message) == b"bye")
    subject.engine.clear_message(op.ClearMessage(sandbox.id, message))
    assert read(subject, sandbox, message) == b""
    again = subject.make("again", mounts=wanted.mounts, entrypoint=script, user="1000:1000")
    if isinstance(subject.engine, MemoryEngine):
        subject.engine.containers[again.id].behaviour = Behaviour(message="bye")
        subject.person.kill(again.id)
    subject.eventually(lambda: read(subject, sandbox, message) == b"bye")


def read(subject: Subject, sandbox: ObservedContainer, path: str) -> bytes:
    """What a reader finds at a path of the sandbox."""
    reader: Reader = MemoryConsole(subject.engine) if isinstance(subject.engine, MemoryEngine) else DockerReader()
    with closing(reader):
        found = reader.stat(sandbox.id, path)
        return read_file(reader.read_archive(sandbox.id, path)) if found and found.size else b""


def test_who_would_own_an_instance_that_is_owned_is_told_who_owns_it(subject: Subject) -> None:
    mine = {labels.INSTANCE: subject.instance.name, labels.INSTANCE_OWNER: "mine"}
    yours = {labels.INSTANCE: subject.instance.name, labels.INSTANCE_OWNER: "yours"}
    assert subject.engine.own_instance(mine) == mine
    assert subject.engine.own_instance(yours) == mine
    name = subject.instance.owner_volume
    observed = subject.engine.observe(frozenset())
    assert [each.labels for each in observed.volumes if each.name == name] == [mine]
    assert observed.began_at is not None
    subject.engine.remove_volume(op.RemoveVolume(name))
    assert subject.engine.own_instance(yours) == yours
