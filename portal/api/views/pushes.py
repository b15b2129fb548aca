"""What other systems tell: usage, movements of stock, milestones, receipts."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.api.actions import carriage, money, stock, usage
from portal.api.actions.rows import Outcome
from portal.api.views.door import answers
from portal.kernel import clock


@answers("record_usage")
def record_usage(told: dict[str, Any]) -> Outcome:
    """Usage, each reference once."""
    return usage.record(told["records"], g.viewer.token, g.viewer, clock.now())


@answers("post_movements")
def post_movements(told: dict[str, Any]) -> Outcome:
    """Movements of stock, each reference once."""
    return stock.post(told["movements"], g.viewer.token, g.viewer, clock.now())


@answers("report_milestones")
def report_milestones(told: dict[str, Any]) -> Outcome:
    """Milestones of shipments."""
    return carriage.report(told["milestones"], g.viewer.token, g.viewer, clock.now())


@answers("record_receipts")
def record_receipts(told: dict[str, Any]) -> Outcome:
    """Receipts, each account and reference once."""
    return money.record(told["receipts"], g.viewer, clock.now())
