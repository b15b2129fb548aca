"""What the demo's firm has set up around the portal: a webhook that waits to be switched on."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.demo.firm import DOMAIN
from portal.demo.stage import Stage
from portal.hooks.actions import endpoints
from portal.hooks.actions.endpoints import EndpointFacts
from portal.hooks.rules.kinds import HookKind

ADMIN = "admin"
EVENTS = (
    "booking.made",
    "claim.credited",
    "receipt.recorded",
    "statement.confirmed",
    "statement.disputed",
)


def tell_house(stage: Stage) -> None:
    """An endpoint for the firm's own books, off: nothing leaves a demo."""
    days = stage.timeline
    days.add(days.day(-3), "17:30", partial(_endpoint, stage))


def _endpoint(stage: Stage, at: datetime) -> None:
    address = f"https://erp.{DOMAIN}/hooks/portal"
    facts = EndpointFacts("财务系统（示例）", HookKind.SYSTEM, address, EVENTS)
    endpoints.create(facts, False, stage.people[ADMIN], at)
