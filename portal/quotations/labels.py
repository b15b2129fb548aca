"""Words, marks and tones of what a quotation can be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.kernel.text import Text, t
from portal.quotations.rules.difference import Change
from portal.quotations.rules.states import QuotationState, state_on
from portal.web.labels import Label

S = QuotationState

STATES: Mapping[QuotationState, Label] = {
    S.DRAFT: Label(t("Draft"), "neutral", "pencil-square"),
    S.PENDING_APPROVAL: Label(t("Pending approval"), "warn", "hourglass-split"),
    S.APPROVED: Label(t("Approved"), "info", "check2-circle"),
    S.ISSUED: Label(t("Issued"), "info", "send-check"),
    S.ACCEPTED: Label(t("Accepted"), "good", "check-circle"),
    S.DECLINED: Label(t("Declined"), "bad", "x-circle"),
    S.EXPIRED: Label(t("Expired"), "warn", "calendar-x"),
    S.SUPERSEDED: Label(t("Superseded"), "done", "layers"),
    S.WITHDRAWN: Label(t("Withdrawn"), "done", "arrow-return-left"),
}

SECTIONS: Mapping[str, Text] = {
    "freight": t("Freight"),
    "origin": t("Origin charges"),
    "customs": t("Customs"),
    "trucking": t("Trucking"),
    "destination": t("Destination charges"),
    "storage": t("Storage"),
    "handling": t("Handling"),
    "express": t("Express"),
    "other": t("Other charges"),
}

CATEGORIES: Mapping[str, Text] = {
    "sea": t("Sea freight"),
    "air": t("Air freight"),
    "rail": t("Rail freight"),
    "road": t("Road transport"),
    "inland_water": t("Inland water"),
    "express": t("Express"),
    "storage": t("Storage"),
    "handling": t("Handling"),
    "customs": t("Customs"),
    "sorting": t("Sorting"),
    "consolidation": t("Consolidation"),
    "packing": t("Packing"),
    "delivery": t("Delivery"),
    "documentation": t("Documentation"),
    "other": t("Other services"),
}

LOADS: Mapping[str, Text] = {
    "fcl": t("Full container"),
    "lcl": t("Less than a container"),
    "bulk": t("Bulk"),
    "parcel": t("Parcel"),
    "ftl": t("Full truck"),
    "ltl": t("Less than a truck"),
    "none": t("Any load"),
}

LANGUAGES: Mapping[str, Text] = {
    "zh": t("Chinese"),
    "en": t("English"),
    "zh_en": t("Chinese and English"),
}

CHANGES: Mapping[Change, str] = {
    Change.NEW: "new",
    Change.GONE: "gone",
    Change.UP: "up",
    Change.DOWN: "down",
    Change.CHANGED: "up",
    Change.SAME: "same",
}


def state_of(row: Any, today: date) -> QuotationState:
    """How a quotation or one of its versions is read today: issued past its validity is expired."""
    return state_on(QuotationState(row.state), row.valid_until, today)


def label_of(row: Any, today: date) -> Label:
    """The chip of a quotation or version."""
    return STATES[state_of(row, today)]
