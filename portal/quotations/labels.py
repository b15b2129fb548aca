"""Words, marks and tones of what a quotation can be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.catalogue.labels import CATEGORIES, LOADS
from portal.catalogue.labels import SECTION_WORDS as SECTIONS
from portal.kernel.text import Text, t
from portal.quotations.rules.difference import Change
from portal.quotations.rules.states import STATE_WORDS, QuotationState, state_on
from portal.web.labels import Label

__all__ = [
    "CATEGORIES",
    "CHANGES",
    "LANGUAGES",
    "LOADS",
    "SECTIONS",
    "STATES",
    "TO_ANSWER",
    "label_for_customer",
    "label_of",
    "state_of",
]

S = QuotationState

STATES: Mapping[QuotationState, Label] = {
    S.DRAFT: Label(STATE_WORDS[S.DRAFT], "neutral", "pencil-square"),
    S.PENDING_APPROVAL: Label(STATE_WORDS[S.PENDING_APPROVAL], "warn", "hourglass-split"),
    S.APPROVED: Label(STATE_WORDS[S.APPROVED], "info", "check2-circle"),
    S.ISSUED: Label(STATE_WORDS[S.ISSUED], "info", "send-check"),
    S.ACCEPTED: Label(STATE_WORDS[S.ACCEPTED], "good", "check-circle"),
    S.DECLINED: Label(STATE_WORDS[S.DECLINED], "bad", "x-circle"),
    S.EXPIRED: Label(STATE_WORDS[S.EXPIRED], "warn", "calendar-x"),
    S.SUPERSEDED: Label(STATE_WORDS[S.SUPERSEDED], "done", "layers"),
    S.WITHDRAWN: Label(STATE_WORDS[S.WITHDRAWN], "done", "arrow-return-left"),
}

TO_ANSWER = Label(t("Waits for your answer"), "warn", "hourglass-split")
"""What an issued version is to its customer."""

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
    Change.CHANGED: "changed",
    Change.SAME: "same",
}


def state_of(row: Any, today: date) -> QuotationState:
    """How a quotation or one of its versions is read today: issued past its validity is expired."""
    return state_on(QuotationState(row.state), row.valid_until, today)


def label_of(row: Any, today: date) -> Label:
    """The chip of a quotation or version."""
    return STATES[state_of(row, today)]


def label_for_customer(row: Any, today: date) -> Label:
    """The chip of a version as its customer reads it, wherever that is."""
    state = state_of(row, today)
    return TO_ANSWER if state is S.ISSUED else STATES[state]
