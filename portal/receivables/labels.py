"""Words, marks and tones of receipts, bank entries, invoices, applications and reminders."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import t
from portal.receivables.rules.kinds import (
    BANK_WORDS,
    CHANNEL_WORDS,
    DECISION_WORDS,
    REQUEST_WORDS,
    BankState,
    Channel,
    DecisionState,
    RequestState,
)
from portal.web.labels import Label

B, R, D = BankState, RequestState, DecisionState

PREPAYMENT = Label(t("Not all allocated"), "info", "wallet2")
ALLOCATED = Label(t("Allocated"), "done", "check2-all")
HELD = Label(t("Deposit held"), "neutral", "shield-check")
RETURNED = Label(t("Deposit used or refunded"), "done", "check2-all")
CANCELLED = Label(t("Voided"), "bad", "x-circle")
BANK: Mapping[str, Label] = {
    B.UNMATCHED: Label(BANK_WORDS[B.UNMATCHED], "warn", "patch-question"),
    B.MATCHED: Label(BANK_WORDS[B.MATCHED], "good", "check-circle"),
    B.IGNORED: Label(BANK_WORDS[B.IGNORED], "done", "slash-circle"),
}
REQUESTS: Mapping[str, Label] = {
    R.OPEN: Label(REQUEST_WORDS[R.OPEN], "warn", "hourglass-split"),
    R.INVOICED: Label(REQUEST_WORDS[R.INVOICED], "good", "check-circle"),
    R.REJECTED: Label(REQUEST_WORDS[R.REJECTED], "bad", "x-circle"),
    R.WITHDRAWN: Label(REQUEST_WORDS[R.WITHDRAWN], "done", "arrow-return-left"),
}
BLUE = Label(t("Not reversed"), "good", "check-circle")
RED = Label(t("Red-letter"), "bad", "arrow-return-left")
REVERSED = Label(t("Reversed"), "done", "slash-circle")
DECISIONS: Mapping[str, Label] = {
    D.PENDING: Label(DECISION_WORDS[D.PENDING], "warn", "hourglass-split"),
    D.APPROVED: Label(DECISION_WORDS[D.APPROVED], "good", "check-circle"),
    D.REFUSED: Label(DECISION_WORDS[D.REFUSED], "bad", "x-circle"),
    D.WITHDRAWN: Label(DECISION_WORDS[D.WITHDRAWN], "done", "arrow-return-left"),
}
CHANNELS: Mapping[str, Label] = {
    Channel.MAIL: Label(CHANNEL_WORDS[Channel.MAIL], "neutral", "envelope"),
    Channel.PHONE: Label(CHANNEL_WORDS[Channel.PHONE], "info", "telephone"),
    Channel.LETTER: Label(CHANNEL_WORDS[Channel.LETTER], "neutral", "file-earmark-text"),
    Channel.SYSTEM: Label(CHANNEL_WORDS[Channel.SYSTEM], "bad", "lock"),
    Channel.PERSON: Label(CHANNEL_WORDS[Channel.PERSON], "warn", "person"),
}
NOT_DUE = Label(t("Not due"), "neutral", "circle")
OVERDUE = Label(t("Overdue"), "bad", "exclamation-triangle")
DISPUTED = Label(t("Disputed"), "warn", "chat-square-dots")
PROMISED = Label(t("Promised"), "info", "calendar-check")
SETTLED = Label(t("Paid"), "good", "check-circle")
CREDIT_LEFT = Label(t("Credit balance"), "info", "arrow-return-left")
ON_HOLD = Label(t("On hold"), "bad", "lock")
LIFTED = Label(t("Hold lifted"), "warn", "unlock")
BLACKLISTED = Label(t("Blacklisted"), "bad", "slash-circle")
IN_ORDER = Label(t("Orders welcome"), "good", "check-circle")
