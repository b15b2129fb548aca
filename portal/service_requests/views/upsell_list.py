"""The desk's list of chances to sell, the latest first."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select, or_

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel.clock import business_day
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.service_requests.found_labels import UPSELLS
from portal.service_requests.models import Upsell
from portal.service_requests.queries.people import holders
from portal.service_requests.views.found_door import shorter
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

U = Upsell
ANY = ("", t("Any"))


def _found(statement: Select[Any], words: str) -> Select[Any]:
    joined = statement.join(Customer, Customer.id == U.customer_id)
    for word in normalise(words).lower().split()[:8]:
        like = f"%{word.replace('%', '')}%"
        joined = joined.where(
            or_(
                U.number.ilike(like),
                U.text.ilike(like),
                Customer.search_text.contains(word, autoescape=True),
            )
        )
    return joined


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(U.owner_id == g.viewer.user_id)
    if value == "nobody":
        return statement.where(U.owner_id.is_(None))
    if value.isdecimal() and len(value) < 10:
        return statement.where(U.owner_id == int(value))
    return statement


def _people() -> list[tuple[str, Any]]:
    fixed: list[tuple[str, Any]] = [
        ("", t("Everybody's")), ("mine", t("Mine")), ("nobody", t("Nobody's")),
    ]  # fmt: skip
    return fixed + [(str(each.id), each.name) for each in holders(P.UPSELL_EDIT)]


UPSELL_LIST = ListSpec(
    key="upsells",
    columns=(
        Column("number", t("Number"), lambda u: u.number, sort=U.number),
        Column("customer", t("Customer"), lambda u: name_of(u.customer), value=lambda u: u.customer.name_zh),
        Column("text", t("What might be sold"), lambda u: shorter(u.text), value=lambda u: u.text),
        Column("item", t("Service item"), lambda u: name_of(u.item) if u.item else ""),
        Column("amount", t("Amount, as a guess"), lambda u: money(u.amount, u.currency) if u.amount else "",
               align="num", value=lambda u: u.amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda u: u.currency, only_in_files=True),
        Column("request", t("Request"), lambda u: u.request.number if u.request else "",
               only_in_files=True),
        Column("owner", t("Who follows it"), lambda u: u.owner.name if u.owner else ""),
        Column("made", t("Noted"), lambda u: day(business_day(u.created_at)), sort=U.created_at,
               value=lambda u: u.created_at),
        Column("state", t("State"), lambda u: chip(UPSELLS[u.state]), value=lambda u: say(UPSELLS[u.state].text)),
        Column("reason", t("Why dropped"), lambda u: u.end_reason, only_in_files=True),
    ),
    row_id=U.id,
    sort="-made",
    url=lambda u: url_for("desk_upsells.show", upsell_id=u.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in UPSELLS.items())],
               lambda s, value: s.where(U.state == value) if value in UPSELLS else s),
        Filter("whose", t("Whose"), _people, _whose),
    ),
    search=_found,
    search_hint=t("Number, customer, what …"),
    row_classes=lambda u: "row-muted" if u.state in ("won", "dropped") else "",
    empty=Empty(
        t("No chances to sell"),
        t("When a customer asks for something that was not bought, note it here."),
        t("New chance to sell"),
        "desk_upsells.new",
        P.UPSELL_EDIT,
    ),
)  # fmt: skip
