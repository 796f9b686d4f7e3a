"""How a report names a file for a service that knows the repository and not this machine."""

import posixpath
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checkout:
    """Absolute paths: `root` is the repository's checkout, `here` the folder from which files were named."""

    root: str
    here: str

    def path_of(self, name: str) -> str:
        """The path of a file from the root when it is below it; else the name as it is."""
        place = posixpath.normpath(posixpath.join(self.here, name))
        below = f"{self.root.rstrip('/')}/"
        return place.removeprefix(below) if place.startswith(below) else name
