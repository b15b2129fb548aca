"""The words in which statements, lines, disputes and credits are stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class LineKind(StrEnum):
    """Where a statement line comes from."""

    USAGE = "usage"  # one draw of one usage record
    REVERSAL = "reversal"  # the negative copy of a billed usage line
    STORAGE = "storage"  # stock of a period by the contract's storage policy
    STORAGE_MINIMUM = "storage_minimum"  # what lifts storage to its minimum 最低月费补差
    FEE = "fee"  # a fixed fee for a month or year
    SHORTFALL = "shortfall"  # what was committed and not used 保底补差
    TRUE_UP = "true_up"  # overage billed that turned out to be none (DOMAIN E5)
    CREDIT = "credit"  # a granted credit 贷项
    LATE_FEE = "late_fee"  # interest on what is overdue and undisputed (DOMAIN E10)


class Part(StrEnum):
    """Which part of a draw a line is for: within what was bought, or beyond it (DOMAIN E4)."""

    WITHIN = "within"
    OVER = "over"


class Once(StrEnum):
    """What is billed once beside usage: the kind of a `BilledOnce` row."""

    STORAGE_DAY = "storage_day"  # subject: the root contract line; on: the day
    FEE = "fee"  # subject: the root contract line; on: the first day of the unit's month or year
    SHORTFALL = "shortfall"  # subject: the entitlement; on: its first day
    TRUE_UP = "true_up"  # subject: the entitlement; on: its first day
    CREDIT = "credit"  # subject: the credit; on: the day it was granted
    LATE_DAY = "late_day"  # subject: the receivable; on: the day that bears interest


class DisputeReason(StrEnum):
    """Why the customer does not agree with a line (DESIGN section 4)."""

    RATE = "rate"
    QUANTITY = "quantity"
    DUPLICATE = "duplicate"
    NOT_RECEIVED = "not_received"
    PAYER = "payer"
    ALREADY_PAID = "already_paid"
    MISSING_DOCUMENT = "missing_document"
    OTHER = "other"


class AnswerChannel(StrEnum):
    """How an answer reached us that the customer did not type in itself."""

    SLIP = "slip"  # 回执 with stamp or signature
    MAIL = "mail"
    MESSAGE = "message"
    PHONE = "phone"
    PERSON = "person"


class ReceivableKind(StrEnum):
    """What somebody owes for."""

    STATEMENT = "statement"
    OPENING = "opening"  # brought forward from the books before the portal


class PostingKind(StrEnum):
    """What changes the open amount of a receivable; nothing else does."""

    ISSUE = "issue"
    REVISION = "revision"  # a later revision of the statement came to another sum
    ALLOCATION = "allocation"
    ALLOCATION_UNDONE = "allocation_undone"
    EXCHANGE = "exchange"  # exchange difference of an allocation across currencies
    WRITE_OFF = "write_off"
    NETTING = "netting"  # a credit balance set against what is owed: both get one
    NETTING_UNDONE = "netting_undone"


LINE_KIND_WORDS: Mapping[LineKind, Text] = {
    LineKind.USAGE: t("Usage"),
    LineKind.REVERSAL: t("Reversal of an earlier line"),
    LineKind.STORAGE: t("Storage"),
    LineKind.STORAGE_MINIMUM: t("Difference to the minimum"),
    LineKind.FEE: t("Fixed fee"),
    LineKind.SHORTFALL: t("Shortfall of the commitment"),
    LineKind.TRUE_UP: t("Settlement of overage"),
    LineKind.CREDIT: t("Credit"),
    LineKind.LATE_FEE: t("Late fee"),
}

REASON_WORDS: Mapping[DisputeReason, Text] = {
    DisputeReason.RATE: t("Wrong rate"),
    DisputeReason.QUANTITY: t("Wrong quantity or weight"),
    DisputeReason.DUPLICATE: t("Billed twice"),
    DisputeReason.NOT_RECEIVED: t("Service not received"),
    DisputeReason.PAYER: t("Somebody else pays"),
    DisputeReason.ALREADY_PAID: t("Already paid"),
    DisputeReason.MISSING_DOCUMENT: t("A document is missing"),
    DisputeReason.OTHER: t("Another reason"),
}

CHANNEL_WORDS: Mapping[AnswerChannel, Text] = {
    AnswerChannel.SLIP: t("Stamped or signed slip"),
    AnswerChannel.MAIL: t("Mail"),
    AnswerChannel.MESSAGE: t("Message"),
    AnswerChannel.PHONE: t("Telephone"),
    AnswerChannel.PERSON: t("In person"),
}

POSTING_WORDS: Mapping[PostingKind, Text] = {
    PostingKind.ISSUE: t("Statement published"),
    PostingKind.REVISION: t("Changed by a later revision"),
    PostingKind.ALLOCATION: t("Receipt allocated"),
    PostingKind.ALLOCATION_UNDONE: t("Allocation undone"),
    PostingKind.EXCHANGE: t("Exchange difference"),
    PostingKind.WRITE_OFF: t("Written off"),
    PostingKind.NETTING: t("Credit set off"),
    PostingKind.NETTING_UNDONE: t("Setting off undone"),
}
