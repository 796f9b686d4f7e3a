"""The instance's bridge network. Pods get addresses from the lower half of its subnet; the upper half is kept."""

import ipaddress

from docker import APIClient
from docker.types import IPAMConfig, IPAMPool

from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.errors import EngineError

_TRIES = 5


def create_pod_network(client: APIClient, name: str, labels: dict[str, str]) -> None:
    """Make it on a subnet that the engine itself holds free.

    The engine cannot be asked for a free subnet, only for a network on one. So a plain network is made first, and made
    again with its own subnet split; another network may take the subnet in between, hence the tries.
    """
    for attempt in range(_TRIES):
        with engine_errors():
            found = client.create_network(name, driver="bridge", labels=labels, check_duplicate=True)
            subnet = client.inspect_network(found["Id"])["IPAM"]["Config"][0]["Subnet"]
            client.remove_network(found["Id"])
        try:
            with engine_errors():
                client.create_network(name, driver="bridge", labels=labels, check_duplicate=True, ipam=_split(subnet))
        except EngineError:
            if attempt == _TRIES - 1:
                raise
        else:
            return


def _split(subnet: str) -> IPAMConfig:
    network = ipaddress.ip_network(subnet)
    lower = next(network.subnets(prefixlen_diff=1))
    # Said rather than left to the engine, which tells of a gateway only when it was given one.
    return IPAMConfig(pool_configs=[IPAMPool(subnet=subnet, iprange=str(lower), gateway=str(network[1]))])
