"""The lists of points: customers with their balance, one customer's ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.customers.models import Customer
from portal.customers.queries import found_by
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.text import t
from portal.loyalty.labels import ENTRIES
from portal.loyalty.models import PointsAccount, PointsEntry
from portal.web.chips import chip
from portal.web.filters import instant
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
    Column("about", t("About"), lambda r: about(r[0])),
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
        url=lambda _row: None,
        filters=(
            Filter("kind", t("What"), lambda: [ANY, *((k, label.text) for k, label in ENTRIES.items())],
                   lambda s, value: s.where(E.kind == value) if value in ENTRIES else s),
        ),
        empty=Empty(t("No points yet"), t("Every bill that is paid in full earns points.")),
    )  # fmt: skip
