"""`make picture`: docs/pictures/terminal.svg, a terminal in which commands were really run, on the simulated engine.

The same program draws the same picture: the clock stands still while a command runs, and names follow from manifests.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from unittest.mock import patch
from xml.sax.saxutils import escape

from click.testing import CliRunner

from gitpod_sync.cli.main import cli
from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.model.base.instance import DEFAULT_INSTANCE, Instance

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "terminal.svg"

_MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
"""

_COLOURS = {
    "$": "prompt",
    "# ": "aside",
    "~": "change",
    "…": "aside",
    "  hint": "hint",
    "pods/": "wrong",
    "invalid": "wrong",
    "in sync": "well",
}
"""The first words of a line, and the class of its text."""

_STYLE = """\
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6dde6 }
.prompt { fill: #ffffff; font-weight: 600 } .aside { fill: #8b98a8 } .hint { fill: #79c0ff }
.change { fill: #e3b341 } .wrong { fill: #ff8a80 } .well { fill: #7ee787 }"""

_LINE, _LETTER, _MARGIN, _BAR = 18, 7.85, 16, 30
"""In pixels: height of a line, width of a letter in the widest of the fonts, margin, and height of the title bar."""


def render_picture() -> str:
    """The picture, of commands that are run for it."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return _draw(list(_play(Path(folder))))


def _play(folder: Path) -> Iterator[str]:
    """The lines of the terminal: what is typed, and what the program answers."""
    manifest = folder / "pods" / "web.yaml"
    manifest.parent.mkdir()
    manifest.write_text(_MANIFEST)
    with _one_engine(folder) as clock:
        _answer("sync")
        clock.advance(95.0)
        new = _MANIFEST.replace("3", "4").replace("1.27", "1.28")

        manifest.write_text(new.replace("replicas", "replica"))
        yield "# A Deployment runs; a commit changes its image and its size, and has a typo in it."
        yield from _type("validate pods")
        manifest.write_text(new)
        yield "# The typo is corrected. What would be done?"
        yield from _type("diff")
        yield "$ gitpod-sync sync | tail -n 1"
        yield _answer("sync")[-1]
        yield ""
        clock.advance(12.0)
        yield from _type("get pods")


def _type(command: str) -> Iterator[str]:
    yield f"$ gitpod-sync {command}"
    yield from _answer(command)
    yield ""


def _answer(command: str) -> list[str]:
    done = CliRunner().invoke(cli, command.split())
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output.rstrip("\n").split("\n")


@contextmanager
def _one_engine(folder: Path) -> Iterator[HandWoundClock]:
    """All commands meet the same simulated engine, and a clock that goes on only by hand."""
    clock = HandWoundClock()
    engine = MemoryEngine(Instance(DEFAULT_INSTANCE), clock)

    @contextmanager
    def lend_engine(*_arguments: object, **_options: object) -> Iterator[MemoryEngine]:
        yield engine

    configuration = folder / "config.toml"
    configuration.touch()
    settings = {
        "GITPOD_SYNC_SOURCE": "pods",
        "GITPOD_SYNC_STATE_DIR": str(folder / "state"),
        "GITPOD_SYNC_CONFIG": str(configuration),
        "GITPOD_SYNC_ENGINE_URL": "simulated",
    }
    with (
        patch.dict(os.environ, settings),
        patch.object(time, "time", clock),
        patch("gitpod_sync.cli.assembly._open_engine", lend_engine),
    ):
        yield clock


def _draw(lines: list[str]) -> str:
    width = round(max(map(len, lines)) * _LETTER) + 2 * _MARGIN
    height = len(lines) * _LINE + _BAR + _MARGIN
    size = f'width="{width}" height="{height}"'
    dots = "".join(
        f'<circle cx="{_MARGIN + 4 + 18 * place}" cy="15" r="5" fill="{colour}"/>'
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>',
            "<title>gitpod-sync in a terminal: a typo is found, a change is shown and carried out</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#161b22" stroke="#8b949e"/>',
            dots,
            *(_text(line, _BAR + _LINE * number) for number, line in enumerate(lines, 1) if line),
            "</svg>\n",
        ]
    )


def _text(line: str, y: int) -> str:
    kind = next((f' class="{kind}"' for start, kind in _COLOURS.items() if line.startswith(start)), "")
    # Spaces that nothing breaks or joins, whatever shows the picture.
    return f'<text x="{_MARGIN}" y="{y}"{kind}>{escape(line).replace(" ", chr(0xA0))}</text>'


if __name__ == "__main__":
    PICTURE.write_text(render_picture(), encoding="utf-8")
