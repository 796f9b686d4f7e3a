"""What could not be written down is written when there is room again."""

from pathlib import Path

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.job_records import JobCondition, JobConditionType, JobRecord
from gitpod_sync.status.finished_jobs import FinishedJobs
from gitpod_sync.status.history import History
from tests.support.simulation import desired_from, simulation

JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: main, image: "work:1"}]}}}
"""


def test_a_record_that_could_not_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    write = History._write_owed  # noqa: SLF001 - the disk, as it were
    with simulation() as world:
        world.engine.behaviours["work:1"] = Behaviour(exits_after=1.0)
        world.desired = desired_from(JOB)
        world.run_pass()
        world.run_pass()
        monkeypatch.setattr(History, "_write_owed", lambda _: None)
        world.clock.advance(2)
        world.run_pass()
        monkeypatch.setattr(History, "_write_owed", write)
        world.run_pass()
        (record,) = world.history.records().values()
        assert isinstance(record, JobRecord)
        assert record.succeeded == 1


def test_a_record_that_could_not_be_taken_out_is_taken_out_later(monkeypatch: pytest.MonkeyPatch) -> None:
    write = History._write_owed  # noqa: SLF001 - the disk, as it were
    with simulation() as world:
        world.engine.behaviours["work:1"] = Behaviour(exits_after=1.0)
        world.desired = desired_from(JOB)
        world.converge()
        world.desired = desired_from("")
        monkeypatch.setattr(History, "_write_owed", lambda _: None)
        world.converge()
        monkeypatch.setattr(History, "_write_owed", write)
        world.run_pass()
        assert not world.history.records()


def test_the_file_of_finished_jobs_catches_up_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("no space left on device")

    history = History(tmp_path / "state.db")
    done = JobCondition(JobConditionType.COMPLETE, 2.0, "CompletionsReached", "")
    record = JobRecord("uid", 1.0, conditions=(done,))
    key = Key("Job", "default", "work")
    monkeypatch.setattr(FinishedJobs, "_save", refuse)
    history.record_workloads({key: record})
    monkeypatch.undo()
    history.catch_up()
    history.close()
    (tmp_path / "state.db").unlink()
    assert key in History(tmp_path / "state.db").records()
