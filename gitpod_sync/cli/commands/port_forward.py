"""`gitpod-sync port-forward`: a port of this machine leads to one of a pod."""

import contextlib
import signal

import click

from gitpod_sync.cli.assembly import open_console
from gitpod_sync.cli.forwarding import Forwarder, PortPair
from gitpod_sync.cli.named_pod import find_named_pod
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.configuration.config import load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.engine.pods import ObservedPod

_IPV4, _IPV6 = "127.0.0.1", "::1"
_LAST_PORT = 65535


@click.command()
@click.argument("pod")
@click.argument("ports", nargs=-1, required=True, metavar="[LOCAL:]REMOTE…")
@click.option("--address", default="localhost", show_default=True, help="Addresses to listen on, with commas between.")
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@common_options
@click.pass_context
def command(context: click.Context, pod: str, ports: tuple[str, ...], address: str, namespace: str) -> None:
    """Forward ports of this machine to those of a POD, of pod/NAME, or of one pod of deployment/NAME.

    `8080:80` listens on 8080; `80` on the same port as the pod's; `:80` on any that is free. A name stands for a port
    that the pod names. Works with an engine on this machine or at ssh://…; ends with Ctrl-C.

    Exit status: 0 ended by Ctrl-C, 1 the pod was lost.
    """
    config = load_config(flags_of(context))
    found = find_named_pod(config, pod, namespace)
    sandbox = found.sandbox
    if sandbox is None or not sandbox.alive:
        raise GitpodSyncError(f"pod {found.identity} does not run", "look with `gitpod-sync describe pod` why")
    pairs = [parse_pair(text, found) for text in ports]
    host = next(filter(None, sorted(sandbox.networks.values())), "")
    # A shell's background job is begun with SIGINT ignored, which Python then leaves so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open_console(config) as console, contextlib.suppress(KeyboardInterrupt):
        forwarder = Forwarder(lambda port: console.dial(sandbox.id, host, port), click.echo)
        for pair in pairs:
            _listen(forwarder, address, pair)
        forwarder.watch(lambda: console.wait(sandbox.id))
        reason = forwarder.wait()
        raise GitpodSyncError(f"lost connection to pod {found.identity}: {reason}", "start it again for its successor")


def _listen(forwarder: Forwarder, addresses: str, pair: PortPair) -> None:
    for address in addresses.split(","):
        if address != "localhost":
            forwarder.listen(address, pair)
            continue
        port = forwarder.listen(_IPV4, pair)
        with contextlib.suppress(GitpodSyncError):  # not every machine has IPv6
            forwarder.listen(_IPV6, PortPair(port, pair.remote))


def parse_pair(text: str, pod: ObservedPod) -> PortPair:
    """Read `[LOCAL:]REMOTE`. Raises click's usage error for what is none, `GitpodSyncError` for an unknown name."""
    local, colon, remote = text.rpartition(":")
    target = _port_number(remote, pod)
    if not colon:
        return PortPair(target, target)
    if local and not (local.isascii() and local.isdigit() and int(local) <= _LAST_PORT):
        raise click.UsageError(f"{text!r} is not a valid pair of ports; write it like 8080:80, 80 or :80")
    return PortPair(int(local or 0), target)


def _port_number(text: str, pod: ObservedPod) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= _LAST_PORT:
        return int(text)
    named = {
        port.name: port.container_port
        for container in pod.identity.template.spec.all_containers
        for port in container.ports
        if port.name
    }
    if text not in named:
        known = f"it names {', '.join(sorted(named))}" if named else "it names none"
        raise GitpodSyncError(f"pod {pod.identity} has no port {text!r}", f"give a number, or a name: {known}")
    return named[text]
