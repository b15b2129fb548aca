"""Where the real rate sheets and bills lie: beside the repository, in `shared/data`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file; the test is skipped, saying why, where the file is not at hand."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not beside this copy of the repository")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
