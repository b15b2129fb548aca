"""The board: the stages of a method as columns, their sums, and their first cards (REQUIREMENTS O19)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import joinedload, raiseload

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.opportunities.models import Opportunity, SalesStage
from portal.opportunities.queries import words
from portal.opportunities.rules.states import OpportunityState

Opp = Opportunity
CARDS = 20
SHOWN = (
    joinedload(Opp.customer).load_only(Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name),
    joinedload(Opp.owner).load_only(User.name).lazyload(User.roles),
    joinedload(Opp.stage),
    raiseload("*"),
)  # fmt: skip
Narrowing = Callable[[Select[Any]], Select[Any]]


@dataclass(slots=True)
class Column:
    """One stage: how many open opportunities stand in it, their sums by currency, the first cards."""

    stage: SalesStage
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    cards: list[Opportunity] = field(default_factory=list)
    more: str | None = None
    """Where the next cards begin; None: these are all."""


def board(
    method_id: int, viewer: Viewer, narrow: Narrowing | None = None, *, size: int = CARDS
) -> list[Column]:
    """The columns of a method in order; a stage that is no longer used is there as long as something stands in it."""
    columns = {
        stage.id: Column(stage) for stage in words.stages(method_id, all_=True)
    }  # fmt: skip
    with past_the_walls():  # each select is limited by `visible`; twice would cost twice
        sums = db.session.execute(_sums(method_id, viewer, narrow)).all()
    for stage_id, currency, count, amount in sums:
        column = columns[stage_id]
        column.count += count
        if amount is not None:
            column.sums[currency] = amount
    shown = [each for each in columns.values() if each.stage.active or each.count]
    for column in shown:
        if column.count:
            column.cards, column.more = cards(column.stage.id, viewer, narrow, size=size)
    return shown


def cards(
    stage_id: int, viewer: Viewer, narrow: Narrowing | None = None, *, after: str | None = None, size: int = CARDS
) -> tuple[list[Opportunity], str | None]:  # fmt: skip
    """Cards of one column after a cursor: by the day of decision, those without one last; and the next cursor."""
    found: list[Opportunity] = []
    day, row_id = _read(after)
    if day is not None or row_id is None:
        found = _dated(stage_id, viewer, narrow, day, row_id, size + 1)
        row_id = None
    if len(found) <= size:
        found += _undated(stage_id, viewer, narrow, row_id, size + 1 - len(found))
    page = found[:size]
    return page, (_cursor(page[-1]) if len(found) > size else None)


def _sums(method_id: int, viewer: Viewer, narrow: Narrowing | None) -> Select[Any]:
    figures: Any = (Opp.stage_id, Opp.currency, func.count(), func.sum(Opp.amount))
    statement = select(*figures).where(
        Opp.state == OpportunityState.OPEN.value, Opp.method_id == method_id
    )
    return visible(_narrowed(statement, narrow), Opp, viewer).group_by(Opp.stage_id, Opp.currency)


def _in_stage(stage_id: int, viewer: Viewer, narrow: Narrowing | None) -> Select[Any]:
    statement = select(Opp).where(
        Opp.state == OpportunityState.OPEN.value, Opp.stage_id == stage_id
    )
    return visible(_narrowed(statement, narrow), Opp, viewer).options(*SHOWN)


def _dated(
    stage_id: int, viewer: Viewer, narrow: Narrowing | None, day: date | None, row_id: int | None, most: int
) -> list[Opportunity]:  # fmt: skip
    statement = _in_stage(stage_id, viewer, narrow).where(Opp.close_on.is_not(None))
    if day is not None:
        statement = statement.where(tuple_(Opp.close_on, Opp.id) > tuple_(day, row_id))
    with past_the_walls():
        return list(db.session.scalars(statement.order_by(Opp.close_on, Opp.id).limit(most)))


def _undated(
    stage_id: int, viewer: Viewer, narrow: Narrowing | None, row_id: int | None, most: int
) -> list[Opportunity]:
    statement = _in_stage(stage_id, viewer, narrow).where(Opp.close_on.is_(None))
    if row_id is not None:
        statement = statement.where(Opp.id > row_id)
    with past_the_walls():
        return list(db.session.scalars(statement.order_by(Opp.id).limit(most)))


def _narrowed(statement: Select[Any], narrow: Narrowing | None) -> Select[Any]:
    return statement if narrow is None else narrow(statement)


def _cursor(row: Opportunity) -> str:
    return json.dumps([row.close_on.isoformat() if row.close_on else None, row.id])


def _read(cursor: str | None) -> tuple[date | None, int | None]:
    """A cursor that makes no sense is taken as none."""
    try:
        day, row_id = json.loads(cursor or "")
        return (date.fromisoformat(day) if day else None), int(row_id)
    except (ValueError, TypeError):
        return None, None
