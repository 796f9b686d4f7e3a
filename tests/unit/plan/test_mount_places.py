"""Which folders a volume of files has for what is mounted within it."""

import pytest

from gitpod_sync.model.pods.config_volumes import ConfigMapVolume
from gitpod_sync.model.pods.host_path import HostPath, HostPathType
from gitpod_sync.model.pods.pod import Container, EmptyDir, PodSpec, Volume, VolumeMount
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.plan.volumes.volume_files import compute_mount_places

FILES = VolumeFile("key", b"", 0o644), VolumeFile("of/size", b"", 0o644)
OUTER = VolumeMount("v", "/v")
SCRATCH = Volume("w", empty_dir=EmptyDir())


def places(volume: Volume, *mounts: VolumeMount) -> tuple[str, ...]:
    written = Volume("v", config_map=ConfigMapVolume("settings"))
    containers = tuple(Container(f"c{index}", "i:1", volume_mounts=(OUTER, each)) for index, each in enumerate(mounts))
    return compute_mount_places(PodSpec(containers, (written, volume)), written, FILES)


@pytest.mark.parametrize("place", ["key", "of/size", "of", "of/other", "new"])
def test_a_volume_is_mounted_at_a_folder_whatever_file_has_its_name(place: str) -> None:
    assert places(SCRATCH, VolumeMount("w", f"/v/{place}/")) == (place,)
    assert places(SCRATCH, VolumeMount("w", f"v/x/../{place}", sub_path="./")) == (place,)


@pytest.mark.parametrize("place", ["key", "of/size"])
def test_what_may_be_a_file_is_mounted_over_the_file_of_its_name(place: str) -> None:
    assert places(SCRATCH, VolumeMount("w", f"/v/{place}", sub_path="a")) == ()
    assert places(SCRATCH, VolumeMount("w", f"/v/{place}", sub_path_expr="$(A)")) == ()
    assert places(SCRATCH, VolumeMount("w", "/v/new", sub_path="a")) == ("new",)


@pytest.mark.parametrize("kind", HostPathType)
def test_a_path_of_the_node_is_mounted_at_a_folder_when_it_is_said_to_be_one(kind: HostPathType) -> None:
    folder = kind in {HostPathType.DIRECTORY, HostPathType.DIRECTORY_OR_CREATE}
    found = places(Volume("w", host_path=HostPath("/srv", kind)), VolumeMount("w", "/v/key"))
    assert found == (("key",) if folder else ())


def test_a_volume_needs_its_folder_although_another_container_has_a_file_there() -> None:
    assert places(SCRATCH, VolumeMount("w", "/v/key", sub_path="a"), VolumeMount("w", "/v/key")) == ("key",)
