"""How large a room may grow before it needs wings."""

from pathlib import Path

import pytest

import gitpod_sync

MOST_MODULES = 25
PACKAGE = Path(gitpod_sync.__file__).parent
ROOMS = sorted({path.parent for path in PACKAGE.rglob("*.py")})


@pytest.mark.parametrize("room", ROOMS, ids=[str(each.relative_to(PACKAGE.parent)) for each in ROOMS])
def test_a_stranger_finds_the_way_among_the_modules_of_a_folder(room: Path) -> None:
    modules = [path.stem for path in room.glob("*.py") if path.stem != "__init__"]
    assert len(modules) <= MOST_MODULES, f"{room} wants a wing: {sorted(modules)}"
