"""The rows behind a comparison: what happened with each customer in each month, or the requests themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, false

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db import whole
from portal.insights.models import CustomerMonth
from portal.insights.queries import comparison as queries
from portal.insights.queries.comparison import Region
from portal.insights.views.index_rows import ASKED
from portal.kernel.text import t
from portal.receivables.rules.report_months import Months
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.web.filters import money
from portal.web.listing import Column, Empty, ListSpec

M, Q = CustomerMonth, ServiceRequest
LONGEST_ID = 9
EMPTY = Empty(t("No row"), t("Nothing of this kind happened in these months."))


def customer_months(months: Months, viewer: Viewer) -> Select[Any]:
    """Months of customers with how they are called; narrowed to one customer or to a group of them."""
    names = (
        whole.looked_up(Customer, name, M.customer_id) for name in ("short_name", "name_zh", "code")
    )
    statement = queries.months_of(months, viewer).add_columns(*names)
    given = request.args
    if "customer" in given:
        statement = statement.where(M.customer_id == _number(given["customer"]))
    if given.get("ordered") == "yes":
        statement = statement.where(queries.newest_with_orders(months))
    if given.get("region") in tuple(Region):
        key = given.get("key", "")[:60]
        group = queries.customers_of(Region(given["region"]), "" if key == "-" else key)
        statement = statement.where(group)
    return statement


def requests(months: Months, viewer: Viewer) -> Select[Any]:
    """Requests received; narrowed to a kind or to who has them."""
    names = (whole.looked_up(Customer, name, Q.customer_id) for name in ("short_name", "name_zh"))
    statement = queries.requests(months, viewer).add_columns(*names)
    given = request.args
    if "kind" in given:
        known = given["kind"] in tuple(RequestKind)
        statement = statement.where(Q.kind == given["kind"] if known else false())
    if "owner" in given:
        owner = _number(given["owner"])
        statement = statement.where(Q.owner_id == owner if owner else Q.owner_id.is_(None))
    return statement


def heading(what: str) -> str:
    """What the page is called."""
    return _("Customers by month") if what == "customers" else _("Service requests received")


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_ID else 0


def _amount(key: str, words: Any, column: Any, value: Callable[[Any], Any], **more: Any) -> Column:
    return Column(
        key, words, lambda r: money(value(r[0]), r[0].currency), sort=column, align="num", value=lambda r: value(r[0]),
        total=True, total_by="currency", **more,
    )  # fmt: skip


def _count(key: str, words: Any, column: Any) -> Column:
    name = column.key
    return Column(
        key, words, lambda r: f"{getattr(r[0], name):,}" if getattr(r[0], name) else "", sort=column, align="num",
        value=lambda r: getattr(r[0], name), total=True,
    )  # fmt: skip


MONTHS = ListSpec(
    key="customer_months",
    columns=(
        Column("customer", t("Customer"), lambda r: r[1] or r[2], value=lambda r: r[2]),
        Column("code", t("Code"), lambda r: r[3], only_in_files=True),
        Column("month", t("Month"), lambda r: f"{r[0].month:%Y-%m}", sort=M.month),
        _amount("net", t("Net revenue"), M.net_amount, lambda row: row.net_amount),
        _amount("margin", t("Margin after rebate"), None, lambda row: row.margin_amount, permission=P.COST_SEE),
        Column("currency", t("Currency"), lambda r: r[0].currency, only_in_files=True),
        _count("orders", t("Orders"), M.order_count),
        _count("requests", t("Service requests"), M.request_count),
        _count("complaints", t("Complaints"), M.complaint_count),
        _count("claims", t("Claims"), M.claim_count),
        _count("disputes", t("Disputes"), M.dispute_count),
        _amount("billed", t("Billed, with tax"), M.billed_amount, lambda row: row.billed_amount),
        _amount("paid", t("Paid, with tax"), M.paid_amount, lambda row: row.paid_amount),
    ),
    row_id=M.id,
    sort="-net",
    url=lambda r: url_for("desk_customers.show", customer_id=r[0].customer_id),
    empty=EMPTY,
)  # fmt: skip
REQUESTS = ListSpec(
    key="requests_received",
    columns=ASKED,
    row_id=Q.id,
    sort="-number",
    url=lambda r: url_for("desk_requests.show", request_id=r[0].id),
    empty=EMPTY,
)
SPECS: Mapping[str, ListSpec] = {"customers": MONTHS, "requests": REQUESTS}
STATEMENTS: Mapping[str, Callable[[Months, Viewer], Select[Any]]] = {
    "customers": customer_months,
    "requests": requests,
}
