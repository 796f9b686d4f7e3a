"""A real Docker Engine: the only folder that imports `docker`.

docker's client imports an SSH library whatever engine it is for, which costs 20 MB and a tenth of a second. It is kept
out here until an engine is behind SSH, see `connection`.
"""

import sys
from importlib import import_module

_SSH = "paramiko"

if not {"docker", _SSH} & sys.modules.keys():
    sys.modules[_SSH] = None  # type: ignore[assignment] # this is how an import is made to fail
    try:
        import_module("docker")
    finally:
        del sys.modules[_SSH]
