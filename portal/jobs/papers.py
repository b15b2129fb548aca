"""What was published or sent is printed by the worker: long statements, letters, and papers whose press died."""

from __future__ import annotations

from datetime import datetime

from portal.billing.actions import printing
from portal.receivables.actions import papers as letters


def print_waiting(now: datetime) -> str:
    """Every paper that waits; says how many were printed."""
    return f"{printing.print_waiting(now)} statements, {letters.print_waiting(now)} letters"
