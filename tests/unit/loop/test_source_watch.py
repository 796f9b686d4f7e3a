"""The thread that follows a source goes on whatever befalls it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.loop.watch.source_watch import Follower
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.protocol import WorkTree
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.sources.watch import NoWatch
from gitpod_sync.status.history import History

SPEC = SourceSpec("apps", "/srv/apps.git", poll=0.02)


class Unsteady:
    """A source that fails in an unforeseen way before it gives what it has."""

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.watches = 0

    def fetch(self, *, settled: bool = True) -> Revision:
        assert settled
        self._failures -= 1
        if self._failures >= 0:
            raise ValueError("something that nobody thought of")
        return Revision("apps", "c" * 40, {})

    def revision(self, commit: str) -> Revision:
        raise KeyError(commit)

    def keep(self, revision: Revision) -> None:
        del revision

    def head(self) -> str | None:
        return None

    def work_tree(self, revision: Revision) -> WorkTree:
        del revision
        return WorkTree()

    def watch(self, changed: Callable[[], None]) -> NoWatch:
        del changed
        self.watches += 1
        return NoWatch()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "state.db")
    yield opened
    opened.close()


def test_a_source_that_fails_in_an_unforeseen_way_is_asked_again(history: History) -> None:
    in_force = threading.Event()
    wanted = DesiredState([SPEC], history, lambda: 1.0, in_force.set)
    source = Unsteady(failures=3)
    follower = Follower(SPEC, source, wanted, last_good="gone")
    follower.start()
    try:
        assert in_force.wait(timeout=30)
    finally:
        follower.stop()
    assert history.good_revisions() == {SPEC.key: "c" * 40}
    # Watched anew after each silence: what was watched may be another folder by now.
    assert source.watches > 1


def test_a_source_is_known_by_its_place_without_credentials() -> None:
    one = SourceSpec("a", "https://user:secret@host/x.git", "main", "pods").key
    assert one == SourceSpec("b", "https://user:other@host/x.git", "main", "pods").key
    assert "secret" not in one
    assert one != SourceSpec("a", "https://user:secret@host/x.git", "main", "other").key
