"""Rows of cells to a table of text. Pure."""

from collections.abc import Sequence


def render_cells(rows: Sequence[Sequence[str]], *, indent: str = "", gap: str = "   ") -> str:
    """Columns as wide as their widest cell; no blanks at the ends of lines."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent + gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
