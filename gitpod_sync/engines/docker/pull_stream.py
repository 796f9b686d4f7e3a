"""The engine's messages during a pull, added up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitpod_sync.model.engine.pull_progress import PullProgress

_PRESENT = "Already exists"
_FETCHING = "Downloading"
_DONE = "Pull complete"
_FETCHED = {"Verifying Checksum", "Download complete", "Extracting", _DONE}
_TO_COME = ("Pulling fs layer", "Waiting", "Retrying")


@dataclass(slots=True)
class _Layer:
    done: int = 0
    total: int = 0
    complete: bool = False


class PullStream:
    """The messages of one pull, which name each layer by its id. Layers that are here already are not counted."""

    def __init__(self) -> None:
        self._layers: dict[str, _Layer] = {}

    def take(self, message: Mapping[str, Any]) -> PullProgress:
        """How far the pull has come after one more message."""
        status, layer = str(message.get("status", "")), str(message.get("id", ""))
        if status == _PRESENT:
            self._layers.pop(layer, None)
        elif status in {_FETCHING, *_FETCHED} or status.startswith(_TO_COME):
            self._advance(self._layers.setdefault(layer, _Layer()), status, message.get("progressDetail") or {})
        return self._sum()

    def _advance(self, layer: _Layer, status: str, detail: Mapping[str, int]) -> None:
        if status == _FETCHING:
            layer.done, layer.total = detail.get("current", layer.done), detail.get("total", layer.total)
        elif status in _FETCHED:
            layer.done, layer.complete = layer.total, layer.complete or status == _DONE

    def _sum(self) -> PullProgress:
        layers = self._layers.values()
        return PullProgress(
            sum(each.done for each in layers),
            sum(each.total for each in layers),
            sum(each.complete for each in layers),
            len(self._layers),
        )
