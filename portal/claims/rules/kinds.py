"""The words that claims are sorted by (DOMAIN T7-T9)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Loss(StrEnum):
    """What happened to the goods."""

    LOST = "lost"
    DAMAGED = "damaged"
    SHORT = "short"
    DELAYED = "delayed"
    OTHER = "other"


class EvidenceKind(StrEnum):
    """What proves a claim."""

    PHOTOS = "photos"
    OPENING_VIDEO = "opening_video"
    DELIVERY_SHEET = "delivery_sheet"
    WEIGHT = "weight"
    GOODS_INVOICE = "goods_invoice"
    PACKING_LIST = "packing_list"
    SURVEY_REPORT = "survey_report"
    CARRIER_STATEMENT = "carrier_statement"
    AUTHORITY = "authority"
    OTHER = "other"


class Settlement(StrEnum):
    """How what was agreed is given."""

    CREDIT = "credit"  # a line of the next statement
    PAYMENT = "payment"


class LimitUnit(StrEnum):
    """What a limit of liability is counted in."""

    SDR_PER_PACKAGE = "sdr_per_package"
    SDR_PER_KG = "sdr_per_kg"
    TIMES_FREIGHT = "times_freight"
    DECLARED_VALUE = "declared_value"
    MARKET_VALUE = "market_value"


LOSS_WORDS: Mapping[Loss, Text] = {
    Loss.LOST: t("Lost"),
    Loss.DAMAGED: t("Damaged"),
    Loss.SHORT: t("Short"),
    Loss.DELAYED: t("Delayed"),
    Loss.OTHER: t("Other"),
}

EVIDENCE_KIND_WORDS: Mapping[EvidenceKind, Text] = {
    EvidenceKind.PHOTOS: t("Photographs of goods and packing"),
    EvidenceKind.OPENING_VIDEO: t("Film of the opening"),
    EvidenceKind.DELIVERY_SHEET: t("Delivery sheet with remarks"),
    EvidenceKind.WEIGHT: t("Proof of weight"),
    EvidenceKind.GOODS_INVOICE: t("Invoice or proof of the goods' value"),
    EvidenceKind.PACKING_LIST: t("Packing list"),
    EvidenceKind.SURVEY_REPORT: t("Survey report"),
    EvidenceKind.CARRIER_STATEMENT: t("Carrier's statement"),
    EvidenceKind.AUTHORITY: t("Proof of authority"),
    EvidenceKind.OTHER: t("Other proof"),
}

SETTLEMENT_WORDS: Mapping[Settlement, Text] = {
    Settlement.CREDIT: t("Credit on the next statement"),
    Settlement.PAYMENT: t("Payment"),
}

LIMIT_WORDS: Mapping[LimitUnit, Text] = {
    LimitUnit.SDR_PER_PACKAGE: t("SDR for each package"),
    LimitUnit.SDR_PER_KG: t("SDR for each kilogram"),
    LimitUnit.TIMES_FREIGHT: t("times the freight"),
    LimitUnit.DECLARED_VALUE: t("of the declared value"),
    LimitUnit.MARKET_VALUE: t("of the value at destination"),
}
