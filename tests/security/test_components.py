"""What the checks of components say of what they were told."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType
from typing import Any

import pytest

from portal.config import ROOT


def script(name: str) -> ModuleType:
    """A script of `.ci` as a module."""
    spec = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOOD = {"name": "flask", "version": "3.1.3", "vulns": []}
WEAK = {"name": "pillow", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "x", "skip_reason": "could not be audited"}


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ([GOOD, WEAK], 1, "pillow 1.0: CVE-1, mended in 1.1"),
        ([GOOD, UNKNOWN], 0, "1 packages checked, 1 not checked, 0 known"),
        ([UNKNOWN], 0, "NOT CHECKED"),
        ([], 0, "NOT CHECKED"),
    ],
)
def test_a_known_weakness_fails_and_what_was_not_checked_is_not_called_good(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: Any,
    code: int,
    said: str,
) -> None:
    audit = script("audit")
    monkeypatch.setattr(audit, "asked", lambda _lock: (told, "no answer"))
    assert audit.main() == code
    assert said in capsys.readouterr().err


def test_the_inventory_names_every_pinned_package_with_its_hashes() -> None:
    sbom, lock = script("sbom"), (ROOT / "requirements.txt").read_text("utf-8")
    made = sbom.inventory(lock)
    pinned = [line for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert made["bomFormat"] == "CycloneDX" and len(made["components"]) == len(pinned) > 50
    assert all(
        each["hashes"] and each["purl"].startswith("pkg:pypi/") for each in made["components"]
    )
