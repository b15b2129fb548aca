"""Opportunities for tests, recorded by the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.opportunities.actions import opening, seeding
from portal.opportunities.actions.opening import NewOpportunity
from portal.opportunities.models import Opportunity, OutcomeReason, SalesMethod, SalesStage
from portal.opportunities.queries import words
from tests.cast import Cast
from tests.factories import add

AMOUNT = Decimal("12000.00")


def first_words(now: datetime) -> None:
    """The methods, categories and reasons that every firm starts with; once."""
    if db.session.scalar(select(SalesMethod.id).limit(1)) is None:
        seeding.seed(SYSTEM, now)


def new_opportunity(cast: Cast, **changes: Any) -> NewOpportunity:
    """Sea freight for Harbour Foods, CNY 12,000, owned by Chen Li; `changes` replace what it says."""
    values: dict[str, Any] = {
        "customer_id": cast.harbour.id, "title": "上海至纽约海运", "amount": AMOUNT, "currency": "CNY",
        "close_on": date(2026, 4, 15), "owner_id": cast.sales.id, "text": "每月两柜",
    }  # fmt: skip
    return NewOpportunity(**(values | changes))


def an_opportunity(
    cast: Cast, now: datetime, *, by: Viewer = SYSTEM, stage: str = "", **changes: Any
) -> Opportunity:
    """An open opportunity, flushed; `stage` (its code) puts it there past the entry rules; else of NewOpportunity."""
    first_words(now)
    row = opening.open_(new_opportunity(cast, **changes), by, now)
    if stage:
        found = stage_of(row, stage)
        row.stage_id, row.stage = found.id, found
        row.likelihood, row.category = changes.get("likelihood", found.likelihood), found.category
        db.session.flush()
    return row


def stage_of(row: Opportunity, code: str) -> SalesStage:
    """The stage of its method that has this code."""
    return next(each for each in words.stages(row.method_id, all_=True) if each.code == code)


def a_reason(outcome: str, name_zh: str = "价格") -> OutcomeReason:
    """A reason for "won" or "lost": the first there is, else a new one."""
    known = words.reasons(outcome)
    return known[0] if known else add(OutcomeReason(outcome=outcome, name_zh=name_zh))


def a_method(code: str, *stages: tuple[str, int], is_default: bool = False) -> SalesMethod:
    """A sales method with stages (code, likelihood in percent), in order."""
    rows = [
        SalesStage(code=each, position=place * 10, name_zh=each, name_en=each.title(), likelihood=percent)
        for place, (each, percent) in enumerate(stages, 1)
    ]  # fmt: skip
    return add(
        SalesMethod(
            code=code, name_zh=code, name_en=code.title(), is_default=is_default, stages=rows
        )
    )


def fresh(row: Opportunity) -> Opportunity:
    """The opportunity as the database has it."""
    db.session.flush()
    db.session.refresh(row)
    return row
