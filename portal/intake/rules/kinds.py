"""What files may hold, and what became of a pair of customers that look alike."""

from __future__ import annotations

from enum import StrEnum

from portal.kernel.text import Text, t


class IntakeKind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    OPPORTUNITIES = "opportunities"
    HISTORY = "history"


class PairState(StrEnum):
    """What became of two customers that look alike."""

    OPEN = "open"
    DISMISSED = "dismissed"


KINDS: dict[str, Text] = {
    IntakeKind.CUSTOMERS: t("Customers"),
    IntakeKind.CONTACTS: t("Contacts"),
    IntakeKind.OPPORTUNITIES: t("Opportunities"),
    IntakeKind.HISTORY: t("History"),
}

PAIR_STATES: dict[str, Text] = {
    PairState.OPEN: t("To be decided"),
    PairState.DISMISSED: t("Not a duplicate"),
}
