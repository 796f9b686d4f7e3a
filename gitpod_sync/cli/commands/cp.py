"""`gitpod-sync cp`: files into a container and out of it, through the engine's archives: no tar is needed inside."""

import posixpath
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from gitpod_sync.cli.assembly import open_console, open_reader
from gitpod_sync.cli.copying import pack, unpack
from gitpod_sync.cli.named_pod import find_named_pod
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import choose_container
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.engines.container_access import PathStat, Reader
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE


@dataclass(frozen=True, slots=True)
class _Place:
    """`[[NAMESPACE/]POD:]PATH` as typed; `pod` is "" for a path of this machine."""

    namespace: str
    pod: str
    path: str


@click.command()
@click.argument("from_place", metavar="SOURCE")
@click.argument("to_place", metavar="DESTINATION")
@click.option("--container", "-c", help="Which container (default: the first, or the one that an annotation names).")
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@common_options
@click.pass_context
def command(context: click.Context, from_place: str, to_place: str, container: str | None, namespace: str) -> None:
    """Copy a file or a folder: POD:PATH to a local path, or a local path to POD:PATH.

    A pod of another namespace is NAMESPACE/POD:PATH. A local path with a colon in it begins with ./ or /.
    """
    config = load_config(flags_of(context))
    here, there = _parse_place(from_place, namespace), _parse_place(to_place, namespace)
    if bool(here.pod) == bool(there.pod):
        raise click.UsageError("one of the two has to be POD:PATH, and the other a local path")
    if here.pod:
        _copy_out(config, _find(config, here, container), Path(there.path))
    else:
        _copy_in(config, Path(here.path), _find(config, there, container))


def _parse_place(text: str, namespace: str) -> _Place:
    pod, colon, path = text.partition(":")
    if not colon or text.startswith((".", "/")):
        return _Place("", "", text)
    space, _, name = pod.rpartition("/")
    if not name or not path:
        raise click.UsageError(f"{text!r} names no file of a pod; write it like POD:PATH")
    return _Place(space or namespace, name, path)


@dataclass(frozen=True, slots=True)
class _Inside:
    """A path of a container; a relative one is taken from the container's working directory."""

    container: str
    path: str


def _find(config: Config, place: _Place, container: str | None) -> _Inside:
    """The path in the container that is meant: its last attempt, which need not run."""
    pod = find_named_pod(config, place.pod, place.namespace)
    name = choose_container(pod, container)
    latest = pod.latest(name)
    if latest is None:
        message = f"container {name} of pod {pod.identity} has not been created yet"
        raise GitpodSyncError(message, "look with `gitpod-sync describe pod` why")
    return _Inside(latest.id, posixpath.join("/", latest.config.working_dir, place.path))


def _copy_out(config: Config, source: _Inside, destination: Path) -> None:
    with open_reader(config) as reader:
        place, stat = _follow(reader, source)
        if stat is None:
            raise GitpodSyncError(
                f"there is no {source.path} in the container", "look with `gitpod-sync exec POD -- ls`"
            )
        if destination.is_dir() and not stat.is_directory:
            destination = destination / posixpath.basename(source.path)
        unpack(reader.read_archive(place.container, place.path), destination, _tell_passed_over)


def _copy_in(config: Config, source: Path, destination: _Inside) -> None:
    if not source.exists():
        raise GitpodSyncError(f"{source} does not exist", "check the path")
    with open_console(config) as console, tempfile.TemporaryFile() as archive:
        folder, name = _split(console, destination, source)
        pack(source, name, archive)
        archive.seek(0)
        console.write_archive(destination.container, folder, archive)


def _split(reader: Reader, destination: _Inside, source: Path) -> tuple[str, str]:
    """The folder to unpack in, and the name there: a folder that exists gets the source into it."""
    place, stat = _follow(reader, destination)
    if stat is not None and stat.is_directory:
        return place.path, source.resolve().name
    parent, name = posixpath.split(place.path.rstrip("/"))
    if reader.stat(place.container, parent) is None:
        raise GitpodSyncError(f"there is no folder {parent} in the container", "make it with `gitpod-sync exec`")
    return parent, name


def _follow(reader: Reader, place: _Inside) -> tuple[_Inside, PathStat | None]:
    """The target of a symbolic link, and what is there."""
    stat = reader.stat(place.container, place.path)
    if stat is not None and stat.link_target:
        place = _Inside(place.container, stat.link_target)
        stat = reader.stat(place.container, place.path)
    return place, stat


def _tell_passed_over(message: str) -> None:
    click.echo(f"passed over: {message}", err=True)
