"""The two commands of the README: what they do before the product itself has a say."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def serve(port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "serve.sh"],
        env=os.environ | {"PORT": port, "HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_taken_port_is_told_at_once_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = serve(str(port))
    assert result.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken" in result.stderr
    assert "make run PORT=8080" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_no_port_number_is_told(port: str) -> None:
    result = serve(port)
    assert result.returncode != 0
    assert "PORT must be a number from 1 to 65535" in result.stderr


def found_python(path: str, **environment: str) -> str:
    return subprocess.run(
        ["bash", "-c", ". .ci/common.sh; find_python"],
        cwd=ROOT, env={**os.environ, "PATH": path, **environment}, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip


def test_the_systems_own_python_comes_before_one_that_somebody_built(tmp_path: Path) -> None:
    system = Path("/usr/bin/python3")
    asked = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    if not system.exists() or subprocess.run([system, "-c", asked], check=False).returncode:
        pytest.skip("the system's own Python is too old, or makes no virtual environments")
    built = tmp_path / "python3"
    built.symlink_to(sys.executable)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert found_python(path) == str(system)
    assert found_python(path, PYTHON=str(built)) == str(built)


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    assert found_python(os.environ["PATH"], PYTHON=f"{old} {sys.executable}") == sys.executable


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_each_locked_package_has_one_version_and_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert len(entries) > 50
    assert [e for e in entries if not re.match(r"[\w.-]+(\[.+\])?==\S+", e)] == []
    assert [e for e in entries if "--hash=sha256:" not in e] == []


def test_the_test_lock_holds_all_of_the_serving_lock() -> None:
    pins = [
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0] - pins[1] == set()


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: ((?:.+\\\n)*.+)$", makefile, re.MULTILINE)
    assert phony
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert explained == set(phony[1].replace("\\", " ").split())
