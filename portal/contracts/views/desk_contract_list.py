"""The desk's list of contracts, and the history of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.contracts.labels import CONTRACT_STATES, chip_of, label_of, state_of
from portal.contracts.models import Contract
from portal.contracts.queries.contracts import in_state, search
from portal.contracts.rules.states import ContractState
from portal.contracts.views.desk_history import details
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.filters import day, instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

ANY = ("", t("Any"))
SOON = (30, 60, 90)
MUTED = (ContractState.VOID, ContractState.COMPLETED, ContractState.TERMINATED)


def contracts(viewer: Viewer) -> Select[Any]:
    """Every contract that one may see."""
    statement: Select[Any] = select(Contract).options(
        joinedload(Contract.customer).load_only(
            Customer.name_zh, Customer.name_en, Customer.short_name
        ),
        joinedload(Contract.owner).lazyload(User.roles),
        defer(Contract.search_text),
        defer(Contract.internal_note),
    )
    return visible(statement, Contract, viewer)


def _whole(words: str) -> Markup:
    return Markup(f'<span class="nowrap">{escape(words)}</span>')


def _mine(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(Contract.owner_id == g.viewer.user_id) if value == "1" else statement


def _by_state(statement: Select[Any], state: str) -> Select[Any]:
    return (
        in_state(statement, state, clock.today()) if state in list(CONTRACT_STATES) else statement
    )


def _ending(statement: Select[Any], days: str) -> Select[Any]:
    """In force, and the last day within so many days."""
    if days not in map(str, SOON):
        return statement
    today = clock.today()
    running = in_state(statement, ContractState.ACTIVE.value, today)
    return running.where(Contract.ends_on <= today + timedelta(days=int(days)))


def _classes(row: Contract) -> str:
    return "row-muted" if state_of(row, clock.today()) in MUTED else ""


CONTRACTS = ListSpec(
    key="contracts",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=Contract.number),
        Column("title", t("Title"), lambda c: c.title),
        Column(
            "customer",
            t("Customer"),
            lambda c: c.customer.label,
            value=lambda c: c.customer.name_zh,
        ),
        Column(
            "state",
            t("State"),
            lambda c: chip_of(c, clock.today()),
            value=lambda c: say(label_of(c, clock.today()).text),
        ),
        Column(
            "from", t("First day"), lambda c: _whole(day(c.starts_on)), value=lambda c: c.starts_on
        ),
        Column(
            "until",
            t("Until"),
            lambda c: _whole(day(c.ends_on)),
            sort=Contract.ends_on,
            value=lambda c: c.ends_on,
        ),
        Column(
            "total",
            t("Total"),
            lambda c: money(c.total_amount, c.currency),
            align="num",
            value=lambda c: c.total_amount,
            total=True,
            total_by="currency",
        ),
        Column("currency", t("Currency"), lambda c: c.currency, only_in_files=True),
        Column("signed", t("Signed"), lambda c: day(c.signed_on), only_in_files=True),
        Column("owner", t("Owner"), lambda c: _whole(c.owner.name), value=lambda c: c.owner.name),
        Column(
            "updated",
            t("Changed"),
            lambda c: _whole(instant(c.updated_at)),
            sort=Contract.updated_at,
            value=lambda c: c.updated_at,
        ),
    ),
    row_id=Contract.id,
    sort="-updated",
    url=lambda c: url_for("desk_contracts.show", contract_id=c.id),
    filters=(
        Filter(
            "state",
            t("State"),
            lambda: [ANY, *((s, w.text) for s, w in CONTRACT_STATES.items())],
            _by_state,
        ),
        Filter("mine", t("Whose"), lambda: [("", t("Everybody's")), ("1", t("Mine"))], _mine),
        Filter(
            "ending",
            t("Ends"),
            lambda: [
                ("", t("At any time")),
                *((str(days), t("within %(days)s days", days=days)) for days in SOON),
            ],
            _ending,
        ),
    ),
    search=search,
    search_hint=t("Number, title, customer, pinyin …"),
    row_classes=_classes,
    empty=Empty(
        t("No contracts yet"),
        t(
            "An accepted quotation becomes a contract by one button on its page; or write one by hand."
        ),
        t("New contract"),
        "desk_contracts.new",
        Permission.CONTRACT_EDIT,
    ),
)

HISTORY = ListSpec(
    key="contract_history",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("who", t("Who"), lambda e: e.actor_name, sort=AuditEntry.actor_name),
        Column("details", t("Details"), details),
        Column("public", t("Customer sees it"), lambda e: _("Yes") if e.is_public else ""),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda _entry: None,
    empty=Empty(t("Nothing has happened yet"), t("Each step leaves its entry here.")),
)
