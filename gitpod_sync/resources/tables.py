"""Rows of cells to a table of text. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from gitpod_sync.model.base.inert import one_line


def render_cells(rows: Sequence[Sequence[str]], *, indent: str = "", gap: str = "   ") -> str:
    """The lines of `cell_lines` as one text."""
    return "\n".join(cell_lines(rows, indent=indent, gap=gap))


def cell_lines(rows: Sequence[Sequence[str]], *, indent: str = "", gap: str = "   ") -> Iterator[str]:
    """Columns as wide as their widest cell; no blanks at the ends of lines. No cell makes a further line."""
    texts = [[cell_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        yield indent + gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def cell_text(text: str) -> str:
    """The text for a cell, without further lines and columns."""
    return one_line(text).replace("\t", "\\t")


def render_lines(lines: Iterable[str]) -> str:
    """A text with exactly one line for each, even where line feeds are in it."""
    return "\n".join(map(one_line, lines))
