"""The lists of points: customers with their balance, one customer's ledger."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.text import t
from portal.loyalty.labels import ENTRIES
from portal.loyalty.models import PointsAccount, PointsEntry
from portal.web.chips import chip
from portal.web.filters import instant, quantity
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

A, E = PointsAccount, PointsEntry
ANY = ("", t("Any"))
SOON = timedelta(days=60)


def _searched(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(*found_by(words[:80]))


def _standing(statement: Select[Any], value: str) -> Select[Any]:
    wanted = {
        "some": A.balance > 0,
        "soon": A.next_expiry_on <= clock.today() + SOON,
        "owed": A.owed > 0,
    }
    return statement.where(wanted[value]) if value in wanted else statement


def signed(points: int) -> Any:
    """+120 or −30, in the colour of what it does."""
    look = "good-figure" if points > 0 else ""
    return Markup('<span class="{}">{}</span>').format(look, f"{points:+,}".replace("-", "−"))


def about(entry: PointsEntry) -> str:
    """What an entry is about: a bill, a redemption, a reason."""
    return " · ".join(part for part in (entry.label, entry.reason) if part)


def working(entry: PointsEntry) -> str:
    """How the points of a bill arose: charges before tax ÷ what earns one × the tier's factor; "" for others."""
    kept = {key: Decimal(kept) for key, kept in entry.working.items() if key != "currency"}
    if not kept:
        return ""
    counted = f"{entry.working['currency']} {kept['counted']:,.2f} ÷ {kept['per_amount']:,.2f}"
    return counted if kept["factor"] == 1 else f"{counted} × {quantity(kept['factor'])}"


def _explained(entry: PointsEntry) -> Any:
    told = about(entry)
    arose = working(entry)
    return Markup('{}<div class="item-note">{}</div>').format(told, arose) if arose else told


def _bill(row: Any) -> str | None:
    """The bill that earned them, for who may open it."""
    if row[2] is None or not g.viewer.may(P.STATEMENT_SEE):
        return None
    door = "my_statements.show" if g.viewer.kind == "customer" else "desk_statements.show"
    return url_for(door, statement_id=row[2])


POINTS_LIST = ListSpec(
    key="points",
    columns=(
        Column("customer", t("Customer"), lambda a: a.customer.label, sort=Customer.name_zh,
               value=lambda a: name_of(a.customer)),
        Column("tier", t("Tier"), lambda a: say(SEGMENTS[a.customer.segment])),
        Column("balance", t("Loyalty points"), lambda a: f"{a.balance:,}", sort=A.balance, align="num",
               value=lambda a: a.balance, total=True),
        Column("expiry", t("First expiry"), lambda a: str(a.next_expiry_on or ""), value=lambda a: a.next_expiry_on),
        Column("owed", t("Points owed"), lambda a: f"{a.owed:,}" if a.owed else "", align="num",
               value=lambda a: a.owed),
        Column("changed", t("Changed"), lambda a: instant(a.changed_at), sort=A.changed_at,
               value=lambda a: a.changed_at),
    ),
    row_id=A.id,
    sort="-changed",
    url=lambda a: url_for("desk_points.show", customer_id=a.customer_id),
    filters=(
        Filter("standing", t("Standing"),
               lambda: [ANY, ("some", t("With points")), ("soon", t("Expire within 60 days")),
               ("owed", t("Owe points"))], _standing),
        Filter("tier", t("Tier"), lambda: [ANY, *SEGMENTS.items()],
               lambda s, value: s.where(Customer.segment == value) if value in SEGMENTS else s),
    ),
    search=_searched,
    search_hint=t("Customer, pinyin, code …"),
    empty=Empty(
        t("No points yet"), t("Set the rules; from their first day on every bill that is paid in full earns points."),
        t("Rules of points"), "desk_points.rules",
    ),
)  # fmt: skip

_SHOWN = (
    Column("at", t("When"), lambda r: instant(r[0].at), value=lambda r: r[0].at),
    Column("kind", t("What"), lambda r: chip(ENTRIES[r[0].kind]), value=lambda r: say(ENTRIES[r[0].kind].text)),
    Column("about", t("About"), lambda r: _explained(r[0]), value=lambda r: about(r[0])),
    Column("working", t("Working"), lambda r: working(r[0]), only_in_files=True),
    Column("points", t("Loyalty points"), lambda r: signed(r[0].points), align="num", value=lambda r: r[0].points,
           total=True),
    Column("expires", t("Usable until"), lambda r: str(r[0].expires_on or ""), value=lambda r: r[0].expires_on),
    Column("row", t("Entry"), lambda r: r[0].id, sort=E.id, only_in_files=True),
)  # fmt: skip


def ledger_list(*, staff: bool) -> ListSpec:
    """One customer's ledger; staff also read who made an entry."""
    by = Column("by", t("By"), lambda r: r[1] or "")
    return ListSpec(
        key="points-ledger",
        columns=(*_SHOWN, by) if staff else _SHOWN,
        row_id=E.id,
        sort="-row",
        url=_bill,
        filters=(
            Filter("kind", t("What"), lambda: [ANY, *((k, label.text) for k, label in ENTRIES.items())],
                   lambda s, value: s.where(E.kind == value) if value in ENTRIES else s),
        ),
        empty=Empty(t("No points yet"), t("Every bill that is paid in full earns points.")),
    )  # fmt: skip
