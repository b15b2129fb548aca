"""The words in which invoices, receipts, applications and dunning are stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class InvoiceKind(StrEnum):
    """Which tax invoice 发票."""

    SPECIAL = "special"  # 增值税专用发票
    ORDINARY = "ordinary"  # 增值税普通发票
    RECEIPT = "receipt"  # 收据, or a foreign customer's debit note


class RequestState(StrEnum):
    """Where an invoice request 开票申请 is."""

    OPEN = "open"
    INVOICED = "invoiced"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReceiptKind(StrEnum):
    """What money received is for."""

    PAYMENT = "payment"
    DEPOSIT = "deposit"  # 押金: a liability, not allocated until it is set off (DOMAIN E11)


class ReceiptState(StrEnum):
    """Whether a receipt counts; one that was cancelled stays, with its reason."""

    KEPT = "kept"
    CANCELLED = "cancelled"


class BankState(StrEnum):
    """What became of one row of a bank's file."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    IGNORED = "ignored"


class DecisionState(StrEnum):
    """An application that somebody else decides: monthly settlement, lifting a hold."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DecisionStep(StrEnum):
    """What may be done with it."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Channel(StrEnum):
    """How a reminder goes out (DOMAIN R10)."""

    MAIL = "mail"
    PHONE = "phone"
    LETTER = "letter"
    SYSTEM = "system"
    PERSON = "person"


INVOICE_WORDS: Mapping[InvoiceKind, Text] = {
    InvoiceKind.SPECIAL: t("Special VAT invoice"),
    InvoiceKind.ORDINARY: t("Ordinary VAT invoice"),
    InvoiceKind.RECEIPT: t("Receipt or debit note"),
}

REQUEST_WORDS: Mapping[RequestState, Text] = {
    RequestState.OPEN: t("Asked for"),
    RequestState.INVOICED: t("Invoiced"),
    RequestState.REJECTED: t("Rejected"),
    RequestState.WITHDRAWN: t("Withdrawn"),
}

RECEIPT_WORDS: Mapping[ReceiptKind, Text] = {
    ReceiptKind.PAYMENT: t("Payment"),
    ReceiptKind.DEPOSIT: t("Deposit"),
}

BANK_WORDS: Mapping[BankState, Text] = {
    BankState.UNMATCHED: t("Payer not found"),
    BankState.MATCHED: t("Receipt made"),
    BankState.IGNORED: t("Left aside"),
}

DECISION_WORDS: Mapping[DecisionState, Text] = {
    DecisionState.PENDING: t("To be decided"),
    DecisionState.APPROVED: t("Approved"),
    DecisionState.REFUSED: t("Refused"),
    DecisionState.WITHDRAWN: t("Withdrawn"),
}

DECISIONS = Lifecycle(
    {
        (DecisionState.PENDING, DecisionStep.APPROVE): DecisionState.APPROVED,
        (DecisionState.PENDING, DecisionStep.REFUSE): DecisionState.REFUSED,
        (DecisionState.PENDING, DecisionStep.WITHDRAW): DecisionState.WITHDRAWN,
    },
    DECISION_WORDS,
)

CHANNEL_WORDS: Mapping[Channel, Text] = {
    Channel.MAIL: t("Mail"),
    Channel.PHONE: t("Telephone"),
    Channel.LETTER: t("Letter with seal"),
    Channel.SYSTEM: t("Credit hold"),
    Channel.PERSON: t("By a person"),
}
