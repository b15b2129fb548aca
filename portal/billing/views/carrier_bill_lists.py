"""The lists of carriers' bills and of the waybills of one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select

from portal.access.permissions import Permission as P
from portal.billing.carrier_bill_labels import FINDINGS, OPEN, SETTLED
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.queries import carrier_bills as queries
from portal.billing.rules.carrier_bills import Finding
from portal.billing.views.line_words import days
from portal.kernel.text import Text, t
from portal.web.chips import chip
from portal.web.filters import amount, day, money, quantity
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

Row = CarrierBillRow
ANY = ("", t("Any"))


def _state(bill: CarrierBill) -> Any:
    return SETTLED if bill.settled_at else OPEN


def _count(finding: Finding) -> Callable[[CarrierBill], int]:
    return lambda bill: int((bill.counts or {}).get(finding.value, {}).get("waybills", 0))


def _differing(bill: CarrierBill) -> int:
    agreed = (Finding.MATCHED, Finding.NOT_WEIGHED)
    return sum(_count(finding)(bill) for finding in Finding if finding not in agreed)


def _settled(statement: Select[Any], value: str) -> Select[Any]:
    if value not in ("open", "settled"):
        return statement
    is_open = CarrierBill.settled_at.is_(None)
    return statement.where(is_open if value == "open" else ~is_open)


BILLS = ListSpec(
    key="carrier_bills",
    columns=(
        Column("carrier", t("Carrier"), lambda b: b.carrier, sort=CarrierBill.carrier),
        Column("period", t("Period"), lambda b: days(b.starts_on, b.ends_on), sort=CarrierBill.ends_on),
        Column("state", t("State"), lambda b: chip(_state(b)), value=lambda b: say(_state(b).text)),
        Column("file", t("File"), lambda b: b.file_name),
        Column("lines", t("Lines"), lambda b: f"{b.line_count:,}", align="num", value=lambda b: b.line_count),
        Column("matched", t("Agree"), lambda b: f"{_count(Finding.MATCHED)(b):,}", align="num",
               value=_count(Finding.MATCHED)),
        Column("differing", t("Differ"), lambda b: f"{_differing(b):,}", align="num", value=_differing),
        Column("billed", t("Billed amount"), lambda b: money(b.billed_amount, b.currency), align="num",
               value=lambda b: b.billed_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda b: b.currency, only_in_files=True),
    ),
    row_id=CarrierBill.id,
    sort="-period",
    url=lambda b: url_for("desk_carrier_bills.show", bill_id=b.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", OPEN.text), ("settled", SETTLED.text)], _settled),
    ),
    search=queries.having_words,
    search_hint=t("Carrier, file …"),
    row_classes=lambda b: "row-muted" if b.settled_at else "",
    empty=Empty(
        t("No carrier's bill yet"),
        t("Send a carrier's bill and what was sent out: every waybill is compared."),
        t("Compare a bill"),
        "desk_carrier_bills.new",
        P.CARRIER_BILL_EDIT,
    ),
)  # fmt: skip


WHICH: dict[str, tuple[Text, Callable[[], ColumnElement[bool]]]] = {
    "price": (t("Freight not as the tariff"), lambda: Row.freight_amount != Row.expected_amount),
    "unpriced": (t("Without a price"), lambda: Row.unpriced.is_not(None)),
    "not_weighed": (t("Not weighed by us"), lambda: Row.own_kg == Decimal(0)),
    "insured": (t("With insurance"), lambda: Row.insurance_amount != Decimal(0)),
    "returned": (t("With a return"), lambda: Row.return_amount != Decimal(0)),
    "other": (t("With other charges"), lambda: Row.other_amount != Decimal(0)),
    "noted": (t("With a note"), lambda: Row.settled_note != ""),
    "open": (t("Without a note"), lambda: Row.settled_note == ""),
}


def _which(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(WHICH[value][1]()) if value in WHICH else statement


def kg_difference(row: Row) -> Decimal | None:
    """Their weight less ours; None where either is not known."""
    return row.billed_kg - row.own_kg if row.billed_kg and row.own_kg else None


def freight_difference(row: Row) -> Decimal | None:
    """The freight less what the tariff gives; None without a price."""
    return None if row.expected_amount is None else row.freight_amount - row.expected_amount


def extras(row: Row) -> Decimal:
    """Insurance, return and other charges."""
    return row.insurance_amount + row.return_amount + row.other_amount


def total(row: Row) -> Decimal:
    """Everything billed for the waybill."""
    return row.freight_amount + extras(row)


def _own(row: Row) -> str:
    if row.own_kg is None:
        return ""
    return quantity(row.own_kg) if row.own_kg else say(t("not weighed"))


def _signed(value: Decimal | None) -> str:
    return "" if not value else f"{value.normalize():+,f}"


def _also(row: Row) -> str:
    return ", ".join(say(FINDINGS[each].text) for each in row.also or ())


def _unpriced(row: Row) -> str:
    return say(Text.from_json(row.unpriced)) if row.unpriced else ""


def _figure(
    key: str, words: Text, read: Callable[[Row], Decimal | None], cell: Callable[[Row], str]
) -> Column:
    return Column(key, words, cell, align="num", value=read)


def _about(finding: str) -> tuple[Column, ...]:
    """Which waybill it is, and what both sides say of it."""
    return (
        Column("waybill", t("Waybill"), lambda r: r.waybill, sort=Row.waybill),
        Column("finding", t("Finding"), lambda r: chip(FINDINGS[r.finding]),
               value=lambda r: say(FINDINGS[r.finding].text), only_in_files=bool(finding)),
        Column("also", t("Also"), _also),
        Column("region", t("Region"), lambda r: r.region),
        Column("product", t("Product"), lambda r: r.product, only_in_files=True),
        Column("customer", t("Customer"), lambda r: r.customer),
        Column("billed_on", t("Billed on"), lambda r: day(r.billed_on), value=lambda r: r.billed_on,
               only_in_files=True),
        Column("sent_on", t("Sent on"), lambda r: day(r.sent_on), value=lambda r: r.sent_on, only_in_files=True),
        _figure("billed_kg", t("Billed kg"), lambda r: r.billed_kg,
                lambda r: quantity(r.billed_kg) if r.billed_kg is not None else ""),
        _figure("own_kg", t("Our kg"), lambda r: r.own_kg, _own),
        _figure("kg_difference", t("Difference kg"), kg_difference, lambda r: _signed(kg_difference(r))),
    )  # fmt: skip


def _sum(
    currency: str, key: str, words: Text, read: Callable[[Row], Decimal | None], **more: Any
) -> Column:
    def cell(row: Row) -> str:
        value = read(row)
        return "" if value is None else amount(value, currency)

    return Column(key, words, cell, align="num", value=read, total=True, **more)


def _amounts(currency: str, has_tariff: bool) -> tuple[Column, ...]:
    """What is billed for it, and what the tariff gives."""
    sum_of = partial(_sum, currency)
    return (
        sum_of("freight", t("Freight"), lambda r: r.freight_amount, sort=Row.freight_amount),
        sum_of("expected", t("By the tariff"), lambda r: r.expected_amount, only_in_files=not has_tariff),
        sum_of("difference", t("Difference"), freight_difference, only_in_files=True),
        sum_of("own_amount", t("By the tariff at our weight"), lambda r: r.own_amount, only_in_files=True),
        sum_of("extras", t("Beside freight"), extras),
        sum_of("insurance", t("Insurance"), lambda r: r.insurance_amount, only_in_files=True),
        sum_of("return", t("Return"), lambda r: r.return_amount, only_in_files=True),
        sum_of("other", t("Other"), lambda r: r.other_amount, only_in_files=True),
        sum_of("total", t("Total"), total, only_in_files=True),
    )  # fmt: skip


def waybills(bill: CarrierBill, finding: str) -> ListSpec:
    """The list of a bill's waybills: of one finding, or all with their finding."""
    return ListSpec(
        key="carrier_bill",
        columns=(
            *_about(finding),
            *_amounts(bill.currency, bill.tariff_id is not None),
            Column("unpriced", t("Why there is no price"), _unpriced, only_in_files=True),
            Column("note", t("Note"), lambda r: r.settled_note),
        ),
        row_id=Row.id,
        sort="waybill",
        url=lambda r: url_for("desk_carrier_bills.waybill", bill_id=r.bill_id, row_id=r.id),
        filters=(
            Filter("which", t("Which"), lambda: [ANY, *((key, words) for key, (words, _) in WHICH.items())], _which),
        ),
        search=queries.rows_with,
        search_hint=t("Waybill, region, customer, note …"),
        empty=Empty(t("No waybill here"), t("Nothing of this bill has this finding.")),
    )  # fmt: skip
