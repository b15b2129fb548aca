"""Runs and lines as lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.access.permissions import Permission as P
from portal.billing.models import Statement
from portal.commissions import labels
from portal.commissions.models import CommissionLine, CommissionRun
from portal.commissions.queries.runs import sees_all
from portal.customers.models import Customer
from portal.db import whole
from portal.kernel.text import Text, t
from portal.web.chips import chip
from portal.web.filters import day, money, quantity
from portal.web.listing import Column, Empty, ListSpec
from portal.web.words import say

L, R = CommissionLine, CommissionRun


def _run_url(row: Any) -> str:
    if sees_all(g.viewer):
        return url_for("desk_commissions.show", run_id=row[0].id)
    return url_for("desk_commissions.person", run_id=row[0].id, user_id=g.viewer.user_id)


RUNS_LIST = ListSpec(
    key="commission_runs",
    columns=(
        Column("month", t("Month"), lambda r: f"{r[0].month:%Y-%m}", sort=R.month),
        Column("state", t("State"), lambda r: chip(labels.RUNS[r[0].state]),
               value=lambda r: say(labels.RUNS[r[0].state].text)),
        Column("lines", t("Lines"), lambda r: f"{r[2] or 0:,}", align="num", value=lambda r: r[2]),
        Column("base", t("Margin after rebate"), lambda r: money(r[0].base_amount, r[0].currency), align="num",
               value=lambda r: r[0].base_amount, permission=P.COST_SEE),
        Column("commission", t("Commission"), lambda r: money(r[1], r[0].currency), align="num",
               value=lambda r: r[1], total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda r: r[0].currency, only_in_files=True),
        Column("paid", t("Paid out on"), lambda r: day(r[0].paid_on) if r[0].paid_on else "",
               value=lambda r: r[0].paid_on),
    ),
    row_id=R.id,
    sort="-month",
    url=_run_url,
    empty=Empty(t("No commission yet"), t("It is worked out month by month from what customers have paid.")),
)  # fmt: skip


def _what(row: CommissionLine) -> str:
    if row.reverses_id is not None or row.paid_amount < 0:
        return say(t("Payment undone"))
    return say(t("Payment"))


def working(row: CommissionLine, firm_currency: str) -> list[str]:
    """How the amount arose, step by step."""
    told = {"currency": firm_currency}
    steps = _margin_steps(row)
    if row.rate is not None:
        rate, base = quantity(row.rate), f"{row.base_amount:,.2f}"
        steps.append(_("× %(rate)s = %(currency)s %(base)s", rate=rate, base=base, **told))
    if row.reverses_id is not None:
        steps.append(_("taken back at the percent at which it was given"))
    percent, given = quantity(row.percent), f"{row.commission_amount:,.2f}"
    steps.append(
        _("× %(percent)s %% = %(currency)s %(amount)s", percent=percent, amount=given, **told)
    )
    return steps


def _margin_steps(row: CommissionLine) -> list[str]:
    paid, whole_bill, before = row.paid_amount, row.whole_amount, row.before_amount
    return [
        _("%(paid)s of this bill's %(whole)s; %(before)s was paid before", paid=f"{paid:,.2f}",
          whole=f"{whole_bill:,.2f}", before=f"{before:,.2f}"),
        _("net %(net)s, of which %(known)s has a known cost", net=f"{row.net_amount:,.2f}",
          known=f"{row.known_net:,.2f}"),
        _("less cost after rebate %(cost)s = margin %(margin)s", cost=f"{row.cost_amount:,.2f}",
          margin=f"{row.margin_amount:,.2f}"),
    ]  # fmt: skip


def _shown_working(row: CommissionLine, firm_currency: str) -> Markup:
    steps = (Markup("<li>{}</li>").format(each) for each in working(row, firm_currency))
    return Markup(
        '<details class="working"><summary>{}</summary><div class="working-body"><ol>{}</ol></div></details>'
    ).format(_("Working"), Markup("").join(steps))


def _bill(row: Any) -> str | None:
    may = g.viewer.may(P.STATEMENT_SEE)
    return url_for("desk_statements.show", statement_id=row[0].statement_id) if may else None


def lines_list(run: CommissionRun) -> ListSpec:
    """The lines of one person in a run; costs and the working only for who may see them."""
    return ListSpec(
        key=f"commission_{run.month:%Y-%m}",
        columns=(*PAID, *_earned(run.currency)),
        row_id=L.id,
        sort="-on",
        url=_bill,
        row_classes=lambda r: "row-muted" if r[0].commission_amount < 0 else "",
        empty=Empty(t("No line"), t("Nothing was paid for bills of these customers.")),
    )


def _earned(code: str) -> tuple[Column, ...]:
    """What it earned, in the firm's currency."""
    return (
        Column("base", t("Margin after rebate"), lambda r: money(r[0].base_amount, code), align="num",
               value=lambda r: r[0].base_amount, permission=P.COST_SEE, total=True),
        Column("percent", t("Percent"), lambda r: f"{quantity(r[0].percent)} %", align="num",
               value=lambda r: r[0].percent, permission=P.COST_SEE),
        Column("commission", t("Commission"), lambda r: money(r[0].commission_amount, code), align="num",
               sort=L.commission_amount, value=lambda r: r[0].commission_amount, total=True),
        Column("working", t("Working"), lambda r: _shown_working(r[0], code), permission=P.COST_SEE,
               value=lambda r: "; ".join(working(r[0], code))),
    )  # fmt: skip


def _in_file(key: str, words: Text, value: Callable[[CommissionLine], Any]) -> Column:
    return Column(
        key, words, lambda r: value(r[0]), only_in_files=True, permission=P.COST_SEE, total=True, total_by="currency"
    )  # fmt: skip


PAID = (
    Column("statement", t("Bill"), lambda r: r[1], value=lambda r: r[1]),
    Column("on", t("Paid on"), lambda r: day(r[0].on), sort=L.on, value=lambda r: r[0].on),
    Column("customer", t("Customer"), lambda r: r[3] or r[2], value=lambda r: r[2]),
    Column("what", t("What"), lambda r: _what(r[0])),
    Column("paid", t("Paid with tax"), lambda r: money(r[0].paid_amount, r[0].currency), align="num",
           value=lambda r: r[0].paid_amount, total=True, total_by="currency"),
    Column("currency", t("Currency"), lambda r: r[0].currency, only_in_files=True),
    _in_file("net", t("Net of it"), lambda line: line.net_amount),
    _in_file("cost", t("Cost after rebate"), lambda line: line.cost_amount),
    _in_file("unknown", t("Net, cost unknown"), lambda line: line.unknown_net),
)  # fmt: skip


def names() -> tuple[Any, ...]:
    """The columns beside a line: its bill's number, the customer's names."""
    return (
        whole.looked_up(Statement, "number", L.statement_id).label("number"),
        *(whole.looked_up(Customer, name, L.customer_id).label(name) for name in ("name_zh", "short_name")),
    )  # fmt: skip
