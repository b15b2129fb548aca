"""How a customer settles: the words of the settlement terms 结算条款 and of a credit hold (DOMAIN E8, E9)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class SettlementKind(StrEnum):
    """When the customer pays."""

    PREPAID = "prepaid"  # 款到放单
    PER_SHIPMENT = "per_shipment"  # 票结
    WEEKLY = "weekly"  # 周结
    HALF_MONTHLY = "half_monthly"  # 半月结
    MONTHLY = "monthly"  # 月结


class DueFrom(StrEnum):
    """From which day the payment days count (E9)."""

    STATEMENT = "statement"  # the last day of the statement's period
    INVOICE = "invoice"  # the day of the invoice
    SAILING = "sailing"  # the last service day of the statement


class Rating(StrEnum):
    """Credit rating (section 17)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


SETTLEMENT_WORDS: Mapping[SettlementKind, Text] = {
    SettlementKind.PREPAID: t("Paid before release"),
    SettlementKind.PER_SHIPMENT: t("Per shipment"),
    SettlementKind.WEEKLY: t("Weekly"),
    SettlementKind.HALF_MONTHLY: t("Half-monthly"),
    SettlementKind.MONTHLY: t("Monthly"),
}

DUE_FROM_WORDS: Mapping[DueFrom, Text] = {
    DueFrom.STATEMENT: t("from the statement's last day"),
    DueFrom.INVOICE: t("from the invoice"),
    DueFrom.SAILING: t("from the last service day"),
}
