"""What Git is in a story: two sources, one of which may go bad while the other moves.

Stories draw objects as they come out of manifests, so a manifest is only the name of one here. Which revisions are in
force is decided by the very code of the daemon.
"""

import binascii
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import count
from pathlib import Path

from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Object
from gitpod_sync.model.pods.configs import ConfigMap
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import blob_hash
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History

SPECS = (SourceSpec("one", "/srv/one"), SourceSpec("two", "/srv/two"))
NAMES = tuple(spec.name for spec in SPECS)

_INVALID = "kind: ConfigMap\n"


class Trouble(StrEnum):
    """How a source goes bad."""

    INVALID = "has a manifest that is not valid"
    EMPTIED = "has a file that has become empty"


class Sources:
    """Feeds what decides about revisions. Its memory of those that are in force is one that never fails."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._drawn: list[Object] = []
        """Everything that ever was brought; a manifest has the place in here."""
        self._asked: dict[str, dict[Key, int]] = {name: {} for name in NAMES}
        self._promised = dict(self._asked)
        """What each source asked for when it was last as it should be."""
        self._spoilt: dict[str, dict[str, str]] = {}
        """By source that is bad: the files that make it so."""
        self._numbers = count(1)
        self._kept: dict[str, Revision] = {}
        self._newest: dict[str, Revision] = {}
        for name in NAMES:
            self._commit(name)
        self._history = History(Path(":memory:"))
        self.begin()

    def bring(self, changes: Mapping[Key, Object | None]) -> None:
        """Commits to the sources that have these objects; None takes one away."""
        for key, each in changes.items():
            asked = self._asked[_source_of(key)]
            asked.pop(key, None)
            if each is not None:
                asked[key] = len(self._drawn)
                self._drawn.append(each)
        for name in sorted({_source_of(key) for key in changes}):
            self._push(name)

    def go_bad(self, name: str, trouble: Trouble) -> None:
        """From now on no revision of this source can be in force."""
        emptied = {_path_of(key): "" for key in sorted(self._promised[name])[:1]}
        self._spoilt[name] = emptied if emptied and trouble is Trouble.EMPTIED else {"bad.yaml": _INVALID}
        self._push(name)

    def mend(self) -> None:
        """All are as they should be again, with all that was brought meanwhile."""
        bad, self._spoilt = sorted(self._spoilt), {}
        for name in bad:
            self._push(name)

    def begin(self, *, losing_state: bool = False) -> None:
        """A process of ours begins. Without its state a bad source would stop everything: somebody mends it first."""
        if losing_state:
            self.mend()
            self._history.close()
            self._history = History(Path(":memory:"))
        self._wanted = DesiredState(SPECS, self._history, self._clock, lambda: None)
        for commit in self._history.good_revisions().values():
            self._wanted.remember_last_good(self._kept[commit])
        for name in NAMES:
            self._wanted.offer(self._newest[name])

    @property
    def in_force(self) -> list[Object] | None:
        """The objects that are wanted; None: nothing is known."""
        wanted = self._wanted.desired
        configs = wanted.configs.values() if wanted else ()
        found = [self._drawn[int(each.data["object"])] for each in configs if isinstance(each, ConfigMap)]
        return found if wanted else None

    @property
    def promised(self) -> Mapping[Key, Object]:
        """The objects that have to be in force, whichever sources are bad."""
        return {key: self._drawn[place] for asked in self._promised.values() for key, place in asked.items()}

    def close(self) -> None:
        """Its memory goes."""
        self._history.close()

    def _push(self, name: str) -> None:
        self._commit(name)
        self._wanted.offer(self._newest[name])

    def _commit(self, name: str) -> None:
        if name not in self._spoilt:
            self._promised[name] = dict(self._asked[name])
        files = {_path_of(key): _manifest(key, place) for key, place in self._asked[name].items()}
        contents = {path: text.encode() for path, text in {**files, **self._spoilt.get(name, {})}.items()}
        commit = f"{next(self._numbers):040x}"
        blobs = {path: SourceFile(blob_hash(content), content) for path, content in sorted(contents.items())}
        self._kept[commit] = self._newest[name] = Revision(name, commit, blobs)


def _source_of(key: Key) -> str:
    return NAMES[binascii.crc32(str(key).encode()) % len(NAMES)]


def _path_of(key: Key) -> str:
    return f"{_name_of(key)}.yaml"


def _manifest(key: Key, place: int) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {_name_of(key)}}}\ndata: {{object: '{place}'}}\n"


def _name_of(key: Key) -> str:
    return f"{key.kind}.{key.namespace or 'none'}.{key.name}".lower()
