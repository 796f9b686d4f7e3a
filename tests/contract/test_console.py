"""The inside of containers: logs, statistics, files and commands, on every engine."""

import io
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from gitpod_sync.engines.container_access import Channel, Console, LogQuery
from gitpod_sync.engines.docker.console import DockerConsole, DockerReader
from gitpod_sync.engines.docker.observing.usage import read_usage
from gitpod_sync.engines.memory.console import MemoryConsole
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound
from gitpod_sync.operations import operations as op
from tests.contract.conftest import Subject

TALK = (
    "/bin/sh",
    "-c",
    "echo one; echo two >&2; echo three; trap 'exit 143' TERM; while :; do sleep 1000 & wait; done",
)


@pytest.fixture
def console(subject: Subject, request: pytest.FixtureRequest) -> Iterator[Console]:
    made: Console
    if isinstance(subject.engine, MemoryEngine):
        made = MemoryConsole(subject.engine)
    else:
        made = DockerConsole(request.getfixturevalue("docker_engine_url"))
    with closing(made):
        yield made


def say(subject: Subject, console: Console) -> str:
    """A container that has said three lines."""
    found = subject.make("talker", entrypoint=TALK)
    if isinstance(console, MemoryConsole):
        console.lines[found.id] = [
            (found.created_at + number, line) for number, line in enumerate(["one", "two", "three"])
        ]
    subject.eventually(lambda: len(read(console, found.id, LogQuery()).splitlines()) == 3)
    return found.id


def read(console: Console, container: str, query: LogQuery) -> str:
    with closing(console.logs(container, query)) as stream:
        return b"".join(stream).decode()


def test_logs_hold_both_outputs_and_are_cut_as_asked(subject: Subject, console: Console) -> None:
    container = say(subject, console)
    assert sorted(read(console, container, LogQuery()).split()) == ["one", "three", "two"]
    assert len(read(console, container, LogQuery(tail=1)).splitlines()) == 1
    assert read(console, container, LogQuery(tail=0)) == ""
    assert read(console, container, LogQuery(since=4_000_000_000.0)) == ""
    stamped = read(console, container, LogQuery(timestamps=True)).splitlines()
    assert all(line.split()[0].endswith("Z") and "T" in line.split()[0] for line in stamped)


def test_what_is_gone_has_no_logs(subject: Subject, console: Console) -> None:
    with pytest.raises(EngineNotFound):
        read(console, "0" * 64, LogQuery())
    assert subject.observe().containers == ()


def test_the_end_of_a_container_can_be_waited_for(subject: Subject, console: Console) -> None:
    found = subject.make("a")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(console.wait, found.id)
        assert not waiting.done()
        subject.engine.signal_container(op.SignalContainer(found.id, "SIGKILL"))
        waiting.result(timeout=10)
    console.wait(found.id)
    with pytest.raises(EngineNotFound):
        console.wait("0" * 64)


def test_only_what_runs_uses_anything(subject: Subject, console: Console) -> None:
    found = subject.make("a")
    assert console.usage(found.id) is not None
    subject.engine.signal_container(op.SignalContainer(found.id, "SIGKILL"))
    subject.eventually(lambda: not subject.find("a").alive)
    assert console.usage(found.id) is None
    assert console.usage("0" * 64) is None


def archive(name: str, content: bytes) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        made.addfile(entry, io.BytesIO(content))
    buffer.seek(0)
    return buffer


def test_a_file_goes_in_and_comes_out(subject: Subject, console: Console) -> None:
    found = subject.make("a")
    assert console.stat(found.id, "/tmp/note") is None
    console.write_archive(found.id, "/tmp", archive("note", b"hello"))
    stat = console.stat(found.id, "/tmp/note")
    assert stat is not None
    assert (stat.name, stat.is_directory) == ("note", False)
    folder = console.stat(found.id, "/tmp")
    assert folder is not None
    assert folder.is_directory
    with tarfile.open(fileobj=io.BytesIO(b"".join(console.read_archive(found.id, "/tmp/note")))) as read_back:
        content = read_back.extractfile("note")
        assert content is not None
        assert content.read() == b"hello"
    with pytest.raises(EngineNotFound):
        list(console.read_archive(found.id, "/none"))


def run(console: Console, container: str, command: Sequence[str]) -> tuple[bytes, int]:
    with closing(console.open_session(container, command, stdin=False, terminal=False)) as session:
        output = b"".join(piece for channel, piece in session.output() if channel is Channel.OUTPUT)
        return output, session.exit_code()


def test_a_command_tells_its_output_and_its_exit_code(subject: Subject, console: Console) -> None:
    found = subject.make("a")
    if isinstance(console, MemoryConsole):
        console.command = lambda command: (command[2].split()[1].encode() + b"\n", 3)
    assert run(console, found.id, ("/bin/sh", "-c", "echo hi; echo no >&2; exit 3"))[1] == 3
    assert run(console, found.id, ("/bin/sh", "-c", "echo hi; exit 3"))[0].startswith(b"hi")


def test_no_command_runs_where_nothing_runs(subject: Subject, console: Console) -> None:
    found = subject.make("a")
    subject.engine.signal_container(op.SignalContainer(found.id, "SIGKILL"))
    subject.eventually(lambda: not subject.find("a").alive)
    with pytest.raises(EngineConflict):
        run(console, found.id, ("true",))


@pytest.mark.docker
def test_a_reader_refuses_to_write(docker_engine_url: str) -> None:
    class Pretender(DockerReader):
        open_session = DockerConsole.open_session
        write_archive = DockerConsole.write_archive

    with closing(Pretender(docker_engine_url)) as reader:
        for write in (
            lambda: reader.open_session("none", ["true"], stdin=False, terminal=False),  # type: ignore[misc] # on purpose
            lambda: reader.write_archive("none", "/", io.BytesIO()),  # type: ignore[misc] # on purpose
        ):
            with pytest.raises(EngineError, match="must not"):
                write()


def test_memory_is_the_working_set_and_cpu_the_mean_between_two_looks() -> None:
    stats = {
        "read": "2026-01-01T00:00:02.5Z",
        "preread": "2026-01-01T00:00:00.5Z",
        "cpu_stats": {"cpu_usage": {"total_usage": 1_500_000_000}},
        "precpu_stats": {"cpu_usage": {"total_usage": 500_000_000}},
        "memory_stats": {"usage": 100, "stats": {"inactive_file": 10, "total_inactive_file": 40}},
    }
    usage = read_usage(stats)
    assert usage is not None
    assert (usage.millicores, usage.memory) == (500, 60)
    assert read_usage({"read": "0001-01-01T00:00:00Z", "memory_stats": {}}) is None
