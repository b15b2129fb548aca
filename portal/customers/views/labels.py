"""Chips of what a customer is sorted by."""

from __future__ import annotations

from collections.abc import Mapping

from portal.customers.models import Customer
from portal.customers.rules.kinds import (
    CUSTOMER_STATES,
    SEGMENTS,
    STRUCTURES,
    CustomerState,
    Segment,
)
from portal.kernel.text import t
from portal.web.labels import Label

TIERS: Mapping[str, Label] = {
    Segment.FLOATING: Label(SEGMENTS[Segment.FLOATING], "neutral", "person"),
    Segment.ORDINARY: Label(SEGMENTS[Segment.ORDINARY], "neutral", "person"),
    Segment.MID: Label(SEGMENTS[Segment.MID], "info", "person-check"),
    Segment.VIP: Label(SEGMENTS[Segment.VIP], "good", "star-fill"),
    Segment.PROJECT: Label(SEGMENTS[Segment.PROJECT], "good", "briefcase"),
}
STATES: Mapping[str, Label] = {
    CustomerState.POTENTIAL: Label(CUSTOMER_STATES[CustomerState.POTENTIAL], "neutral", "circle"),
    CustomerState.NEW: Label(CUSTOMER_STATES[CustomerState.NEW], "info", "plus-lg"),
    CustomerState.ACTIVE: Label(CUSTOMER_STATES[CustomerState.ACTIVE], "good", "check-circle"),
    CustomerState.LOYAL: Label(CUSTOMER_STATES[CustomerState.LOYAL], "good", "check-circle-fill"),
    CustomerState.DORMANT: Label(CUSTOMER_STATES[CustomerState.DORMANT], "warn", "pause-circle"),
    CustomerState.LOST: Label(CUSTOMER_STATES[CustomerState.LOST], "bad", "x-circle"),
}


def classes_of(customer: Customer) -> list[Label]:
    """Tier, state, ABC class and structure, as far as they are known."""
    found = [TIERS[customer.segment], STATES[customer.state]]
    if customer.abc:
        found.append(Label(t("Class %(letter)s", letter=customer.abc), "neutral", "layers"))
    if customer.structure:
        found.append(Label(STRUCTURES[customer.structure], "neutral", "diagram-3"))
    return found
