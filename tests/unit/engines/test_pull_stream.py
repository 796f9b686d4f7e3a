"""What the engine says during a pull, added up to one progress."""

from gitpod_sync.engines.docker.pull_stream import PullStream
from gitpod_sync.model.engine.pull_progress import PullProgress


def said(status: str, layer: str = "a", **detail: int) -> dict[str, object]:
    return {"status": status, "id": layer, "progressDetail": detail}


def test_layers_are_counted_as_they_are_told_and_bytes_as_they_come() -> None:
    stream = PullStream()
    stream.take({"status": "Pulling from app", "id": "1"})
    stream.take(said("Already exists", "base"))
    stream.take(said("Pulling fs layer", "a"))
    assert stream.take(said("Waiting", "b")) == PullProgress(layers=2)
    stream.take(said("Downloading", "a", current=10, total=100))
    assert stream.take(said("Downloading", "b", current=5, total=20)) == PullProgress(15, 120, 0, 2)
    stream.take(said("Verifying Checksum", "a"))
    assert stream.take(said("Extracting", "a", current=1, total=3)) == PullProgress(105, 120, 0, 2)
    assert stream.take(said("Pull complete", "a")) == PullProgress(105, 120, 1, 2)
    stream.take({"status": "Digest: sha256:00"})
    assert stream.take({"status": "Status: Downloaded newer image for app:1"}) == PullProgress(105, 120, 1, 2)


def test_a_fetch_that_begins_again_counts_what_has_come_since() -> None:
    stream = PullStream()
    stream.take(said("Downloading", current=90, total=100))
    stream.take(said("Retrying in 1 second"))
    assert stream.take(said("Downloading", current=10, total=100)) == PullProgress(10, 100, 0, 1)


def test_progress_reads_in_the_unit_of_the_whole() -> None:
    assert str(PullProgress(34_000_000, 120_000_000, 3, 7)) == "34 of 120 MB, 3 of 7 layers"
    assert str(PullProgress(1, 900, 0, 1)) == "1 of 900 B, 0 of 1 layers"
    assert str(PullProgress(layers=2)) == "0 of 2 layers"
