"""The lists of this room: customers, and the history of one."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.customers import queries
from portal.customers.models import Customer
from portal.customers.rules.kinds import KINDS, SEGMENTS
from portal.customers.views.words import happening
from portal.db.audit import AuditEntry
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.icons import icon
from portal.web.labels import INACTIVE
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import actor_word, name_of, say

CUSTOMER, OWNER, CONTACT, PHONE = range(4)  # the columns of queries.customer_list
ANY = ("", t("Any"))


def _name(row: Any) -> Any:
    customer = row[CUSTOMER]
    if customer.active:
        return name_of(customer)
    return Markup('{} <span class="chip chip-{}">{}{}</span>').format(
        name_of(customer), INACTIVE.tone, icon(INACTIVE.icon), say(INACTIVE.text)
    )


def _contact(row: Any) -> Any:
    name, phone = row[CONTACT], row[PHONE]
    if not (name and phone):
        return name or ""
    return Markup('{} <span class="muted">{}</span>').format(name, phone)


def by_state(statement: Select[Any], state: str) -> Select[Any]:
    """Only the `active` or the `inactive` ones; `all` for both."""
    wanted = {"active": Customer.active.is_(True), "inactive": Customer.active.is_(False)}
    return statement.where(wanted[state]) if state in wanted else statement


def _by_owner(statement: Select[Any], owner: str) -> Select[Any]:
    return queries.owned_by(statement, int(owner)) if owner.isdecimal() else statement


CUSTOMERS = ListSpec(
    key="customers",
    columns=(
        Column(
            "name", t("Customer"), _name, sort=Customer.name_zh, value=lambda r: r[CUSTOMER].name_zh
        ),
        Column("code", t("Customer code"), lambda r: r[CUSTOMER].code, sort=Customer.code),
        Column("kind", t("Kind"), lambda r: say(KINDS[r[CUSTOMER].kind])),
        Column("segment", t("Segment"), lambda r: say(SEGMENTS[r[CUSTOMER].segment])),
        Column("owner", t("Account manager"), lambda r: r[OWNER] or "—"),
        Column(
            "contact",
            t("Main contact"),
            _contact,
            value=lambda r: " ".join(p for p in (r[CONTACT], r[PHONE]) if p),
        ),
        Column(
            "updated",
            t("Changed"),
            lambda r: instant(r[CUSTOMER].updated_at),
            sort=Customer.updated_at,
            value=lambda r: r[CUSTOMER].updated_at,
        ),
    ),
    row_id=Customer.id,
    sort="-updated",
    url=lambda r: url_for("desk_customers.show", customer_id=r[CUSTOMER].id),
    filters=(
        Filter(
            "kind",
            t("Kind"),
            lambda: [ANY, *KINDS.items()],
            lambda s, v: s.where(Customer.kind == v),
        ),
        Filter(
            "segment",
            t("Segment"),
            lambda: [ANY, *SEGMENTS.items()],
            lambda s, v: s.where(Customer.segment == v),
        ),
        Filter(
            "owner",
            t("Account manager"),
            lambda: [ANY, *((str(i), name) for i, name in queries.owners(g.viewer))],
            _by_owner,
        ),
        Filter(
            "state",
            t("State"),
            lambda: [("", t("Active")), ("inactive", t("Inactive")), ("all", t("Any"))],
            by_state,
        ),
    ),
    search=queries.having_words,
    search_hint=t("Name, pinyin, initials, code, contact"),
    row_classes=lambda r: "" if r[CUSTOMER].active else "row-muted",
    empty=Empty(
        t("No customers yet"),
        t("Take in the first one: a name is enough to begin with."),
        t("New customer"),
        "desk_customers.new",
        Permission.CUSTOMER_EDIT,
    ),
)

HISTORY = ListSpec(
    key="customer_history",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("who", t("Who"), lambda e: actor_word(e.actor_name), sort=AuditEntry.actor_name),
        Column("details", t("Details"), lambda e: happening(e).why),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda _entry: None,
    empty=Empty(t("Nothing has happened yet"), t("Each step leaves its entry here.")),
)
