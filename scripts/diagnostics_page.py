"""Writes docs/diagnostics.md from gitpod_sync/manifests/codes.py: `python -m scripts.diagnostics_page`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from gitpod_sync.manifests.codes import AGREEMENT, FILES, NOT_YET, SHAPE

PAGE = Path(__file__).parent.parent / "docs" / "diagnostics.md"

_HEAD = """\
# Diagnostics

What `gitpod-sync validate` and the daemon say about manifests, by the stable code that stands in brackets at the end of
a line, in `code` of the JSON and in `ruleId` of the SARIF output. A code keeps its meaning. Generated from
`gitpod_sync/manifests/codes.py` by `python -m scripts.diagnostics_page`.
"""


def render_page() -> str:
    """The whole page."""
    return "\n".join(
        [
            _HEAD,
            *_section("The file", FILES),
            *_section("The shape of an object", SHAPE),
            *_section("What must agree, within an object and between objects", AGREEMENT),
        ]
    )


def _section(title: str, codes: Mapping[str, str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| code | means |"
    yield "|---|---|"
    for code in sorted(codes):
        still_to_come = " A later version will." if code in NOT_YET else ""
        yield f"| `{code}` | {codes[code]}{still_to_come} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
