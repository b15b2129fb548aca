"""One customer's unbilled, priced by the path of a bill: nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask import g
from flask_babel import gettext as _

from portal.billing.actions.gathering import gather
from portal.billing.queries.sums import Named
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.parties import party_of
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.kernel.text import Text, t
from portal.receivables.queries.report_unbilled import AGES, age_of, age_words
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.words import name_of

ZERO = Decimal(0)
Key = tuple[str, str]
"""(currency, service)."""


@dataclass(frozen=True, slots=True)
class Priced:
    """`tables`: what it comes to; `problem`: why there is no price; `payer`: who pays, where that is somebody else."""

    tables: tuple[ReportTable, ...] = ()
    problem: Text | None = None
    payer: Customer | None = None


def priced(customer: Customer) -> Priced:
    """Up to today, storage and fees included; what a branch used is priced with its group and taken out of it."""
    payer = _payer(customer)
    if payer is None:
        return Priced(problem=t("Its group pays, which you may not see."))
    today = clock.today()
    try:
        contents = gather(payer.id, Period(today.replace(day=1), today), g.viewer, today)
    except Invalid as why:
        return Priced(problem=why.text, payer=payer)
    mine = {
        each.currency: [line for line in each.lines if line.served_id == customer.id or payer is customer]
        for each in contents
    }  # fmt: skip
    return Priced((_table(mine),), payer=payer)


def _payer(customer: Customer) -> Customer | None:
    party = party_of(customer)
    if party == customer.id:
        return customer
    return db.session.scalar(customers(g.viewer).where(Customer.id == party))


def _table(by_currency: dict[str, list[LineDraft]]) -> ReportTable:
    found: dict[Key, list[Decimal]] = {}
    counts: dict[Key, int] = {}
    for currency, lines in by_currency.items():
        _add(found, counts, currency, lines)
    drawn = [
        Line([name, currency, counts[currency, name], *ages, sum(ages, ZERO)])
        for (currency, name), ages in sorted(found.items())
    ]
    heads = [
        Head(t("Service")),
        Head(t("Currency")),
        Head(t("Lines"), Kind.COUNT, total=True),
        *(Head(words, Kind.AMOUNT, total=True) for words in age_words()),
        Head(t("Net"), Kind.AMOUNT, total=True),
    ]
    return ReportTable(
        "priced", _("What a bill up to today would say, net"), heads, drawn, currency_at=1
    )


def _add(
    found: dict[Key, list[Decimal]], counts: dict[Key, int], currency: str, lines: Iterable[LineDraft]
) -> None:  # fmt: skip
    today = clock.today()
    for line in lines:
        key = currency, name_of(Named(line.name_zh, line.name_en))
        counts[key] = counts.get(key, 0) + 1
        ages = found.setdefault(key, [ZERO] * AGES)
        ages[age_of(line.ends_on, today)] += line.net_amount
