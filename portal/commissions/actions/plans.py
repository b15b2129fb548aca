"""Making and withdrawing plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission, Role
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.commissions.models import CommissionLine, CommissionPlan, CommissionRun
from portal.commissions.rules.plans import Band, bands_to, checked
from portal.commissions.rules.states import RunState
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.receivables.rules.report_months import moved


@dataclass(frozen=True, slots=True)
class NewPlan:
    """For one person or for a role; no bands: nothing from then on."""

    starts_on: date
    bands: Sequence[Band]
    user_id: int | None = None
    role: Role | None = None
    note: str = ""


def make(new: NewPlan, actor: Viewer, now: datetime) -> CommissionPlan:
    """A plan from a day on. Invalid at its field for nobody, two at once, a day twice, or a month that is closed."""
    _check_right(actor)
    bands = checked(new.bands)
    if (new.user_id is None) == (new.role is None):
        raise Invalid(t("Choose a person or a role."), "whom")
    if (
        new.user_id is not None
        and getattr(db.session.get(User, new.user_id), "kind", "") != "staff"
    ):
        raise Invalid(t("Choose one of the firm's people."), "whom")
    if new.starts_on.day != 1:
        raise Invalid(t("A plan begins on the first day of a month."), "starts_on")
    _check_open(new.starts_on)
    role = new.role.value if new.role else None
    same = select(CommissionPlan.id).where(
        CommissionPlan.user_id.is_not_distinct_from(new.user_id),
        CommissionPlan.role.is_not_distinct_from(role),
        CommissionPlan.starts_on == new.starts_on,
    )
    if db.session.scalar(same) is not None:
        raise Invalid(
            t("There is a plan from that day on already. Withdraw it first."), "starts_on"
        )
    row = CommissionPlan(
        user_id=new.user_id, role=role, starts_on=new.starts_on, bands=bands_to(bands), note=new.note.strip()[:300],
        made_by=actor.user_id, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "commission_plan.made", row, now, after=_facts(row))
    return row


def withdraw(plan: CommissionPlan, actor: Viewer, now: datetime) -> None:
    """Take a plan away that no run has used; NotAllowedNow otherwise."""
    _check_right(actor)
    used = select(CommissionLine.id).where(CommissionLine.plan_id == plan.id).limit(1)
    if db.session.scalar(used) is not None:
        raise NotAllowedNow(t("A run has used this plan. Make one that follows it."))
    audit.record(actor, "commission_plan.withdrawn", plan, now, before=_facts(plan))
    db.session.delete(plan)
    db.session.flush()


def _check_open(starts_on: date) -> None:
    """A month whose commission is approved gets no other plan."""
    last = db.session.scalar(
        select(CommissionRun.month)
        .where(CommissionRun.state != RunState.DRAFT.value)
        .order_by(CommissionRun.month.desc())
        .limit(1)
    )
    if last is not None and starts_on <= last:
        opens = moved(last, 1)
        raise Invalid(
            t("The commission of that month is approved; from %(day)s on.", day=f"{opens}"), "starts_on"
        )  # fmt: skip


def _check_right(actor: Viewer) -> None:
    if not actor.may(Permission.COMMISSION_EDIT):
        raise Forbidden()


def _facts(row: CommissionPlan) -> dict[str, object]:
    return {
        "user_id": row.user_id,
        "role": row.role,
        "starts_on": f"{row.starts_on}",
        "bands": row.bands,
    }
