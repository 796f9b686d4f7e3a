"""What the engine's archive API says about a path in a container, running or not."""

import base64
import json
from typing import Any

from docker import APIClient
from docker.errors import create_api_error_from_http_exception
from requests.exceptions import HTTPError

from gitpod_sync.engines.docker.connecting.connection import engine_errors

IS_FOLDER, IS_LINK, SETGID = 1 << 31, 1 << 27, 1 << 22
"""Bits of Go's FileMode, in which the engine tells of files."""

_STAT = "X-Docker-Container-Path-Stat"
_MISSING = 404


def stat_path(client: APIClient, container: str, path: str) -> dict[str, Any] | None:
    """The path's `name`, `size`, `mode`, `mtime` and `linkTarget`; None when path or container do not exist."""
    # docker-py has no method for this call, and does not make errors of answers by itself.
    url = f"{client.base_url}/v{client.api_version}/containers/{container}/archive"
    with engine_errors():
        answer = client.head(url, params={"path": path}, timeout=client.timeout)
        if answer.status_code == _MISSING:
            return None
        try:
            answer.raise_for_status()
        except HTTPError as error:
            create_api_error_from_http_exception(error)
    told: dict[str, Any] = json.loads(base64.b64decode(answer.headers[_STAT]))
    return told
