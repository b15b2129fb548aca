"""The lists of this room: customers, and the history of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.customers import queries
from portal.customers.models import Customer
from portal.customers.queries.finding import having_words
from portal.customers.rules.kinds import CUSTOMER_STATES, KINDS, SEGMENTS, STRUCTURES, Abc
from portal.customers.rules.profile import FIELDS, SORTED_BY
from portal.insights.labels import STATES, TIERS
from portal.kernel.text import Text, t
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.icons import icon
from portal.web.labels import INACTIVE
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

CUSTOMER, OWNER, CONTACT, PHONE = range(4)  # the columns of queries.customer_list
ANY = ("", t("Any"))
YES, NO = t("Yes"), t("No")
ABC_WORDS = {each.value: t("Class %(letter)s", letter=each.value) for each in Abc}


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


def _chosen(
    key: str, label: Text, words: Mapping[str, Text], column: Any = None, *, rare: bool = False
) -> Filter:
    """A filter by one of the words of a column; anything else narrows nothing."""
    wanted = getattr(Customer, key) if column is None else column
    return Filter(
        key,
        label,
        lambda: [ANY, *words.items()],
        lambda statement, v: statement.where(wanted == v) if v in words else statement,
        rare=rare,
    )


def _in_files(name: str, label: Text, words: Mapping[str, Text]) -> Column:
    """A column that only files have."""

    def word(row: Any) -> str:
        value = getattr(row[CUSTOMER], name)
        return say(words[value]) if value else ""

    return Column(name, label, word, only_in_files=True)


CUSTOMERS = ListSpec(
    key="customers",
    columns=(
        Column(
            "name", t("Customer"), _name, sort=Customer.name_zh, value=lambda r: r[CUSTOMER].name_zh
        ),
        Column("code", t("Customer code"), lambda r: r[CUSTOMER].code, sort=Customer.code),
        Column("kind", t("Kind"), lambda r: say(KINDS[r[CUSTOMER].kind]), only_in_files=True),
        Column(
            "segment",
            t("Tier"),
            lambda r: chip(TIERS[r[CUSTOMER].segment]),
            sort=Customer.segment,
            value=lambda r: say(SEGMENTS[r[CUSTOMER].segment]),
        ),
        Column(
            "customer_state",
            t("Relationship"),
            lambda r: chip(STATES[r[CUSTOMER].state]),
            sort=Customer.state,
            value=lambda r: say(CUSTOMER_STATES[r[CUSTOMER].state]),
        ),
        Column("abc", t("Class"), lambda r: r[CUSTOMER].abc or "—"),
        *(_in_files(name, FIELDS[name], words) for name, words in SORTED_BY.items()),
        _in_files("structure", t("Importance"), STRUCTURES),
        Column(
            "is_foreign",
            FIELDS["is_foreign"],
            lambda r: say(YES if r[CUSTOMER].is_foreign else NO),
            only_in_files=True,
        ),
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
        _chosen("segment", t("Tier"), SEGMENTS),
        _chosen("customer_state", t("Relationship"), CUSTOMER_STATES, Customer.state),
        _chosen("abc", t("Class"), ABC_WORDS),
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
        _chosen("structure", t("Importance"), STRUCTURES, rare=True),
        *(_chosen(name, FIELDS[name], words, rare=True) for name, words in SORTED_BY.items()),
        Filter(
            "foreign",
            FIELDS["is_foreign"],
            lambda: [ANY, ("1", YES), ("0", NO)],
            lambda s, v: s.where(Customer.is_foreign.is_(v == "1")),
            rare=True,
        ),
    ),
    search=having_words,
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
