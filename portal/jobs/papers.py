"""Statements that were published are printed by the worker: long ones, and those whose press died."""

from __future__ import annotations

from datetime import datetime

from portal.billing.actions import printing


def print_waiting(now: datetime) -> str:
    """Every paper that waits; says how many were printed."""
    return f"{printing.print_waiting(now)} printed"
