"""How often each tier is visited, and the visits that plan themselves by it (REQUIREMENTS K5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import SYSTEM, Viewer
from portal.care.actions import visits
from portal.care.models import Visit, VisitTarget
from portal.care.queries import plans as queries
from portal.care.queries.visits import is_planned
from portal.care.rules.kinds import BY_MANAGEMENT, BY_PLAN, VisitKind
from portal.care.rules.plans import FIRST_GOALS, KEY_CUSTOMERS, Goal, cause_key, due_on, free_day
from portal.care.rules.settings import KEY, CareSettings
from portal.care.rules.visits import VisitPlan
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.documents.queries import NO_FIRM
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, InvalidMany, StaleEdit
from portal.kernel.text import t
from portal.service_requests.queries import people
from portal.service_requests.queries.near import near
from portal.service_requests.queries.work_calendar import firm_calendar

MOST_DAYS = 1095


def seed(actor: Viewer, now: datetime) -> int:
    """The usual plan, where the firm has none; how many rows were made."""
    if queries.targets():
        return 0
    for goal in FIRST_GOALS:
        db.session.add(
            VisitTarget(segment=goal.segment, kind=goal.kind.value, every_days=goal.every_days)
        )
    db.session.flush()
    return len(FIRST_GOALS)


def change(
    wanted: Mapping[str, Goal], settings: CareSettings, version: int, actor: Viewer, now: datetime
) -> None:
    """Other days and ways for the tiers (`wanted` by segment), and other values of the plan.

    `version`: the sum of the versions of its rows and of the firm's settings that were read. Raises InvalidMany by the
    segment's name ("key" for key customers) or the setting's, StaleEdit when somebody was quicker.
    """
    if not actor.may(P.CARE_SET):
        raise Forbidden()
    _check_days(wanted)
    checked = settings.checked()
    rows = {row.segment: row for row in queries.targets()}
    stands = version_of_plan()
    if version != stands:
        said = t(
            "Somebody else changed the plan after you opened it. Compare, then send yours again."
        )
        raise StaleEdit(said, version=stands)
    for segment, goal in wanted.items():
        row = rows.get(segment)
        if row is not None and (row.kind, row.every_days) != (goal.kind.value, goal.every_days):
            before = {"kind": row.kind, "every_days": row.every_days}
            row.kind, row.every_days = goal.kind.value, goal.every_days
            db.session.flush()
            after = {"kind": row.kind, "every_days": row.every_days}
            audit.record(actor, "visit_plan.changed", row, now, before=before, after=after)
    _keep_settings(checked, actor, now)


def version_of_plan() -> int:
    """What a form of the plan was read at."""
    profile = db.session.get(FirmProfile, 1)
    return sum(row.version for row in queries.targets()) + (profile.version if profile else 1)


def plan_next(target: VisitTarget, wanted: queries.Wanted, now: datetime) -> Visit | None:
    """Plan the visit that a row of the plan wants for a customer, once for its cause; None when there is nobody to go.

    The customer's owner goes; to a key customer one of the managers, each customer always the same.
    """
    load(Customer, wanted.customer_id, SYSTEM, P.CARE_WORK, lock=True)
    key = cause_key(target.segment, wanted.customer_id, wanted.last_id)
    visitor_id = _visitor(target, wanted)
    if visitor_id is None or is_planned(key):
        return None
    today = business_day(now)
    facts = VisitPlan(
        kind=target.kind,
        customer_id=wanted.customer_id,
        visitor_id=visitor_id,
        planned_on=_day(target, wanted, visitor_id, today),
        purpose=(BY_MANAGEMENT if target.kind == VisitKind.MANAGEMENT else BY_PLAN).msgid,
    )
    return visits.plan(facts, SYSTEM, now, key=key).visit


def _day(target: VisitTarget, wanted: queries.Wanted, visitor_id: int, today: date) -> date:
    due = due_on(wanted.last_on, wanted.since, target.every_days)
    taken = queries.taken_days(visitor_id, today)
    return free_day(due, today, taken, queries.care_settings().a_day, firm_calendar())


def _visitor(target: VisitTarget, wanted: queries.Wanted) -> int | None:
    if target.segment == KEY_CUSTOMERS:
        managers = queries.managers()
        return managers[wanted.customer_id % len(managers)] if managers else None
    owner_id = wanted.owner_id
    if owner_id is None or not people.may(owner_id, P.CARE_WORK):
        return None
    return (
        owner_id
        if owner_id in {user.id for user in near(P.CARE_WORK, wanted.customer_id)}
        else None
    )


def _check_days(wanted: Mapping[str, Goal]) -> None:
    wrong = {
        goal.segment or "key": t("From 0 to %(most)s days.", most=MOST_DAYS)
        for goal in wanted.values()
        if not 0 <= goal.every_days <= MOST_DAYS
    }
    if wrong:
        raise InvalidMany(wrong)


def _keep_settings(wanted: CareSettings, actor: Viewer, now: datetime) -> None:
    profile = db.session.get(FirmProfile, 1)
    before = CareSettings.from_json(profile.sales if profile else None).to_json()
    after = wanted.to_json()
    if before == after:
        return
    if profile is None:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, name_en=NO_FIRM.name_en)
        db.session.add(profile)
    profile.sales = {**(profile.sales or {}), **after}
    db.session.flush()
    audit.record(actor, "visit_plan.changed", profile, now, before=before[KEY], after=after[KEY])
