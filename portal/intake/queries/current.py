"""What we know, as a file that comes in again unchanged: the same heads, the same words (REQUIREMENTS Q7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, cast, func, select
from sqlalchemy.orm import aliased

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Contact, Customer, HistoryNote
from portal.customers.rules.kinds import Part
from portal.db.base import db
from portal.intake.models import BroughtIn
from portal.intake.rules.fields import FIELDS
from portal.intake.rules.kinds import IntakeKind
from portal.intake.rules.words import WORDS
from portal.kernel.clock import business_day
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityCategory,
    OpportunityLine,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)

ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = 2_000
LEFT_OUT = {IntakeKind.CUSTOMERS: ("name", "country")}
"""Fields that others say more exactly."""


def heads(kind: str, side: int) -> list[str]:
    """The heads in Chinese (side 0) or English (1)."""
    return [each.en if side else each.zh for each in _fields(kind)]


def rows(kind: str, viewer: Viewer, side: int) -> Iterator[list[Any]]:
    """Every record of a kind that the viewer may see, a few at a time."""
    statement = _STATEMENTS[kind](viewer).execution_options(yield_per=AT_ONCE)
    fields = _fields(kind)
    for row in db.session.execute(statement).mappings():
        yield [_cell(each, row, side) for each in fields]


def _fields(kind: str) -> list[Any]:
    return [
        each
        for each in FIELDS[kind].values()
        if each.code not in LEFT_OUT.get(IntakeKind(kind), ())
    ]


def _cell(field: Any, row: Any, side: int) -> Any:
    value = row.get(field.code)
    if value is None or value == "":
        return None
    if field.reading == "word":
        spellings = WORDS[field.detail].get(str(value), (str(value), str(value)))
        return spellings[side]
    if field.reading == "stage" and value in WORDS["outcome"]:
        return WORDS["outcome"][value][side]
    if field.reading == "flag":
        return ("是", "yes")[side] if value else ("否", "no")[side]
    if field.code == "opened_on":
        return business_day(value)
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None)
    return str(value) if isinstance(value, int) else value


def _customers(viewer: Viewer) -> Select[Any]:
    group = aliased(Customer)
    columns = [
        getattr(Customer, name)
        for name in (
            "code", "name_zh", "name_en", "short_name", "kind", "credit_code", "tax_number", "segment", "industry",
            "market", "area", "reach", "nature", "source", "address", "phone", "bank_name", "bank_account", "note",
        )
    ]  # fmt: skip
    statement = (
        select(
            *columns,
            group.code.label("parent"),
            User.name.label("owner"),
            Customer.default_currency.label("currency"),
            Customer.document_language.label("language"),
        )
        .outerjoin(group, group.id == Customer.parent_id)
        .outerjoin(
            Assignment,
            and_(Assignment.customer_id == Customer.id, Assignment.part == Part.OWNER),
        )
        .outerjoin(User, User.id == Assignment.user_id)
        .where(Customer.merged_into_id.is_(None))
    )
    return visible(statement, Customer, viewer).order_by(Customer.code)


def _contacts(viewer: Viewer) -> Select[Any]:
    columns = [
        getattr(Contact, each.code)
        for each in FIELDS[IntakeKind.CONTACTS].values()
        if each.code != "customer"
    ]
    statement = select(Customer.code.label("customer"), *columns).join(
        Customer, Customer.id == Contact.customer_id
    )
    wanted = visible(statement, Contact, viewer).where(Contact.active.is_(True))
    return wanted.order_by(Customer.code, Contact.id)


def _opportunities(viewer: Viewer) -> Select[Any]:
    one, item = Opportunity, OpportunityLine
    stage = func.coalesce(func.nullif(one.state, "open"), SalesStage.name_zh).label("stage")
    columns = [
        getattr(one, name)
        for name in ("title", "kind", "amount", "currency", "likelihood", "close_on", "closed_on", "rating", "source")
    ]  # fmt: skip
    reference = select(func.min(BroughtIn.reference)).where(
        BroughtIn.kind == IntakeKind.OPPORTUNITIES, BroughtIn.row_id == one.id
    )
    statement: Any = (
        select(
            func.coalesce(reference.scalar_subquery(), one.number).label("reference"),
            Customer.code.label("customer"),
            item.name.label("item"),
            SalesMethod.name_zh.label("method"),
            stage,
            User.name.label("owner"),
            one.created_at.label("opened_on"),
            func.coalesce(func.nullif(one.outcome_text, ""), OutcomeReason.name_zh).label("reason"),
            Competitor.name_zh.label("competitor"),
            Contact.name.label("contact"),
            OpportunityCategory.name_zh.label("category"),
            one.text.label("note"),
            *columns,
        )
        .join(Customer, Customer.id == one.customer_id)
        .join(SalesMethod, SalesMethod.id == one.method_id)
        .join(SalesStage, SalesStage.id == one.stage_id)
        .join(User, User.id == one.owner_id)
        .outerjoin(item, and_(item.opportunity_id == one.id, item.position == 1))
        .outerjoin(OutcomeReason, OutcomeReason.id == one.outcome_reason_id)
        .outerjoin(Competitor, Competitor.id == one.lost_to_id)
        .outerjoin(Contact, Contact.id == one.contact_id)
        .outerjoin(OpportunityCategory, OpportunityCategory.id == one.category_id)
    )
    shown: Select[Any] = visible(statement, one, viewer).order_by(one.id)
    return shown


def _history(viewer: Viewer) -> Select[Any]:
    note = HistoryNote
    statement: Any = (
        select(
            func.coalesce(note.source_key, "note:" + cast(note.id, String)).label("reference"),
            Customer.code.label("customer"), note.happened_at, note.kind, Contact.name.label("contact"),
            note.subject, note.text, User.name.label("written_by"),
        )
        .join(Customer, Customer.id == note.customer_id)
        .outerjoin(Contact, Contact.id == note.contact_id)
        .outerjoin(User, User.id == note.written_by)
    )  # fmt: skip
    shown: Select[Any] = visible(statement, note, viewer).order_by(note.happened_at, note.id)
    return shown


_STATEMENTS: Mapping[str, Callable[[Viewer], Select[Any]]] = {
    IntakeKind.CUSTOMERS: _customers,
    IntakeKind.CONTACTS: _contacts,
    IntakeKind.OPPORTUNITIES: _opportunities,
    IntakeKind.HISTORY: _history,
}
