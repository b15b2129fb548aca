"""The rows of a list as markup.

A page of a list has some two hundred cells, most of its time; what a cell's tag says depends on its column and on two
questions about what is in it, so each tag is written once a page and the cells are joined here, not in a template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from portal.web.filters import is_nothing, is_unbroken


@dataclass(slots=True)
class Row:
    """One row: what its cells show, in the order of the columns."""

    cells: list[Any]
    url: str | None
    classes: str = ""


@dataclass(slots=True)
class DrawnColumn:
    """A column head with the address that sorts by it."""

    key: str
    label: str
    align: str
    sortable: bool
    sorted: str | None
    sort_url: str | None
    _tags: dict[tuple[bool, str], str] = field(default_factory=dict, init=False, repr=False)

    def opening(self, cell: Any) -> str:
        """The tag that a cell of this column begins with."""
        looks = is_nothing(cell), _lines(cell)
        tag = self._tags.get(looks)
        if tag is None:
            tag = self._tags[looks] = self._tag(*looks)
        return tag

    def _tag(self, nothing: bool, lines: str) -> str:
        names = [self.align if self.align != "start" else "", "nothing" if nothing else "", lines]
        looks = " ".join(name for name in names if name)
        classes = f' class="{looks}"' if looks else ""
        return f'<td role="cell"{classes} data-label="{escape(self.label)}">'


def rows_markup(columns: Sequence[DrawnColumn], rows: Sequence[Row]) -> Markup:
    """Every row as `<tr>`: the first cell is its head and, where the row has an address, its link."""
    return Markup("".join(_row(columns, row) for row in rows))


def _row(columns: Sequence[DrawnColumn], row: Row) -> str:
    parts = [f'<tr role="row" class="{escape(row.classes)}">' if row.classes else '<tr role="row">']
    parts.append(_head(row))
    for column, cell in zip(columns[1:], row.cells[1:], strict=True):
        shown = "" if cell is None else escape(cell)
        parts.append(f"{column.opening(cell)}{shown}</td>")
    parts.append("</tr>\n")
    return "".join(parts)


def _head(row: Row) -> str:
    shown = escape(row.cells[0])
    if row.url:
        shown = Markup(f'<a class="row-link" href="{escape(row.url)}">{shown}</a>')
    lines = _lines(row.cells[0])
    classes = f' class="{lines}"' if lines else ""
    return f'<th scope="row" role="rowheader"{classes}>{shown}</th>'


def _lines(cell: Any) -> str:
    """How a cell takes lines: `nowrap` stays on one, `text` takes as many as it needs; markup knows for itself."""
    if is_unbroken(cell):
        return "nowrap"
    return "text" if isinstance(cell, str) and not isinstance(cell, Markup) else ""
