"""The commands while the database is away: a line, as whoever looks for the fault runs them first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.deploy.behind import ROOT, free_ports


def test_a_database_that_does_not_answer_is_told_in_a_line(tmp_path: Path) -> None:
    nobody = f"postgresql://portal:hunter2@127.0.0.1:{free_ports(1)[0]}/portal"
    env = os.environ | {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": nobody}
    done = subprocess.run(
        [sys.executable, "-m", "portal", "doctor"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The database does not answer: " in done.stderr
    assert "Traceback" not in done.stderr and "hunter2" not in done.stderr
