"""The desk's lists of receipts, of the banks' rows, and of the files they came in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, or_, select

from portal.access.permissions import Permission as P
from portal.kernel.money import CURRENCIES
from portal.kernel.text import t
from portal.receivables import labels
from portal.receivables.models import BankEntry, Receipt
from portal.receivables.queries import receipts as queries
from portal.receivables.rules.kinds import RECEIPT_WORDS, ReceiptKind, ReceiptState
from portal.receivables.views.list_parts import (
    ANY,
    batch_filter,
    currencies,
    narrowed_to,
    of_customer,
    searched,
    whole,
)
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

R, B = Receipt, BankEntry


def label_of(row: Receipt) -> Label:
    """The chip of a receipt: what is left of it, or that it no longer counts."""
    if row.state == ReceiptState.CANCELLED:
        return labels.CANCELLED
    if row.kind == ReceiptKind.DEPOSIT:
        return labels.HELD if row.open_amount else labels.RETURNED
    return labels.PREPAYMENT if row.open_amount else labels.ALLOCATED


def receipt_spec() -> ListSpec:
    """The list with the filters that this request sets."""
    spec, file = of_customer(RECEIPTS_LIST, R.customer_id), batch_filter(R.batch_id)
    return replace(spec, filters=(*spec.filters, file)) if file else spec


def _by_rest(statement: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return queries.not_allocated(statement)
    if value == "cancelled":
        return statement.where(R.state == ReceiptState.CANCELLED.value)
    return statement


RECEIPTS_LIST = ListSpec(
    key="receipts",
    columns=(
        Column("number", t("Number"), lambda r: r.number, sort=R.number),
        Column("day", t("Day of receipt"), lambda r: day(r.received_on), sort=R.received_on,
               value=lambda r: r.received_on),
        Column("customer", t("Customer"), lambda r: r.customer.label, value=lambda r: r.customer.name_zh),
        Column("code", t("Customer code"), lambda r: r.customer.code, only_in_files=True),
        Column("payer", t("Payer"), lambda r: r.payer_name),
        Column("kind", t("What for"), lambda r: say(RECEIPT_WORDS[ReceiptKind(r.kind)])),
        Column("amount", t("Amount"), lambda r: money(r.amount, r.currency), align="num", sort=R.amount,
               value=lambda r: r.amount, total=True, total_by="currency"),
        Column("left", t("Not allocated"), lambda r: money(r.open_amount, r.currency) if r.open_amount else "",
               align="num", sort=R.open_amount, value=lambda r: r.open_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda r: r.currency, only_in_files=True),
        Column("charge", t("Bank charge"), lambda r: r.bank_charge, only_in_files=True, total=True,
               total_by="currency"),
        Column("account", t("Our account"), lambda r: r.account, only_in_files=True),
        Column("reference", t("Bank reference"), lambda r: r.bank_reference, only_in_files=True),
        Column("state", t("State"), lambda r: chip(label_of(r)), value=lambda r: say(label_of(r).text)),
    ),
    row_id=R.id,
    sort="-day",
    url=lambda r: url_for("desk_receipts.show", receipt_id=r.id),
    filters=(
        Filter("kind", t("What for"), lambda: [ANY, *RECEIPT_WORDS.items()], narrowed_to(R.kind, list(RECEIPT_WORDS))),
        Filter("rest", t("State"), lambda: [ANY, ("open", t("Something left")), ("cancelled", t("Voided"))],
               _by_rest),
        Filter("currency", t("Currency"), currencies, narrowed_to(R.currency, list(CURRENCIES))),
    ),
    search=searched(R.number, R.payer_name, R.bank_reference),
    search_hint=t("Number, customer, payer, bank reference …"),
    row_classes=lambda r: "row-muted" if r.state == ReceiptState.CANCELLED else "",
    empty=Empty(
        t("No receipts yet"),
        t("Record what came in, or read a file of your bank."),
        t("Record a receipt"),
        "desk_receipts.new",
        P.RECEIPT_RECORD,
    ),
)  # fmt: skip


def bank_entries(_viewer: Any) -> Select[Any]:
    """The banks' rows; without a state chosen those that wait."""
    statement: Select[Any] = select(B)
    return statement if request.args.get("state") else statement.where(B.state == "unmatched")


def _bank_found(statement: Select[Any], words: str) -> Select[Any]:
    plain = words.strip()[:80].replace("%", "")
    columns = (B.payer_name, B.payer_account, B.memo, B.reference, B.account)
    return statement.where(or_(*(column.ilike(f"%{plain}%") for column in columns)))


BANK_LIST = ListSpec(
    key="bank_entries",
    columns=(
        Column("day", t("Day"), lambda b: day(b.on), sort=B.on, value=lambda b: b.on),
        Column("payer", t("Payer"), lambda b: b.payer_name or b.payer_account),
        Column("amount", t("Amount"), lambda b: money(b.amount, b.currency), align="num", sort=B.amount,
               value=lambda b: b.amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda b: b.currency, only_in_files=True),
        Column("memo", t("Memo"), lambda b: b.memo),
        Column("account", t("Our account"), lambda b: b.account),
        Column("reference", t("Bank reference"), lambda b: b.reference, only_in_files=True),
        Column("state", t("State"), lambda b: chip(labels.BANK[b.state]),
               value=lambda b: say(labels.BANK[b.state].text)),
        Column("reason", t("Why"), lambda b: b.decided_reason, only_in_files=True),
    ),
    row_id=B.id,
    sort="-day",
    url=lambda b: url_for("desk_receipts.entry", entry_id=b.id),
    filters=(
        Filter("state", t("State"), lambda: [("", labels.BANK["unmatched"].text), ("all", t("All")),
               ("matched", labels.BANK["matched"].text), ("ignored", labels.BANK["ignored"].text)],
               narrowed_to(B.state, list(labels.BANK))),
    ),
    search=_bank_found,
    search_hint=t("Payer, account, memo …"),
    row_classes=lambda b: "row-muted" if b.state == "ignored" else "",
    empty=Empty(
        t("No payment waits for its payer"),
        t("What a bank's file brings and nobody could name comes here."),
        t("Read a file of the bank"),
        "desk_receipts.import_",
        P.RECEIPT_RECORD,
    ),
)  # fmt: skip


def _counted(row: ImportBatch, name: str) -> str:
    return f"{(row.counts or {}).get(name, 0):,}"


FILES_LIST = ListSpec(
    key="bank_files",
    columns=(
        Column("file", t("File"), lambda r: r.file_name),
        Column("sent", t("Sent"), lambda r: whole(instant(r.created_at)), sort=ImportBatch.id,
               value=lambda r: r.created_at),
        Column("rows", t("Rows"), lambda r: _counted(r, "rows"), align="num"),
        Column("credits", t("Money in"), lambda r: _counted(r, "credits"), align="num"),
        Column("unmatched", t("Payer not found"), lambda r: _counted(r, "unmatched"), align="num"),
        Column("state", t("State"), lambda r: chip(BATCHES[r.state]), value=lambda r: say(BATCHES[r.state].text)),
    ),
    row_id=ImportBatch.id,
    sort="-sent",
    url=lambda r: url_for("desk_receipts.show_import", batch_id=r.id),
    empty=Empty(
        t("No file of a bank yet"),
        t("Download the account's movements as Excel or CSV from your bank and send the file here."),
        t("Read a file of the bank"),
        "desk_receipts.import_",
        P.RECEIPT_RECORD,
    ),
)  # fmt: skip
