"""What the fields of opportunities offer: people, places, words, items; and what was chosen as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import g
from sqlalchemy import select

from portal.access.scope import past_the_walls, visible
from portal.catalogue.models import Bundle, ServiceItem
from portal.catalogue.queries.items import bundle_list, item_list
from portal.customers.models import Contact, Customer, Site
from portal.db.base import db
from portal.opportunities.actions.checking import family
from portal.opportunities.models import Competitor, Opportunity, SalesMethod
from portal.opportunities.queries import words
from portal.opportunities.queries.people import sellers
from portal.web.stepping import as_id
from portal.web.words import name_of

NOTHING = ("", "—")
OFFERED = 300
Choices = list[tuple[str, str]]


def fill(form: Any, customer: Customer, row: Opportunity | None = None) -> None:
    """The choices of a form of `describing`; what stands in `row` stays a choice."""
    form.contact_id.choices = _contacts(customer, row)
    form.site_id.choices = _sites(customer, row)
    form.category_id.choices = _named(words.categories(), row.category_row if row else None)
    if "owner_id" in form:
        form.owner_id.choices = [(str(each.id), each.name) for each in sellers()]
    if "method_id" in form:
        form.method_id.choices = [(str(each.id), name_of(each)) for each in words.methods()]


def reasons(outcome: str) -> Choices:
    """Why something is won or lost."""
    return [NOTHING, *((str(each.id), name_of(each)) for each in words.reasons(outcome))]


def competitors(kept: Iterable[Competitor | None] = ()) -> Choices:
    """The competitors that we know, by name."""
    wanted = words.competitors().order_by(Competitor.name_zh).limit(OFFERED)
    return _named(list(db.session.scalars(wanted)), *kept)


def colleagues(*also: Any) -> Choices:
    """Who works on opportunities, and those who are in it already."""
    found = {each.id: each.name for each in (*sellers(), *(one for one in also if one is not None))}
    return [(str(row_id), name) for row_id, name in sorted(found.items(), key=lambda one: one[1])]


def items_offered() -> Sequence[ServiceItem]:
    """The first of the catalogue, for the list that opens while one types."""
    wanted = item_list().where(ServiceItem.active.is_(True)).order_by(ServiceItem.code)
    return db.session.scalars(wanted.limit(OFFERED)).all()


def bundles_offered() -> Sequence[Bundle]:
    """The firm's bundles."""
    wanted = bundle_list().where(Bundle.active.is_(True)).order_by(Bundle.code)
    return db.session.scalars(wanted.limit(OFFERED)).all()


def method_asked(typed: str | None) -> SalesMethod | None:
    """The method of an address, else the usual one."""
    rows = words.methods()
    wanted = as_id(typed)
    named = next((each for each in rows if each.id == wanted), None)
    return named or next((each for each in rows if each.is_default), rows[0] if rows else None)


def chosen(value: Any) -> int | None:
    """What a select holds, as an id."""
    return as_id(str(value)) if value else None


def _contacts(customer: Customer, row: Opportunity | None) -> Choices:
    wanted = select(Contact).where(
        Contact.customer_id.in_(family(customer)), Contact.active.is_(True)
    )
    with past_the_walls():
        found = list(db.session.scalars(visible(wanted, Contact, g.viewer).order_by(Contact.name)))
    kept = row.contact if row else None
    if kept is not None and kept not in found:
        found.append(kept)
    return [NOTHING, *((str(each.id), _person(each)) for each in found)]


def _person(contact: Contact) -> str:
    return f"{contact.name} · {contact.position}" if contact.position else contact.name


def _sites(customer: Customer, row: Opportunity | None) -> Choices:
    wanted = select(Site).where(Site.customer_id.in_(family(customer)), Site.active.is_(True))
    with past_the_walls():
        found = list(db.session.scalars(visible(wanted, Site, g.viewer).order_by(Site.name)))
    kept = row.site if row else None
    if kept is not None and kept not in found:
        found.append(kept)
    return [NOTHING, *((str(each.id), each.name) for each in found)]


def _named(rows: Sequence[Any], *kept: Any) -> Choices:
    every = [*rows, *(each for each in kept if each is not None and each not in rows)]
    return [NOTHING, *((str(each.id), name_of(each)) for each in every)]
