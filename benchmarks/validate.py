"""A repository of manifests as people write them: validated cold, and after a commit that changes one file.

python -m benchmarks.validate: these figures alone, without an engine
"""

import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Figure, compare, find_peer
from benchmarks.corpus import ALONE, write_corpus
from gitpod_sync.manifests.load import DocumentCache, load_revisions
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import read_folder

OBJECTS = 2500
COMMITS = 30
_OURS = (sys.executable, "-m", "gitpod_sync", "validate")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took, in seconds."""

    cpu: float
    wall: float


def measure_validate(rounds: int) -> Iterator[Figure]:
    """Whole processes, alone and beside the peers on the same files; then commits within one process."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write_corpus(root, OBJECTS)
        cold = [_run([*_OURS, str(root)]) for _ in range(rounds)]
        yield _objects_a_second("CPU", [spent.cpu for spent in cold])
        yield _objects_a_second("wall", [spent.wall for spent in cold])
        one = min(root.glob(f"{ALONE}/*/deployment.yaml"))
        single = statistics.median(_run([*_OURS, str(one)]).cpu for _ in range(rounds))
        yield Figure("validate: one file, whole process, CPU", single * 1000, "ms")
        yield from _beside("kubernetes-validate", [], root, rounds)
        # check-jsonschema refuses files of several documents, so those of one document are what both are given.
        yield from _beside("check-jsonschema", ["--schemafile", "schemas/manifest.json"], root / ALONE, rounds)
        yield _one_file_commits(read_folder("bench", root))


def _beside(program: str, options: Sequence[str], folder: Path, rounds: int) -> Iterator[Figure]:
    peer = find_peer(program)
    if peer:
        files = sorted(map(str, folder.rglob("*.yaml")))
        turns = range(max(1, rounds - 1))
        pairs = [(_run([*_OURS, str(folder)]).cpu, _run([peer, *options, *files]).cpu) for _ in turns]
        yield compare(f"validate: {len(files)} files, CPU, beside {program}", "s", pairs)


def _one_file_commits(revision: Revision) -> Figure:
    """Commits that change one file each, loaded as the daemon loads them."""
    cache, spent = DocumentCache(), []
    load_revisions([revision], cache)
    for number, path in enumerate(sorted(revision.files)[:: len(revision.files) // COMMITS]):
        content = revision.files[path].content + f"# commit {number}\n".encode()
        changed = SourceFile(hashlib.sha1(content).hexdigest(), content)
        revision = replace(revision, commit=f"{number:040}", files={**revision.files, path: changed})
        begin = time.process_time()
        load_revisions([revision], cache)
        spent.append((time.process_time() - begin) * 1000)
    return Figure(f"validate: a one-file commit among {OBJECTS} objects, CPU", statistics.median(spent), "ms")


def _objects_a_second(clock: str, seconds: Sequence[float]) -> Figure:
    return Figure(f"validate: {OBJECTS} objects cold, {clock}", OBJECTS / statistics.median(seconds), "objects/s")


def _run(command: Sequence[str]) -> Spent:
    """Run to the end, whatever the verdict; a process that breaks off gives no figure."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin)


if __name__ == "__main__":
    for figure in measure_validate(rounds=3):
        print(figure, flush=True)
