"""Troubles that come and go, then processes killed while people work: nothing is lost, nothing is there twice.

Where more kills are asked for (PORTAL_TEST_KILLS), on PostgreSQL too. `python -m tests.faults storm` kills 200 times;
`outages` and `load` have their own measures.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench.load import ROOT
from tests.stories.killing import KILLS

USUAL = 12
DATABASES = ("sqlite",) if KILLS <= USUAL else ("sqlite", "postgresql")


@pytest.mark.parametrize("database", DATABASES)
def test_what_breaks_loses_nothing_and_comes_back_by_itself(database: str) -> None:
    words = [sys.executable, "-m", "tests.faults", "brief", "--database", database]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=1200)
    assert found.returncode == 0, found.stdout + found.stderr[-3000:]
    assert "12 kills" in found.stdout and "WRONG" not in found.stdout
