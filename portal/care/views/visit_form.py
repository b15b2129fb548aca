"""The forms of visits: what they begin with, and what was typed as facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.care.actions import visits
from portal.care.forms.visits import SheetForm, VisitForm
from portal.care.models import Visit
from portal.care.queries.plans import targets
from portal.care.rules.kinds import (
    BY_MANAGEMENT,
    BY_PLAN,
    VISIT_KINDS,
    NextKind,
    VisitKind,
    purpose_kept,
)
from portal.care.rules.states import VisitState
from portal.care.rules.visits import Sheet, VisitPlan
from portal.care.views.door import competitor_choices, contact_choices, site_choices
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.workcalendar import ONE_DAY
from portal.opportunities.queries.lists import of_customer
from portal.service_requests.queries.near import near
from portal.service_requests.queries.work_calendar import firm_calendar
from portal.web.stepping import as_id, day_in, instant_of, local, number_in, typed
from portal.web.words import say


def visit_form(customer: Customer, visit: Visit | None) -> VisitForm:
    """A visit as it stands, or begun with what the address and the plan of the tier say."""
    form = VisitForm(data=_planned(visit) if visit else _likely(customer))
    people = near(P.CARE_WORK, customer.id)
    form.visitor_id.choices = [(str(user.id), user.name) for user in people]
    form.contact_id.choices = contact_choices(customer)
    form.site_id.choices = site_choices(customer)
    known = of_customer(customer.id, g.viewer, limit=50) if g.viewer.may(P.OPPORTUNITY_SEE) else []
    form.opportunity_id.choices = [
        ("", _("None")), *((str(row.id), f"{row.number} {row.title}") for row in known)
    ]  # fmt: skip
    return form


def visit_facts(form: VisitForm, customer_id: int) -> VisitPlan:
    """What was typed."""
    on: date = form.planned_on.data
    return VisitPlan(
        kind=form.kind.data,
        customer_id=customer_id,
        visitor_id=as_id(form.visitor_id.data) or 0,
        planned_on=on,
        purpose=purpose_kept(form.purpose.data or "", say),
        starts_at=instant_of(on, form.at.data) if form.at.data else None,
        minutes=form.minutes.data or 0,
        contact_id=as_id(form.contact_id.data),
        site_id=as_id(form.site_id.data),
        opportunity_id=as_id(form.opportunity_id.data),
        place=form.place.data or "",
    )


def sheet_form(visit: Visit) -> SheetForm:
    """The sheet as it stands, or begun with whom and when was planned."""
    sheet, today = visits.sheet_of(visit), clock.today()
    values: dict[str, Any] = {name: getattr(sheet, name) for name in visits.WRITTEN}
    if visit.state == VisitState.PLANNED.value:
        values["met"] = visit.contact.name if visit.contact else ""
        values["done_on"] = min(visit.planned_on, today)
    values |= {"version": str(visit.version), "competitor_id": str(visit.competitor_id or "")}
    values["next_as"] = (
        NextKind.NONE.value
    )  # what follows is planned once; a sheet that is put right does not ask
    form = SheetForm(data=values)
    form.competitor_id.choices = competitor_choices(visit.competitor_id)
    return form


def sheet_facts(form: SheetForm) -> Sheet:
    """What was typed."""
    return Sheet(
        done_on=form.done_on.data,
        met=form.met.data or "",
        mood=form.mood.data or "",
        summary=form.summary.data or "",
        needs=form.needs.data or "",
        competitor_id=as_id(form.competitor_id.data),
        competitor_words=form.competitor_words.data or "",
        next_step=form.next_step.data or "",
        next_on=form.next_on.data,
        next_as=form.next_as.data or "",
        promises=tuple(
            visits.promise(each.form.text.data, each.form.due_on.data) for each in form.promises
        ),
    )


def _planned(visit: Visit) -> dict[str, Any]:
    at = local(visit.starts_at).time() if visit.starts_at else None
    facts = visits.facts_of(visit)
    ids = ("visitor_id", "contact_id", "site_id", "opportunity_id")
    return {
        **{name: getattr(facts, name) for name in ("kind", "planned_on", "minutes", "place")},
        "purpose": say(visit.what_for),
        **{name: str(getattr(facts, name) or "") for name in ids},
        "at": at,
        "version": str(visit.version),
    }  # fmt: skip


def _likely(customer: Customer) -> dict[str, Any]:
    by_tier = {row.segment: row.kind for row in targets()}
    wanted = typed("kind", 12)  # the list of the plan says which visit it wants
    is_wanted = wanted in VISIT_KINDS
    is_management = wanted == VisitKind.MANAGEMENT
    tomorrow = firm_calendar().on_or_after(clock.today() + ONE_DAY)
    return {
        "kind": wanted if is_wanted else by_tier.get(customer.segment, VisitKind.ON_SITE.value),
        "purpose": say(BY_MANAGEMENT if is_management else BY_PLAN) if is_wanted else "",
        "planned_on": day_in("on") or tomorrow,
        "minutes": 60,
        "visitor_id": str(g.viewer.user_id),
        "contact_id": str(number_in("contact") or ""),
        "opportunity_id": str(number_in("opportunity") or ""),
    }
