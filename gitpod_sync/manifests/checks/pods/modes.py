"""File modes: nine bits, which people write in octal and YAML may read in decimal."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_LARGEST = 0o777
_READ, _UNWRITING = 0o4, 0o5
_OWNER_BY_DIGIT = "4567"


def check_mode(owner: Mapping[str, Json], field: str, path: FieldPath) -> Iterator[Finding]:
    """The mode in a field of the mapping at `path`, if there is one, can be one and is likely meant."""
    mode = owner.get(field)
    if mode is None:
        return
    where = (*path, field)
    if not 0 <= mode <= _LARGEST:
        hint = (
            f"write 0{mode}, or {int(str(mode), 8)} in JSON" if _looks_octal(mode) else "write it in octal, like 0644"
        )
        yield Finding(
            "out-of-range", where, f"{mode} is not a valid file mode, which is at most 0777 (511 in decimal)", hint
        )
    elif _looks_octal(mode) and not _is_plausible(mode):
        message = f"{mode} is read in decimal, and means the mode 0{mode:o}"
        hint = f"write 0{mode}, or {int(str(mode), 8)} in JSON, if the octal mode is meant"
        yield Finding("decimal-mode", where, message, hint, Severity.WARNING)


def _looks_octal(mode: int) -> bool:
    """Three digits of a usual mode: the owner may read, and nobody has more than those nearer to the file."""
    text = str(mode)
    return len(text) == len("644") and text[0] in _OWNER_BY_DIGIT and max(text) < "8" and text[0] >= text[1] >= text[2]


def _is_plausible(mode: int) -> bool:
    """As 420 is, which is 0644: the group may do what the owner may, or only not write, or nothing; so the others."""
    owner, group, others = mode >> 6, mode >> 3 & 7, mode & 7
    return owner & _READ != 0 and group in {0, owner, owner & _UNWRITING} and others in {0, group, group & _UNWRITING}
