"""What an opportunity may name: people, places and words that exist and fit its customer (O5, O6, O15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from portal.access.scope import past_the_walls
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer, Site
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.opportunities.models import OpportunityCategory
from portal.opportunities.queries.people import may_own
from portal.opportunities.rules.values import NewLine, lines_problem


def family(customer: Customer) -> list[int]:
    """The ids of a customer, its group and its branches: any of their people and sites may be named (O6)."""
    ids = {customer.id, customer.parent_id or customer.id}
    with past_the_walls():
        wanted = select(Customer.id).where(Customer.parent_id == customer.id)
        return sorted(ids | set(db.session.scalars(wanted)))


def contact_problem(
    contact_id: int | None, customer: Customer, kept: int | None = None
) -> Text | None:
    """What is wrong with a contact; the one that is `kept` may have left since."""
    if contact_id is None or contact_id == kept:
        return None
    return (
        None
        if _belongs(Contact, contact_id, customer)
        else t("Choose one of this customer's contacts.")
    )


def site_problem(site_id: int | None, customer: Customer, kept: int | None = None) -> Text | None:
    """What is wrong with a site, likewise."""
    if site_id is None or site_id == kept:
        return None
    return None if _belongs(Site, site_id, customer) else t("Choose one of this customer's sites.")


def category_problem(category_id: int | None, kept: int | None = None) -> Text | None:
    """What is wrong with a category, likewise."""
    if category_id is None or category_id == kept:
        return None
    row = db.session.get(OpportunityCategory, category_id)
    return None if row is not None and row.active else t("Choose one of the list.")


def owner_problem(owner_id: int | None) -> Text | None:
    """What is wrong with an owner."""
    return None if may_own(owner_id) else t("Choose somebody who works on opportunities.")


def items_problem(lines: Sequence[NewLine]) -> Text | None:
    """What is wrong with the lines, their service items among it."""
    return lines_problem(lines) or _unknown_items(each.item_id for each in lines)


def _unknown_items(ids: Iterable[int | None]) -> Text | None:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return None
    known = set(db.session.scalars(select(ServiceItem.id).where(ServiceItem.id.in_(wanted))))
    return None if known >= wanted else t("Choose service items of the catalogue.")


def _belongs(model: type[Contact] | type[Site], row_id: int, customer: Customer) -> bool:
    of = or_(*(model.customer_id == each for each in family(customer)))
    wanted = select(model.id).where(model.id == row_id, model.active.is_(True), of)
    with past_the_walls():
        return db.session.scalar(wanted) is not None
