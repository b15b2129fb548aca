"""What the address of the indices asks for: a month, a customer, a kind of shipment, a lane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, request, url_for
from sqlalchemy import select

from portal.access.scope import visible
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.queries.indices import By, Narrowed
from portal.insights.rules.index_table import INDICES, Index
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.receivables.rules.report_months import Months, asked_months, moved
from portal.shipments.rules.plans import KINDS

MONTHS_BACK = 24
BETWEEN = ">"
LONGEST = 60
LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """One month and what it is narrowed to; `by`: what the second table is by."""

    month: date
    narrowed: Narrowed
    by: By = By.CUSTOMER

    @property
    def months(self) -> Months:
        """The month as a span."""
        return Months(self.month, self.month)

    @property
    def year(self) -> Months:
        """The twelve months that end with it."""
        return self.months.back(12)

    @property
    def lane(self) -> str:
        """The lane as an address says it."""
        found = f"{self.narrowed.origin}{BETWEEN}{self.narrowed.destination}"
        return found if self.narrowed.on_lane else ""

    def parts(self) -> dict[str, Any]:
        """It as parts of an address."""
        return {
            "month": f"{self.month:%Y-%m}",
            "customer": self.narrowed.customer_id,
            "category": self.narrowed.category or None,
            "lane": self.lane or None,
            "by": self.by.value if self.by is not By.CUSTOMER else None,
        }

    def url(self, **changed: Any) -> str:
        """The page with some of it changed."""
        return url_for("desk_indices.index", **{**self.parts(), **changed})

    def file_urls(self, table: str) -> dict[str, str]:
        """Kind of file → where a table is as one."""
        return {kind: self.url(table=table, export=kind) for kind in ("xlsx", "csv")}

    def rows_url(self, index: Index, narrowed: Narrowed | None = None) -> str:
        """The rows behind a figure."""
        asked = self if narrowed is None else replace(self, narrowed=narrowed)
        return url_for("desk_indices.rows", code=index.code, **{**asked.parts(), "by": None})


def asked() -> Asked:
    """The question of this request; what it does not say, or says wrongly, is the usual: the month that ended last."""
    given = request.args
    month = given.get("month", "")
    origin, between, destination = given.get("lane", "")[: 2 * LONGEST].partition(BETWEEN)
    category = given.get("category", "")
    return Asked(
        asked_months(month, month, clock.today()).first,
        Narrowed(
            _customer_id(given.get("customer", "")),
            category if category in KINDS else "",
            *((origin, destination) if between else ("", "")),
            no_lane=bool(between) and not (origin or destination),
        ),
        By(given["by"]) if given.get("by") in tuple(By) else By.CUSTOMER,
    )


def asked_index(code: str) -> Index:
    """The index of an address."""
    if code not in INDICES:
        raise NotFound()
    return INDICES[code]


def customer_of(asked: Asked) -> Customer | None:
    """The customer that it is narrowed to; NotFound for one that the viewer may not see."""
    if asked.narrowed.customer_id is None:
        return None
    wanted = visible(select(Customer), Customer, g.viewer)
    row = db.session.scalar(wanted.where(Customer.id == asked.narrowed.customer_id))
    if row is None:
        raise NotFound()
    return row


def month_choices(chosen: date) -> list[str]:
    """The months to choose from, the newest first."""
    this = clock.today().replace(day=1)
    known = {moved(this, -back) for back in range(MONTHS_BACK)} | {chosen}
    return sorted((f"{each:%Y-%m}" for each in known), reverse=True)


def _customer_id(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_ID else None
