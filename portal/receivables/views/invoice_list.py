"""The register of invoices and the requests for them, as lists of either door."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.kernel.money import CURRENCIES
from portal.kernel.text import t
from portal.receivables import labels
from portal.receivables.models import Invoice, InvoiceRequest
from portal.receivables.rules.kinds import INVOICE_WORDS, InvoiceKind, RequestState
from portal.receivables.views.list_parts import ANY, currencies, narrowed_to, searched, whole
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

V, Q = Invoice, InvoiceRequest


def label_of(row: Invoice) -> Label:
    """The chip of an invoice as far as its own row tells."""
    return labels.RED if row.red_of_id is not None else labels.BLUE


def numbered(row: Invoice) -> str:
    """Its number, after the code of an older one."""
    return f"{row.code} {row.number}".strip()


def _side(statement: Select[Any], value: str) -> Select[Any]:
    if value == "red":
        return statement.where(V.red_of_id.is_not(None))
    return statement.where(V.red_of_id.is_(None)) if value == "blue" else statement


def _amount(key: str, words: Any, read: Any, **more: Any) -> Column:
    return Column(key, words, lambda i: money(read(i), i.currency), align="num", value=read, total=True,
                  total_by="currency", **more)  # fmt: skip


def _invoice_columns() -> tuple[Column, ...]:
    return (
        Column("number", t("Number"), numbered, sort=V.number),
        Column("issued", t("Invoice date"), lambda i: day(i.issued_on), sort=V.issued_on, value=lambda i: i.issued_on),
        Column("customer", t("Customer"), lambda i: i.customer.label, value=lambda i: i.customer.name_zh),
        Column("title", t("Invoice title"), lambda i: i.title, only_in_files=True),
        Column("tax_number", t("Tax number"), lambda i: i.tax_number, only_in_files=True),
        Column("kind", t("Kind"), lambda i: say(INVOICE_WORDS[InvoiceKind(i.kind)])),
        _amount("net", t("Net"), lambda i: i.net_amount),
        _amount("tax", t("Tax"), lambda i: i.tax_amount),
        _amount("gross", t("Amount with tax"), lambda i: i.gross_amount, sort=V.gross_amount),
        Column("currency", t("Currency"), lambda i: i.currency, only_in_files=True),
        Column("sheet", t("Confirmation sheet"), lambda i: i.red_sheet_number, only_in_files=True),
        Column("state", t("State"), lambda i: chip(label_of(i)), value=lambda i: say(label_of(i).text)),
    )  # fmt: skip


INVOICES_LIST = ListSpec(
    key="invoices",
    columns=_invoice_columns(),
    row_id=V.id,
    sort="-issued",
    url=lambda i: url_for(f"{_door()}_invoices.{'show' if g.viewer.is_staff else 'invoice'}", invoice_id=i.id),
    filters=(
        Filter("kind", t("Kind"), lambda: [ANY, *INVOICE_WORDS.items()], narrowed_to(V.kind, list(INVOICE_WORDS))),
        Filter("side", t("State"), lambda: [ANY, ("blue", t("Blue-letter")), ("red", t("Red-letter"))], _side),
        Filter("currency", t("Currency"), currencies, narrowed_to(V.currency, list(CURRENCIES))),
    ),
    search=searched(V.search_text),
    search_hint=t("Number, title, customer, pinyin …"),
    empty=Empty(
        t("No invoices yet"),
        t("An invoice that was issued in the tax office's system is registered here with the statements it covers."),
        t("Register an invoice"),
        "desk_invoices.new",
        P.INVOICE_REGISTER,
    ),
)  # fmt: skip


def _door() -> str:
    return "desk" if g.viewer.is_staff else "my"


REQUESTS_LIST = ListSpec(
    key="invoice_requests",
    columns=(
        Column("number", t("Number"), lambda q: q.number, sort=Q.number),
        Column("asked", t("Asked on"), lambda q: whole(instant(q.asked_at)), sort=Q.asked_at,
               value=lambda q: q.asked_at),
        Column("customer", t("Customer"), lambda q: q.customer.label, value=lambda q: q.customer.name_zh),
        Column("kind", t("Kind"), lambda q: say(INVOICE_WORDS[InvoiceKind(q.kind)])),
        Column("title", t("Invoice title"), lambda q: q.title),
        Column("statements", t("Statements"), lambda q: ", ".join(p.statement.number for p in q.parts)),
        Column("gross", t("Amount with tax"), lambda q: money(q.gross_amount, q.currency), align="num",
               value=lambda q: q.gross_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda q: q.currency, only_in_files=True),
        Column("state", t("State"), lambda q: chip(labels.REQUESTS[q.state]),
               value=lambda q: say(labels.REQUESTS[q.state].text)),
    ),
    row_id=Q.id,
    sort="asked",
    url=lambda q: url_for(f"{_door()}_invoices.{'request' if g.viewer.is_staff else 'show'}", request_id=q.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in labels.REQUESTS.items())],
               narrowed_to(Q.state, list(labels.REQUESTS))),
    ),
    search=searched(Q.number, Q.title),
    search_hint=t("Number, title, customer, pinyin …"),
    row_classes=lambda q: "" if q.state == RequestState.OPEN else "row-muted",
    empty=Empty(t("No requests for invoices"), t("What customers ask for over their confirmed statements comes here.")),
)  # fmt: skip
