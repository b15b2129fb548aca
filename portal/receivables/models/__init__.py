"""Invoices, receipts and their allocation, credit applications, dunning."""

from __future__ import annotations

from portal.receivables.models.credit import HoldLift, SettlementApplication
from portal.receivables.models.dunning import DunningNotice, DunningStep
from portal.receivables.models.invoices import (
    Invoice,
    InvoiceCoverage,
    InvoiceRequest,
    InvoiceRequestPart,
)
from portal.receivables.models.receipts import Allocation, BankEntry, DepositMove, Receipt
from portal.receivables.models.squaring import Netting, Refund

__all__ = [
    "Allocation",
    "BankEntry",
    "DepositMove",
    "DunningNotice",
    "DunningStep",
    "HoldLift",
    "Invoice",
    "InvoiceCoverage",
    "InvoiceRequest",
    "InvoiceRequestPart",
    "Netting",
    "Receipt",
    "Refund",
    "SettlementApplication",
]
