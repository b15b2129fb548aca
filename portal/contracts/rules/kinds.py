"""The words in which a contract line and the ledger are stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Allowance(StrEnum):
    """How often the line's quantity is granted: once, or anew for each period of the contract (DOMAIN E2)."""

    CONTRACT = "contract"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Overage(StrEnum):
    """What happens to a draw beyond what is left (DOMAIN E3, E4)."""

    STOP = "stop"
    SAME_PRICE = "same_price"
    OVERAGE_PRICE = "overage_price"


class EntryKind(StrEnum):
    """An entry of an entitlement's ledger; nothing else changes what is left (DESIGN section 4)."""

    GRANT = "grant"
    RESERVE = "reserve"
    CONSUME = "consume"
    RELEASE = "release"
    ADJUST = "adjust"
    ROLLOVER = "rollover"
    LAPSE = "lapse"


ALLOWANCE_WORDS: Mapping[Allowance, Text] = {
    Allowance.CONTRACT: t("for the whole contract"),
    Allowance.MONTH: t("each month"),
    Allowance.QUARTER: t("each quarter"),
    Allowance.YEAR: t("each year"),
}

OVERAGE_WORDS: Mapping[Overage, Text] = {
    Overage.STOP: t("Stop: nothing beyond it"),
    Overage.SAME_PRICE: t("Go on at the same price"),
    Overage.OVERAGE_PRICE: t("Go on at the overage price"),
}

ENTRY_WORDS: Mapping[EntryKind, Text] = {
    EntryKind.GRANT: t("Granted"),
    EntryKind.RESERVE: t("Reserved"),
    EntryKind.CONSUME: t("Used"),
    EntryKind.RELEASE: t("Released"),
    EntryKind.ADJUST: t("Adjusted"),
    EntryKind.ROLLOVER: t("Carried over"),
    EntryKind.LAPSE: t("Lapsed"),
}
