"""Where this application's papers are printed, kept and proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.documents import archive, render, verification


def install(config: Mapping[str, Any]) -> None:
    """Name the press's folder, the archive's, and the address under which codes are proved."""
    instance = config["INSTANCE"]
    render.configure(instance / "press")
    archive.configure(instance / archive.FOLDER)
    verification.configure(config["BASE_URL"])
