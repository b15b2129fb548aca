"""The list of contracts that end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Select

from portal.contracts.labels import chip_of, label_of
from portal.contracts.models import Contract
from portal.contracts.queries.contracts import search
from portal.contracts.rules.renewal import REMINDERS, days_left
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.filters import day
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say


def _within() -> list[tuple[str, Any]]:
    named = [(str(days), t("%(n)s days", n=days)) for days in sorted(REMINDERS)]
    return [("", t("Any")), *named]


def _narrow(statement: Select[Any], chosen: str) -> Select[Any]:
    if chosen not in {str(days) for days in REMINDERS}:
        return statement
    return statement.where(Contract.ends_on <= clock.today() + timedelta(days=int(chosen)))


def _left(row: Contract) -> int:
    return days_left(row.ends_on, clock.today())


RENEWALS = ListSpec(
    key="renewals",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=Contract.number),
        Column("customer", t("Customer"), lambda c: c.customer.label),
        Column("title", t("What for"), lambda c: c.title, sort=Contract.title),
        Column(
            "state",
            t("State"),
            lambda c: chip_of(c, clock.today()),
            value=lambda c: say(label_of(c, clock.today()).text),
        ),
        Column(
            "ends_on",
            t("Last day"),
            lambda c: day(c.ends_on),
            sort=Contract.ends_on,
            value=lambda c: c.ends_on,
        ),
        Column("left", t("Days left"), _left, align="num", value=_left),
        Column("owner", t("Owner"), lambda c: c.owner.name),
    ),
    row_id=Contract.id,
    sort="ends_on",
    url=lambda c: url_for("desk_contracts.show", contract_id=c.id),
    filters=(Filter("within", t("Ends within"), _within, _narrow),),
    search=search,
    search_hint=t("Number, customer, words of the title …"),
    empty=Empty(
        t("No contract ends soon"),
        t("Contracts in force appear here a year before they end, until they have a successor."),
    ),
)
