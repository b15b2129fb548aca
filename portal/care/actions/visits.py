"""Visits to customers: planned, moved, called off, and the sheet of whoever comes back (REQUIREMENTS K5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.care.actions import following
from portal.care.models import Visit
from portal.care.queries import visits as queries
from portal.care.rules.states import VISIT_STEPS, VisitState, VisitStep
from portal.care.rules.visits import (
    LONGEST_REASON,
    Promise,
    Sheet,
    VisitPlan,
    cleaned_plan,
    cleaned_sheet,
)
from portal.customers.models import Contact, Customer, Site
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.db.stale import stale
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.opportunities.models import Competitor, Opportunity
from portal.service_requests.queries.near import near

SERIES = "VS"
WRITTEN = (
    "done_on", "met", "mood", "summary", "needs", "competitor_id", "competitor_words", "next_step",
    "next_on",
)  # fmt: skip
"""What a sheet leaves on its visit."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The visit as it was kept, and the visitor's other visits at the same time: told, not refused."""

    visit: Visit
    clashes: tuple[Visit, ...] = ()


def plan(facts: VisitPlan, actor: Viewer, now: datetime, *, key: str | None = None) -> Kept:
    """Plan a visit; `key` keeps one for each cause.

    Raises InvalidMany by field, NotFound for a customer, contact, site or opportunity out of reach or of another
    customer, Invalid at "visitor_id" for somebody who does not look after the customer.
    """
    _check(actor)
    tidy = cleaned_plan(facts)
    customer = load(Customer, tidy.customer_id, actor, P.CARE_WORK)
    _check_parties(tidy, actor)
    _check_visitor(tidy, actor)
    visit = Visit(
        **asdict(tidy), number=next_number(SERIES, business_day(now).year), plan_key=key,
        made_by=actor.user_id, created_at=now, updated_at=now,
    )  # fmt: skip
    visit.customer = customer
    db.session.add(visit)
    audit.record(actor, "care_visit.planned", visit, now, after=_told(visit))
    return Kept(visit, tuple(queries.clashing(visit)))


def move(visit: Visit, facts: VisitPlan, version: int, actor: Viewer, now: datetime) -> Kept:
    """Another day, another person, other words; for a visit that was read at `version`. As `plan`, and StaleEdit."""
    _check(actor)
    tidy = cleaned_plan(facts)
    row = queries.held(visit)
    VISIT_STEPS.next(VisitState(row.state), VisitStep.MOVE)
    _check_version(row, version)
    if tidy.customer_id != row.customer_id:
        raise NotFound()
    _check_parties(tidy, actor)
    _check_visitor(tidy, actor)
    before = _told(row)
    for name, value in asdict(tidy).items():
        setattr(row, name, value)
    row.updated_at = now
    db.session.flush()
    audit.record(actor, "care_visit.moved", row, now, before=before, after=_told(row))
    return Kept(row, tuple(queries.clashing(row)))


def cancel(visit: Visit, reason: str, actor: Viewer, now: datetime) -> Visit:
    """Call it off; the reason is needed."""
    _check(actor)
    row = queries.held(visit)
    said = reason.strip()
    if len(said) < 2:
        raise Invalid(t("Say why."), "reason")
    row.state = VISIT_STEPS.next(VisitState(row.state), VisitStep.CANCEL).value
    row.end_reason, row.updated_at = said[:LONGEST_REASON], now
    audit.record(actor, "care_visit.cancelled", row, now, reason=row.end_reason)
    return row


def finish(
    visit: Visit, sheet: Sheet, actor: Viewer, now: datetime, files: Sequence[ReceivedFile] = ()
) -> Visit:
    """Write the sheet of a visit: promises become tasks, the next step a visit or a call where that is wanted.

    Raises InvalidMany by field, NotAllowedNow for one that was made or called off.
    """
    _check(actor)
    tidy = cleaned_sheet(sheet, visit.kind, business_day(now))
    _check_competitor(tidy)
    row = queries.held(visit)
    after = VISIT_STEPS.next(VisitState(row.state), VisitStep.FINISH)
    _write(row, tidy, now)
    row.state = after.value
    db.session.flush()
    audit.record(actor, "care_visit.done", row, now, after=_said(tidy))
    following.keep_promises(row, tidy.promises, actor, now)
    following.take_next_step(row, tidy, actor, now)
    following.keep_files(row, files, actor, now)
    return row


def correct(
    visit: Visit, sheet: Sheet, version: int, actor: Viewer, now: datetime, files: Sequence[ReceivedFile] = ()
) -> Visit:  # fmt: skip
    """Put the sheet of a visit right that was read at `version`; more promises may follow. Raises StaleEdit."""
    _check(actor)
    row = queries.held(visit)
    if row.state != VisitState.DONE.value:
        raise NotAllowedNow(t("This visit has no sheet yet."))
    _check_version(row, version)
    tidy = cleaned_sheet(sheet, row.kind, business_day(now))
    _check_competitor(tidy)
    before = {name: str(getattr(row, name) or "") for name in WRITTEN}
    _write(row, tidy, now)
    after = {name: str(getattr(row, name) or "") for name in WRITTEN}
    changed = [name for name in WRITTEN if after[name] != before[name]]
    db.session.flush()
    if changed:
        audit.record(
            actor, "care_visit.noted", row, now,
            before={name: before[name][:400] for name in changed}, after={name: after[name][:400] for name in changed},
        )  # fmt: skip
    following.keep_promises(row, tidy.promises, actor, now)
    following.keep_files(row, files, actor, now)
    return row


def facts_of(visit: Visit) -> VisitPlan:
    """What is planned of a stored visit."""
    return VisitPlan(**{name: getattr(visit, name) for name in VisitPlan.__dataclass_fields__})


def sheet_of(visit: Visit) -> Sheet:
    """What the sheet of a stored visit says; its promises are tasks by now."""
    values = {name: getattr(visit, name) for name in WRITTEN}
    return Sheet(**{**values, "done_on": visit.done_on or visit.planned_on}, promises=())


def promise(text: str, due_on: Any) -> Promise:
    """A promise as it was typed."""
    return Promise(text or "", due_on)


def _check(actor: Viewer) -> None:
    if not actor.may(P.CARE_WORK):
        raise Forbidden()


def _check_version(row: Visit, version: int) -> None:
    if row.version != version:
        raise stale(row)


def _check_parties(plan: VisitPlan, actor: Viewer) -> None:
    pointed = (
        (Contact, plan.contact_id), (Site, plan.site_id), (Opportunity, plan.opportunity_id),
    )  # fmt: skip
    for model, row_id in pointed:
        if row_id is not None:
            row: Any = load(model, row_id, actor, P.CARE_WORK)
            if row.customer_id != plan.customer_id:
                raise NotFound()


def _check_visitor(plan: VisitPlan, actor: Viewer) -> None:
    known = {user.id for user in near(P.CARE_WORK, plan.customer_id)}
    if plan.visitor_id not in known:
        raise Invalid(t("Choose one of our people who looks after this customer."), "visitor_id")


def _check_competitor(sheet: Sheet) -> None:
    if sheet.competitor_id is not None and db.session.get(Competitor, sheet.competitor_id) is None:
        raise Invalid(t("Choose one of the list."), "competitor_id")


def _write(row: Visit, sheet: Sheet, now: datetime) -> None:
    for name in WRITTEN:
        setattr(row, name, getattr(sheet, name))
    row.updated_at = now


def _said(sheet: Sheet) -> dict[str, Any]:
    return {
        "on": f"{sheet.done_on}",
        "met": sheet.met,
        "mood": sheet.mood,
        "summary": sheet.summary[:400],
    }


def _told(visit: Visit) -> dict[str, Any]:
    return {
        "kind": visit.kind, "planned_on": f"{visit.planned_on}",
        "starts_at": visit.starts_at.isoformat() if visit.starts_at else None,
        "visitor": visit.visitor_id, "purpose": visit.purpose,
    }  # fmt: skip
