"""Reads the reference tables that ship with the product (`catalogue/reference/*.csv`)."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "reference"


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of `reference/<name>.csv` as column → text, in the order of the file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values: `a;b` → ("a", "b"), empty → ()."""
    return tuple(part for part in cell.split(";") if part)
