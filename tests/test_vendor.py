"""Third-party browser files: each in a folder of its own, with version and licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
FOLDERS = sorted(folder for folder in VENDOR.iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_vendor_folder_names_one_released_version(folder: Path) -> None:
    version = (folder / "VERSION").read_text(encoding="utf-8")
    assert re.fullmatch(r"[a-z.-]+ \d+\.\d+\.\d+\n", version)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_vendor_folder_carries_its_licence(folder: Path) -> None:
    assert "permission" in (folder / "LICENSE").read_text(encoding="utf-8").lower()


def test_no_file_lies_loose_beside_the_vendor_folders() -> None:
    assert [entry.name for entry in VENDOR.iterdir() if entry.is_file()] == []


def test_no_icon_carries_a_script_or_an_outside_reference() -> None:
    icons = [path.read_text(encoding="utf-8") for path in VENDOR.glob("bootstrap-icons/*.svg")]
    assert len(icons) > 90
    assert [icon for icon in icons if re.search(r"<script|href=|\son\w+=|style=", icon)] == []
