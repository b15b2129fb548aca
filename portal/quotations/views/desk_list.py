"""The list of quotations, and the history of one."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.db.audit import AuditEntry
from portal.kernel.text import t
from portal.quotations import queries
from portal.quotations.labels import STATES, label_of, state_of
from portal.quotations.models import Quotation
from portal.quotations.rules.states import QuotationState
from portal.quotations.views.desk_door import today
from portal.quotations.views.desk_history import happening
from portal.web.chips import chip as drawn
from portal.web.filters import day, instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import actor_word, say

ANY = ("", t("Any"))
MUTED_STATES = (QuotationState.SUPERSEDED, QuotationState.WITHDRAWN)


def chip(row: Any) -> Markup:
    """The state as read today: mark and word."""
    return drawn(label_of(row, today()))


def whole(words: str) -> Markup:
    """Words that stay on one line."""
    return Markup(f'<span class="nowrap">{escape(words)}</span>')


def _lane(row: Quotation) -> str:
    return f"{row.origin} → {row.destination}" if row.origin or row.destination else ""


def _customer(row: Quotation) -> str:
    return row.customer.label


def _number(row: Quotation) -> str:
    return row.number if row.latest_no == 1 else f"{row.number} v{row.latest_no}"


def _by_owner(statement: Select[Any], owner: str) -> Select[Any]:
    return statement.where(Quotation.owner_id == int(owner)) if owner.isdecimal() else statement


def _mine(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(Quotation.owner_id == g.viewer.user_id) if value == "1" else statement


def _by_state(statement: Select[Any], state: str) -> Select[Any]:
    return queries.in_state(statement, state, today()) if state in list(STATES) else statement


def _classes(row: Quotation) -> str:
    return "row-muted" if state_of(row, today()) in MUTED_STATES else ""


QUOTATIONS = ListSpec(
    key="quotations",
    columns=(
        Column("number", t("Number"), _number, sort=Quotation.number),
        Column("title", t("Title"), lambda q: q.title),
        Column("customer", t("Customer"), _customer, value=lambda q: q.customer.name_zh),
        Column("lane", t("Lane"), _lane, only_in_files=True),
        Column("state", t("State"), chip, value=lambda q: say(label_of(q, today()).text)),
        Column(
            "total",
            t("Total"),
            lambda q: money(q.total_amount, q.total_currency),
            align="num",
            value=lambda q: q.total_amount,
            total=True,
            total_by="currency",
        ),
        Column("currency", t("Currency"), lambda q: q.total_currency, only_in_files=True),
        Column(
            "valid_until",
            t("Valid until"),
            lambda q: whole(day(q.valid_until)),
            value=lambda q: q.valid_until,
        ),
        Column("owner", t("Owner"), lambda q: whole(q.owner.name), value=lambda q: q.owner.name),
        Column(
            "updated",
            t("Changed"),
            lambda q: whole(instant(q.updated_at)),
            sort=Quotation.updated_at,
            value=lambda q: q.updated_at,
        ),
    ),
    row_id=Quotation.id,
    sort="-updated",
    url=lambda q: url_for("desk_quotations.show", quotation_id=q.id),
    filters=(
        Filter(
            "state", t("State"), lambda: [ANY, *((s, w.text) for s, w in STATES.items())], _by_state
        ),
        Filter(
            "owner",
            t("Owner"),
            lambda: [ANY, *((str(i), name) for i, name in queries.owners(g.viewer))],
            _by_owner,
        ),
        Filter("mine", t("Whose"), lambda: [("", t("Everybody's")), ("1", t("Mine"))], _mine),
    ),
    search=queries.search,
    search_hint=t("Number, title, customer, pinyin …"),
    row_classes=_classes,
    empty=Empty(
        t("No quotations yet"),
        t("Search a lane and pick a price: the first quotation takes a minute."),
        t("Lane search"),
        "desk_quotations.lanes",
        Permission.QUOTATION_EDIT,
    ),
)

HISTORY = ListSpec(
    key="quotation_history",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("who", t("Who"), lambda e: actor_word(e.actor_name), sort=AuditEntry.actor_name),
        Column("details", t("Details"), lambda e: happening(e).why or ""),
        Column("public", t("Customer sees it"), lambda e: _("Yes") if e.is_public else ""),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda _entry: None,
    empty=Empty(t("Nothing has happened yet"), t("Each step leaves its entry here.")),
)
