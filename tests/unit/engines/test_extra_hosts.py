"""Names beside a pod's own, in the engine's words."""

from gitpod_sync.engines.docker.connecting.hosts import compute_extra_hosts, read_extra_hosts

HOSTS = (("a", "10.0.0.1"), ("b.example", "10.0.0.1"), ("six", "::5"), ("c", "10.0.0.1"))


def test_names_of_one_address_stand_in_one_line() -> None:
    entries = compute_extra_hosts(HOSTS)
    assert entries == ["a\tb.example:10.0.0.1", "six:::5", "c:10.0.0.1"]
    assert tuple(read_extra_hosts(entries)) == HOSTS


def test_what_an_earlier_version_has_made_is_read_as_the_same() -> None:
    assert tuple(read_extra_hosts(["a:10.0.0.1", "b.example:10.0.0.1", "six:::5", "c:10.0.0.1"])) == HOSTS
