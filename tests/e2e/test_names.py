"""What a pod is called, and whom it asks for names, seen from inside."""

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

FULL = "db.data.default.svc.cluster.local"


def test_a_pod_bears_its_own_name(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("plain", neighbour="")})
    stage.sync()
    assert stage.inside("plain", "hostname") == "plain"
    assert stage.inside("plain", "hostname", "neighbour") == "plain"


def test_a_subdomain_makes_a_full_name(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("first", pod="hostname: db, subdomain: data")})
    stage.sync()
    assert stage.inside("first", "hostname; hostname -f").split() == ["db", FULL]
    assert f"{FULL} db" in stage.inside("first", "cat /etc/hosts").replace("\t", " ")
    stage.wait_settled()


def test_the_full_name_is_the_host_name_when_asked(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("db", pod="subdomain: data, setHostnameAsFQDN: true")})
    stage.sync()
    assert stage.inside("db", "hostname; hostname -f").split() == [FULL, FULL]
    stage.wait_settled()


def test_a_full_name_that_is_too_long_for_the_kernel_is_said(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("a" * 40, pod="subdomain: data, setHostnameAsFQDN: true")})
    done = stage.run("sync", "--timeout", "3")
    assert "FailedCreatePodSandBox: setHostnameAsFQDN makes a host name of 71 characters" in done.stderr
    assert stage.seen() == []


def test_host_aliases_are_in_every_container_and_stay_after_a_restart(stage: Stage) -> None:
    aliases = "hostAliases: [{ip: 10.1.2.3, hostnames: [one.example, two.example]}, {ip: '::5', hostnames: [six]}]"
    stage.push({"a.yaml": bare_pod("alias", pod=aliases, neighbour="")})
    stage.sync()
    (container,) = stage.running("alias", "neighbour")
    stage.client.kill(container.id)
    stage.sync()
    for name in ("main", "neighbour"):
        hosts = [line.split() for line in stage.inside("alias", "cat /etc/hosts", name).splitlines()]
        assert ["10.1.2.3", "one.example", "two.example"] in hosts
        assert ["::5", "six"] in hosts
    stage.wait_settled()


def test_with_dns_policy_none_only_what_is_written_is_asked(stage: Stage) -> None:
    dns = """dnsPolicy: None, dnsConfig: {nameservers: [10.9.9.9], searches: [a.example, b.example],
      options: [{name: ndots, value: '3'}, {name: edns0}]}"""
    stage.push({"a.yaml": bare_pod("asks", pod=dns)})
    stage.sync()
    lines = stage.inside("asks", "cat /etc/resolv.conf").splitlines()
    assert "search a.example b.example" in lines
    options = next(line.split()[1:] for line in lines if line.startswith("options"))
    assert {"ndots:3", "edns0"} <= set(options)
    (sandbox,) = stage.sandboxes()
    assert stage.client.inspect_container(sandbox.id)["HostConfig"]["Dns"] == ["10.9.9.9"]
    stage.wait_settled()


def test_options_go_with_the_resolver_of_the_engine(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("opts", pod="dnsConfig: {options: [{name: ndots, value: '2'}]}")})
    stage.sync()
    text = eventually(lambda: stage.inside("opts", "cat /etc/resolv.conf"))
    assert "nameserver 127.0.0.11" in text
    assert "ndots:2" in text
    stage.wait_settled()
