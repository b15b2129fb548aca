"""How document numbers are written: prefix, year, serial (DOMAIN Q1, R6)."""

from __future__ import annotations


def document_number(prefix: str, year: int, serial: int, width: int = 6) -> str:
    """`QT-2026-000128` from its parts."""
    return f"{prefix}-{year}-{serial:0{width}d}"
