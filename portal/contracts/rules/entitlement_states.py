"""How an entitlement stands on a day; computed, never stored (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.states import ContractState
from portal.kernel.text import Text, t

LOW_PARTS = 5
"""Low: no more than one part in so many is left, that is 20 %."""
SOON = timedelta(days=30)
COUNTS = frozenset({ContractState.ACTIVE, ContractState.SUSPENDED})
"""States of a contract whose entitlements are not over."""


class EntitlementState(StrEnum):
    """What a customer needs to know of it first."""

    FUTURE = "future"
    IN_FORCE = "in_force"
    LOW = "low"
    EXHAUSTED = "exhausted"
    BEYOND = "beyond"
    SUSPENDED = "suspended"
    PAST = "past"


STANDING_WORDS: Mapping[EntitlementState, Text] = {
    EntitlementState.FUTURE: t("Not yet begun"),
    EntitlementState.IN_FORCE: t("In force"),
    EntitlementState.LOW: t("Running low"),
    EntitlementState.EXHAUSTED: t("Used up"),
    EntitlementState.BEYOND: t("Used up, goes on"),
    EntitlementState.SUSPENDED: t("Suspended"),
    EntitlementState.PAST: t("Over"),
}


def standing_on(
    contract: ContractState,
    starts_on: date,
    ends_on: date,
    granted: Decimal,
    left: Decimal | None,
    overage: Overage,
    today: date,
) -> EntitlementState:
    """The state on `today`; `left` None is without limit. BEYOND: nothing left, and its overage rule goes on."""
    if today > ends_on or contract not in COUNTS:
        return EntitlementState.PAST
    if contract is ContractState.SUSPENDED:
        return EntitlementState.SUSPENDED
    if today < starts_on:
        return EntitlementState.FUTURE
    if left is None:
        return EntitlementState.IN_FORCE
    if left <= 0:
        stops = overage is Overage.STOP
        return EntitlementState.EXHAUSTED if stops else EntitlementState.BEYOND
    return EntitlementState.LOW if is_low(granted, left) else EntitlementState.IN_FORCE


def is_low(granted: Decimal, left: Decimal) -> bool:
    """Whether so little of what was granted is left that its holder should know."""
    return left * LOW_PARTS <= granted
