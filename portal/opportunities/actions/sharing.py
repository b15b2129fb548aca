"""Who works on an opportunity: collaborators with their own forecast, and the hand-over (REQUIREMENTS O2, O10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound
from portal.kernel.text import Text, t
from portal.opportunities.actions import telling
from portal.opportunities.actions.holding import check_open, held, touch, unlocked
from portal.opportunities.models import Collaborator, Opportunity, OpportunityTask
from portal.opportunities.queries.people import may, may_own, name_of
from portal.opportunities.rules import values, wording
from portal.opportunities.rules.states import TaskState


@dataclass(frozen=True, slots=True)
class Share:
    """A colleague's part, and what they forecast themselves: an amount in any currency, a likelihood in percent."""

    user_id: int
    part: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    likelihood: int | None = None
    note: str = ""


def may_decide(row: Opportunity, actor: Viewer) -> bool:
    """Whether `actor` may hand it over and write others' forecasts: its owner, and who assigns customers."""
    return row.owner_id == actor.user_id or actor.may(Permission.CUSTOMER_ASSIGN)


def share(opportunity: Opportunity, wish: Share, actor: Viewer, now: datetime) -> Collaborator:
    """Let a colleague work on it, or say anew what their part is; they see it from now on and are told.

    Colleagues write their own forecast; another's only its owner, or who assigns customers. InvalidMany by the names of
    `Share`.
    """
    row = _open_to(opportunity, wish.user_id, actor)
    found = _of(row, wish.user_id)
    before = None if found is None else _said(found)
    figures = (wish.amount, wish.likelihood)
    kept = (None, None) if found is None else (found.amount, found.likelihood)
    if figures != kept and wish.user_id != actor.user_id and not may_decide(row, actor):
        raise Forbidden(t("Colleagues write their own forecast."))
    _check(row, wish)
    if found is None:
        found = Collaborator(
            customer_id=row.customer_id, opportunity_id=row.id, user_id=wish.user_id
        )
        db.session.add(found)
    found.part, found.note = wording.one_line(wish.part), wording.one_line(wish.note)
    found.amount, found.currency, found.likelihood = wish.amount, wish.currency, wish.likelihood
    if before != _said(found):
        touch(row, now)
        audit.record(
            actor, "opportunity.shared", row, now, before=before, after=_said(found)
        )  # fmt: skip
    if before is None:
        telling.tell(row, "shared", wish.user_id, actor, now)
    return found


def unshare(opportunity: Opportunity, user_id: int, actor: Viewer, now: datetime) -> None:
    """They work on it no more; everybody may leave. NotFound where they do not."""
    row = _open_to(opportunity, user_id, actor)
    found = _of(row, user_id)
    if found is None:
        raise NotFound()
    before = _said(found)
    db.session.delete(found)
    touch(row, now)
    audit.record(actor, "opportunity.shared", row, now, before=before)


def hand_over(
    opportunity: Opportunity, to: int, actor: Viewer, now: datetime, *, version: int | None = None, reason: str = "",
    stays: bool = False,
) -> Opportunity:  # fmt: skip
    """Somebody else looks after it, with its owner's open tasks; `stays`: the old owner goes on as a collaborator.

    Its owner does, or who assigns customers. Of two at once the first wins: the other is told who was quicker
    (StaleEdit with a `version`), or has nothing to hand over any more (Forbidden). Invalid at "owner_id".
    """
    row = unlocked(opportunity, actor, version)
    if not may_decide(row, actor):
        raise Forbidden(t("%(name)s looks after it.", name=name_of(row.owner_id)))
    if not may_own(to):
        raise Invalid(t("Choose somebody who works on opportunities."), "owner_id")
    if row.owner_id == to:
        raise Invalid(t("It is theirs already."), "owner_id")
    why = wording.lines_of(reason)[: wording.LONGEST_REASON]
    before, row.owner_id = row.owner_id, to
    tasks = _move_tasks(row, before, to, now)
    _swap_parts(row, before, to, stays)
    touch(row, now)
    db.session.refresh(row, ["owner"])
    audit.record(
        actor, "opportunity.handed_over", row, now, before={"owner": name_of(before)},
        after={"owner": name_of(to), "tasks": tasks}, reason=why or None,
    )  # fmt: skip
    telling.tell(row, "handed_over", to, actor, now, what=why)
    return row


def _open_to(opportunity: Opportunity, user_id: int, actor: Viewer) -> Opportunity:
    """Held and open. One's own part one may change without the right to work on opportunities."""
    if user_id != actor.user_id:
        return unlocked(opportunity, actor)
    row = held(opportunity, actor, permission=Permission.OPPORTUNITY_SEE)
    check_open(row)
    return row


def _of(row: Opportunity, user_id: int) -> Collaborator | None:
    return db.session.scalar(
        select(Collaborator).where(
            Collaborator.opportunity_id == row.id, Collaborator.user_id == user_id
        )
    )


def _check(row: Opportunity, wish: Share) -> None:
    problems: dict[str, Text | None] = {
        "currency": values.currency_problem(wish.currency),
        "amount": values.amount_problem(wish.amount, wish.currency),
        "likelihood": values.likelihood_problem(wish.likelihood),
        "part": wording.too_long(wording.one_line(wish.part), 80),
        "note": wording.too_long(wording.one_line(wish.note), 300),
    }
    if not may(wish.user_id, Permission.OPPORTUNITY_SEE):
        problems["user_id"] = t("Choose a colleague who may see opportunities.")
    elif wish.user_id == row.owner_id:
        problems["user_id"] = t("The opportunity's own figures are its owner's forecast.")
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)


def _said(found: Collaborator) -> dict[str, Any]:
    amount = None if found.amount is None else f"{found.currency} {found.amount}"
    return {
        "with": name_of(found.user_id), "part": found.part, "amount": amount, "likelihood": found.likelihood,
        "note": found.note,
    }  # fmt: skip


def _move_tasks(row: Opportunity, before: int, to: int, now: datetime) -> int:
    wanted = select(OpportunityTask).where(
        OpportunityTask.opportunity_id == row.id, OpportunityTask.state == TaskState.OPEN.value,
        OpportunityTask.assignee_id == before,
    )  # fmt: skip
    tasks = list(db.session.scalars(wanted))
    for task in tasks:
        task.assignee_id, task.updated_at = to, now
    return len(tasks)


def _swap_parts(row: Opportunity, before: int, to: int, stays: bool) -> None:
    """The new owner's forecast is the opportunity's own from now on."""
    found = _of(row, to)
    if found is not None:
        db.session.delete(found)
    if stays and _of(row, before) is None:
        db.session.add(
            Collaborator(
                customer_id=row.customer_id, opportunity_id=row.id, user_id=before, currency=row.currency
            )
        )  # fmt: skip
