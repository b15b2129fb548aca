"""Quotations and contracts write amount and items back, up or down, and each time is logged (REQUIREMENTS O9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.scope import past_the_walls
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.opportunities.actions import items, staging
from portal.opportunities.actions.holding import held_id, touch
from portal.opportunities.models import Opportunity, OpportunityTask, WriteBack
from portal.opportunities.rules.papers import PaperLine, line_changes, next_task
from portal.opportunities.rules.stage_tasks import due_on
from portal.opportunities.rules.states import OpportunityState, TaskState
from portal.opportunities.rules.values import NewLine


def write_back(
    opportunity_id: int, source_type: str, source_id: int, label: str, step: str, amount: Decimal | None,
    currency: str, lines: Sequence[PaperLine] | None, actor: Viewer, now: datetime,
) -> WriteBack:  # fmt: skip
    """Log what a paper came to, and let an open opportunity follow: amount, currency and items, never the likelihood.

    `amount` (before tax, in `currency`) None: not known, everything stays; `lines` None: the items stay. A locked one
    is left alone (`is_applied` False). What a person does next becomes its owner's task. Whoever acts, the
    customer too, sees no more of the opportunity for it (DOMAIN Q7).
    """
    with past_the_walls():
        row = held_id(opportunity_id)
        is_open = row.state == OpportunityState.OPEN.value
        had_amount, had_currency, had_lines = row.amount, row.currency, _papers(row)
        applied = is_open and amount is not None
        new_lines = had_lines if lines is None else list(lines)
        if applied:
            _follow(row, source_type, amount, currency, lines)
        told = (
            line_changes(had_lines, had_currency, new_lines, currency) if lines is not None else []
        )
        made = WriteBack(
            customer_id=row.customer_id, opportunity_id=row.id, at=now, by_name=actor.name[:120],
            source_type=source_type, source_id=source_id, source_label=label[:60], step=step,
            before_amount=had_amount, before_currency=had_currency, after_amount=amount, after_currency=currency,
            lines=told, is_applied=applied,
        )  # fmt: skip
        db.session.add(made)
        if is_open:
            _note(row, made, actor, now)
            _offer_next_step(row, step, label, actor, now)
        db.session.flush()
        return made


def _follow(
    row: Opportunity, source_type: str, amount: Decimal | None, currency: str, lines: Sequence[PaperLine] | None
) -> None:  # fmt: skip
    row.amount, row.currency, row.amount_from = amount, currency, source_type
    if lines is not None:
        plain = [NewLine(x.item_id, x.name, x.quantity, x.unit, x.rate) for x in lines]
        items.put(row, plain, [x.amount for x in lines])


def _note(row: Opportunity, made: WriteBack, actor: Viewer, now: datetime) -> None:
    """A change of the figures moves the opportunity's counter; the mere news of a paper does not."""
    if made.is_applied and (
        (made.before_amount, made.before_currency) != (made.after_amount, made.after_currency)
        or made.lines
    ):
        touch(row, now)
    audit.record(
        actor, "opportunity.written_back", row, now,
        before={"amount": _money(made.before_amount, made.before_currency)},
        after={"amount": _money(row.amount, row.currency), "from": made.source_label, "step": made.step},
    )  # fmt: skip


def _offer_next_step(row: Opportunity, step: str, label: str, actor: Viewer, now: datetime) -> None:
    owner = db.session.get_one(User, row.owner_id)
    title = next_task(step, label, owner.locale)
    if title is None:
        return
    known = select(OpportunityTask.id).where(
        OpportunityTask.opportunity_id == row.id, OpportunityTask.title == title[:160],
        OpportunityTask.state == TaskState.OPEN.value,
    )  # fmt: skip
    if db.session.scalar(known.limit(1)) is None:
        db.session.add(staging.task_of(row, title[:160], due_on(business_day(now), 1), actor))


def _papers(row: Opportunity) -> list[PaperLine]:
    return [
        PaperLine(x.item_id, x.name, x.quantity, x.unit, x.rate, x.amount) for x in row.lines
    ]  # fmt: skip


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{currency} {amount}"
