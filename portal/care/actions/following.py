"""What follows a visit: promises become tasks, the next step a visit or a call, photographs lie beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from portal.access.viewer import Viewer
from portal.calls.actions import planning
from portal.calls.rules.facts import PlanFacts
from portal.calls.rules.kinds import Purpose
from portal.care.models import Visit, VisitPromise
from portal.care.queries.plans import ZONE
from portal.care.rules.kinds import NextKind
from portal.care.rules.visits import Promise, Sheet
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.service_requests.actions import tasks
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.rules.kinds import TaskKind

END_OF_DAY = time(18)
IMAGES = frozenset({"png", "jpeg"})


def keep_promises(
    visit: Visit, promises: Sequence[Promise], actor: Viewer, now: datetime
) -> list[VisitPromise]:
    """Each is a task of the visitor's, due at the end of the day that was named."""
    made = []
    for each in promises:
        if each.due_on is None:
            continue
        wanted = Plan(
            kind=TaskKind.TASK, title=each.text, assignee_id=visit.visitor_id, due_at=_ends(each.due_on),
            text=_about(visit),
        )  # fmt: skip
        task = tasks.make(wanted, visit.customer, actor, now).task
        db.session.flush()
        row = VisitPromise(
            customer_id=visit.customer_id, visit_id=visit.id, task_id=task.id, text=each.text, due_on=each.due_on
        )  # fmt: skip
        db.session.add(row)
        made.append(row)
    db.session.flush()
    db.session.expire(visit, ["promises"])
    return made


def _about(visit: Visit) -> str:
    """The visit by its number, and what a person wrote it is for."""
    is_typed = isinstance(visit.what_for, str)
    return f"{visit.number} {visit.purpose}" if is_typed else visit.number


def take_next_step(visit: Visit, sheet: Sheet, actor: Viewer, now: datetime) -> None:
    """Plan what was agreed for next time, where it is more than a remark."""
    if sheet.next_on is None or sheet.next_as == NextKind.NONE:
        return
    if sheet.next_as == NextKind.CALL:
        _call(visit, sheet, actor, now)
        return
    following = Visit(
        customer_id=visit.customer_id, kind=visit.kind, purpose=sheet.next_step[:160],
        planned_on=sheet.next_on, visitor_id=visit.visitor_id, contact_id=visit.contact_id,
        site_id=visit.site_id, opportunity_id=visit.opportunity_id, place=visit.place,
        plan_key=f"next-{visit.id}", number=next_number("VS", business_day(now).year),
        made_by=actor.user_id, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(following)
    told = {"planned_on": f"{sheet.next_on}", "after": visit.number}
    audit.record(actor, "care_visit.planned", following, now, after=told)


def keep_files(visit: Visit, files: Sequence[ReceivedFile], actor: Viewer, now: datetime) -> None:
    """Photographs and papers of a visit: ours, never the customer's."""
    for each in files:
        kind = FileKind.PHOTO if each.kind in IMAGES else FileKind.OTHER
        attach(visit, each, kind, actor, now, is_shared=False)


def _call(visit: Visit, sheet: Sheet, actor: Viewer, now: datetime) -> None:
    assert sheet.next_on is not None  # asked for by cleaned_sheet
    contact = visit.contact
    facts = PlanFacts(
        purpose=Purpose.SALES,
        due_at=_ends(sheet.next_on),
        number=contact.phone if contact else "",
        name=contact.name if contact else "",
        customer_id=visit.customer_id,
        contact_id=visit.contact_id,
        assignee_id=visit.visitor_id,
        text=f"{sheet.next_step} ({visit.number})",
    )
    planning.plan(facts, actor, now, key=f"care-visit-{visit.id}")


def _ends(on: date) -> datetime:
    """The end of that working day."""
    return datetime.combine(on, END_OF_DAY, ZONE)
