"""Words, marks and tones of runs, statements, their lines, disputes and credits."""

from __future__ import annotations

from collections.abc import Mapping

from portal.billing.rules.kinds import LINE_KIND_WORDS, LineKind
from portal.billing.rules.states import (
    CREDIT_WORDS,
    DISPUTE_WORDS,
    LINE_WORDS,
    PAPER_WORDS,
    RUN_WORDS,
    STATEMENT_WORDS,
    CreditState,
    DisputeState,
    LineState,
    PaperState,
    RunState,
    StatementState,
)
from portal.kernel.text import t
from portal.web.labels import Label

S, L, D, C = StatementState, LineState, DisputeState, CreditState

STATEMENTS: Mapping[str, Label] = {
    S.DRAFT: Label(STATEMENT_WORDS[S.DRAFT], "neutral", "pencil-square"),
    S.UNDER_REVIEW: Label(STATEMENT_WORDS[S.UNDER_REVIEW], "warn", "hourglass-split"),
    S.PUBLISHED: Label(STATEMENT_WORDS[S.PUBLISHED], "info", "send-check"),
    S.PARTLY_DISPUTED: Label(STATEMENT_WORDS[S.PARTLY_DISPUTED], "warn", "chat-square-dots"),
    S.CONFIRMED: Label(STATEMENT_WORDS[S.CONFIRMED], "good", "check-circle"),
    S.BILLED: Label(STATEMENT_WORDS[S.BILLED], "done", "check2-all"),
    S.VOID: Label(STATEMENT_WORDS[S.VOID], "done", "slash-circle"),
}
STATEMENTS_FOR_CUSTOMERS: Mapping[str, Label] = {
    S.PUBLISHED: Label(t("Waits for your answer"), "warn", "hourglass-split"),
    S.PARTLY_DISPUTED: STATEMENTS[S.PARTLY_DISPUTED],
    S.CONFIRMED: STATEMENTS[S.CONFIRMED],
    S.BILLED: STATEMENTS[S.BILLED],
}
LINES: Mapping[str, Label] = {
    L.OPEN: Label(LINE_WORDS[L.OPEN], "neutral", "circle"),
    L.CONFIRMED: Label(LINE_WORDS[L.CONFIRMED], "good", "check-circle"),
    L.DISPUTED: Label(LINE_WORDS[L.DISPUTED], "warn", "chat-square-dots"),
    L.ADJUSTED: Label(LINE_WORDS[L.ADJUSTED], "info", "pencil"),
    L.UPHELD: Label(LINE_WORDS[L.UPHELD], "done", "check2-all"),
}
LINE_KINDS = LINE_KIND_WORDS
PLAIN_KINDS = (LineKind.USAGE, LineKind.STORAGE)
"""Kinds that a line's own name says already."""
DISPUTES: Mapping[str, Label] = {
    D.OPEN: Label(DISPUTE_WORDS[D.OPEN], "warn", "chat-square-dots"),
    D.PENDING_APPROVAL: Label(DISPUTE_WORDS[D.PENDING_APPROVAL], "warn", "hourglass-split"),
    D.ACCEPTED: Label(DISPUTE_WORDS[D.ACCEPTED], "good", "check-circle"),
    D.PARTLY_ACCEPTED: Label(DISPUTE_WORDS[D.PARTLY_ACCEPTED], "good", "check-circle"),
    D.REJECTED: Label(DISPUTE_WORDS[D.REJECTED], "bad", "x-circle"),
    D.WITHDRAWN: Label(DISPUTE_WORDS[D.WITHDRAWN], "done", "arrow-return-left"),
}
_WITH_US = Label(t("With us"), "warn", "hourglass-split")
DISPUTES_FOR_CUSTOMERS: Mapping[str, Label] = {
    **DISPUTES,
    D.OPEN: _WITH_US,
    D.PENDING_APPROVAL: _WITH_US,
}
"""That a grant waits for approval is none of a customer's business."""
SECOND_LEVEL = Label(t("Before a manager"), "bad", "person-badge")
CREDITS: Mapping[str, Label] = {
    C.PENDING_APPROVAL: Label(CREDIT_WORDS[C.PENDING_APPROVAL], "warn", "hourglass-split"),
    C.GRANTED: Label(CREDIT_WORDS[C.GRANTED], "good", "check-circle"),
    C.PLACED: Label(CREDIT_WORDS[C.PLACED], "done", "receipt"),
    C.REFUSED: Label(CREDIT_WORDS[C.REFUSED], "bad", "x-circle"),
    C.CANCELLED: Label(CREDIT_WORDS[C.CANCELLED], "neutral", "slash-circle"),
}
CREDIT_SOURCES = {
    "dispute": t("Dispute"),
    "dispute_again": t("Dispute raised again"),
    "claim": t("Claim"),
    "goodwill": t("Goodwill"),
    "points": t("Loyalty points"),
}
RUNS: Mapping[str, Label] = {
    RunState.WAITING: Label(RUN_WORDS[RunState.WAITING], "neutral", "hourglass-split"),
    RunState.RUNNING: Label(RUN_WORDS[RunState.RUNNING], "info", "arrow-repeat"),
    RunState.DONE: Label(RUN_WORDS[RunState.DONE], "good", "check-circle"),
    RunState.FAILED: Label(RUN_WORDS[RunState.FAILED], "bad", "x-circle"),
}
PAPERS: Mapping[str, Label] = {
    PaperState.WAITING: Label(PAPER_WORDS[PaperState.WAITING], "neutral", "hourglass-split"),
    PaperState.PRINTING: Label(PAPER_WORDS[PaperState.PRINTING], "info", "arrow-repeat"),
    PaperState.READY: Label(PAPER_WORDS[PaperState.READY], "good", "file-earmark-pdf"),
    PaperState.FAILED: Label(PAPER_WORDS[PaperState.FAILED], "bad", "x-circle"),
}
