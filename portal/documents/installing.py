"""Where this application's papers are printed, kept and proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.documents import archive, render, verification


def install(config: Mapping[str, Any]) -> None:
    """Name the press's folder, the archive, and the address under which codes are proved."""
    render.configure(config["INSTANCE"] / "press")
    archive.configure(archive.archive_of(config))
    verification.configure(config["BASE_URL"])
