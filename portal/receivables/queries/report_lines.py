"""The statement lines that reports add up: published and in force, of some months, by what they are looked at by."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import FROZEN
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.receivables.rules.report_months import Months

L, S = StatementLine, Statement
CUSTOMERS, ASSIGNMENTS = Customer.__table__, Assignment.__table__
"""Plain tables: who a visible line was served to is read past the walls, as on the bill itself."""
PUBLISHED = sorted(FROZEN)
LONGEST_ID = 9
KIND = "kind:"
BETWEEN = ">"


class Basis(StrEnum):
    """Which month a line belongs to."""

    STATEMENT = "statement"  # the month in which its statement's period ends: late lines where they were billed
    SERVICE = "service"  # the month of its own (last) day: late lines where they belong


class By(StrEnum):
    """What revenue is looked at by."""

    SERVICE = "service"
    CATEGORY = "category"
    LANE = "lane"
    CUSTOMER = "customer"  # who was served
    GROUP = "group"  # the same, branches under their group
    PAYER = "payer"  # who the statement is for
    OWNER = "owner"  # the sales owner of who was served, else of its group


BY_ITEM = (By.SERVICE, By.CATEGORY, By.LANE)


def day_of(basis: Basis) -> Any:
    """The column that says which month a line belongs to."""
    return S.ends_on if basis is Basis.STATEMENT else L.ends_on


def in_months(months: Months, basis: Basis) -> ColumnElement[bool]:
    """Lines of these months. No line's day is later than its statement's period, so statements are looked up first."""
    if basis is Basis.STATEMENT:
        return S.ends_on.between(months.first, months.ends_on)
    # Never NULL: with the bare column SQLite would walk the index of each service and fetch the lines one by one.
    day = func.coalesce(L.ends_on, L.starts_on)
    return and_(S.ends_on >= months.first, day.between(months.first, months.ends_on))


def of_published(statement: Select[Any], viewer: Viewer) -> Select[Any]:
    """`statement` over lines, joined to their statements: those in force of what was published."""
    joined = statement.select_from(S).join(L, L.statement_id == S.id)
    return visible(joined, L, viewer).where(S.state.in_(PUBLISHED), L.until_revision.is_(None))


def kind_without_item() -> ColumnElement[str]:
    """The kind of a line that is for no service, else ""."""
    return case((L.item_id.is_(None), L.kind), else_="")


def owner() -> ColumnElement[int | None]:
    """The user id of the sales owner of a row of CUSTOMERS, else of its group's; NULL where nobody is."""
    return func.coalesce(_owner(CUSTOMERS.c.id), _owner(CUSTOMERS.c.parent_id))


def with_key(by: By, key: str) -> ColumnElement[bool]:
    """The lines behind one row of a report, as its key says: `12`, `kind:credit`, `sea`, `CNSHA>USNYC`."""
    if by in BY_ITEM:
        return _of_item(by, key)
    if not (key.isdecimal() and len(key) <= LONGEST_ID):
        return false()
    number = int(key)
    if by is By.PAYER:
        return L.customer_id == number
    if by is By.CUSTOMER:
        return L.served_id == number
    served = select(CUSTOMERS.c.id)
    if by is By.GROUP:
        return L.served_id.in_(
            served.where(or_(CUSTOMERS.c.id == number, CUSTOMERS.c.parent_id == number))
        )
    whose = owner()
    return L.served_id.in_(served.where(whose == number if number else whose.is_(None)))


def _of_item(by: By, key: str) -> ColumnElement[bool]:
    if key.startswith(KIND):
        kind = key.removeprefix(KIND)
        return and_(L.item_id.is_(None), L.kind == kind) if kind in tuple(LineKind) else false()
    if by is By.SERVICE:
        return L.item_id == int(key) if key.isdecimal() and len(key) <= LONGEST_ID else false()
    items = select(ServiceItem.id)
    if by is By.CATEGORY:
        return L.item_id.in_(items.where(ServiceItem.category == key))
    origin, between, destination = key.partition(BETWEEN)
    if not between:
        return false()
    lane = items.where(ServiceItem.origin == origin, ServiceItem.destination == destination)
    there = L.item_id.in_(lane)
    return there if origin or destination else or_(L.item_id.is_(None), there)


def _owner(customer_id: Any) -> Any:
    found = select(func.min(ASSIGNMENTS.c.user_id)).where(
        ASSIGNMENTS.c.customer_id == customer_id, ASSIGNMENTS.c.part == "owner"
    )
    return found.scalar_subquery()
