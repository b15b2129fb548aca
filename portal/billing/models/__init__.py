"""Statements, disputes and credits, what is owed, and carriers' bills."""

from __future__ import annotations

from portal.billing.models.answers import StatementAnswer
from portal.billing.models.carrier_bills import CarrierBill, CarrierBillRow
from portal.billing.models.disputes import Credit, Dispute
from portal.billing.models.receivables import Receivable, ReceivablePosting
from portal.billing.models.statements import (
    BilledOnce,
    Statement,
    StatementLine,
    StatementRevision,
    StatementRun,
)

__all__ = [
    "BilledOnce",
    "CarrierBill",
    "CarrierBillRow",
    "Credit",
    "Dispute",
    "Receivable",
    "ReceivablePosting",
    "Statement",
    "StatementAnswer",
    "StatementLine",
    "StatementRevision",
    "StatementRun",
]
