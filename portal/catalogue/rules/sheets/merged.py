"""Merged cells among the prices of a sheet: whose value is it? Told once, and no row under them is taken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from portal.catalogue.rules.sheets.columns import Sheet
from portal.kernel.errors import Problem
from portal.kernel.tables import Table
from portal.kernel.tables.table import Merge
from portal.kernel.text import t


class MergedCells:
    """The merged blocks below the header that lie in a column which is read.

    A spreadsheet keeps the value in the first cell alone: the rows below would be read as if nothing stood there, a
    price without an origin among them.
    """

    def __init__(self, table: Table, sheet: Sheet) -> None:
        labels = {one.index + 1: one.label for one in sheet.fields}
        self.blocks: list[tuple[Merge, str]] = []
        for merge in table.merges:
            touched = range(merge.first_column, merge.last_column + 1)
            label = next((labels[column] for column in touched if column in labels), None)
            if label is not None and merge.last_row > sheet.header_row:
                self.blocks.append((merge, label))
        self._firsts, self._lasts = _spans([merge for merge, _ in self.blocks])

    def problems(self) -> Iterator[Problem]:
        """One for each block, at its first row."""
        for merge, label in self.blocks:
            expected = t("one value in each cell; take the merged cells apart")
            yield Problem(merge.first_row, label, merge.address, expected)

    def touch(self, row: int) -> bool:
        """Does a block lie over this row?"""
        at = bisect_right(self._firsts, row) - 1
        return at >= 0 and row <= self._lasts[at]


def _spans(merges: list[Merge]) -> tuple[list[int], list[int]]:
    """First and last rows of the blocks, those that overlap made one: a row is then found in few steps."""
    firsts: list[int] = []
    lasts: list[int] = []
    for merge in sorted(merges, key=lambda one: one.first_row):
        if lasts and merge.first_row <= lasts[-1]:
            lasts[-1] = max(lasts[-1], merge.last_row)
        else:
            firsts.append(merge.first_row)
            lasts.append(merge.last_row)
    return firsts, lasts
