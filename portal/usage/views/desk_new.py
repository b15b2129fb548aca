"""One usage typed in: first for whom, then what."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.items import item_by_code
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.usage.actions import recording
from portal.usage.forms import UsageForm
from portal.usage.models import UsageRecord
from portal.usage.queries import records as queries
from portal.usage.rules.drawing import is_far_beyond
from portal.usage.rules.facts import UsageFact
from portal.usage.rules.states import UsageState
from portal.usage.views.desk_door import bp, today
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import name_of, say

FOUND = 12
SERIES = "US"
GONE = (UsageState.REVERSED, UsageState.DISMISSED)


@bp.route("/usage/new", methods=["GET", "POST"])
@once
@requires(P.USAGE_RECORD)
def new() -> Any:
    """Record one usage of a customer."""
    customer = _customer()
    if customer is None:
        words = request.args.get("q", "").strip()[:80]
        found = matching(words, g.viewer, FOUND) if words else []
        return page("bookings/desk_customer.html", words=words, found=found, endpoint=".new")
    form = _form(customer)
    if form.validate_on_submit():
        told = attempted(form, lambda: _recorded(form, customer))
        if told is not None:
            flash(*_said(*told))
            return redirect(url_for(".show", usage_id=told[0].id), 303)
    return form_page("usage/new.html", form, customer=customer)


def _customer() -> Customer | None:
    wanted = request.values.get("customer_id", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        return None
    return load(Customer, int(wanted), g.viewer, P.CUSTOMER_SEE)


def _form(customer: Customer) -> UsageForm:
    form = UsageForm(data={"used_on": today(), "item_id": request.args.get("item", type=int)})
    bought = {each.item_id: each for each in queries.usable(customer, g.viewer)}
    listed = [
        (each.item_id, f"{name_of(each.item)} · {say(unit_word(each.unit))}")
        for each in bought.values()
    ]
    form.item_id.choices = [("", _("Choose a service")), *sorted(listed, key=lambda each: each[1])]
    return form


def _recorded(form: UsageForm, customer: Customer) -> tuple[UsageRecord, bool]:
    """The record, and whether it is new; Invalid when its reference stands for one that does not count any more."""
    now = clock.now()
    reference = (form.reference.data or "").strip() or next_number(SERIES, today().year)
    fact = form.fact(customer.id, _usual_unit(form), reference)
    before = queries.recorded_as(fact.source, fact.reference, g.viewer)
    if before is not None and before.state in GONE:
        raise Invalid(_gone(before), "reference")
    if before is None and not form.confirmed.data:
        _ask_if_far_beyond(fact, customer)
    return recording.record(fact, g.viewer, now), before is None


def _gone(before: UsageRecord) -> Text:
    """Why the reference of a record that does not count any more is not used once more."""
    if before.state == UsageState.REVERSED:
        return t(
            "Nothing was recorded: %(reference)s was recorded before and reversed. Use another reference.",
            reference=before.reference,
        )
    return t(
        "Nothing was recorded: %(reference)s was recorded before and dismissed. Use another reference.",
        reference=before.reference,
    )


def _ask_if_far_beyond(fact: UsageFact, customer: Customer) -> None:
    """Invalid at the box to be ticked when so much can hardly be meant."""
    item = item_by_code(fact.item_code)
    item_id = fact.item_id or (item.id if item else None)
    granted = [
        (each.unit, None if each.is_unlimited else each.granted)
        for each in queries.usable(customer, g.viewer)
        if each.item_id == item_id and each.starts_on <= fact.used_on <= each.ends_on
    ]
    if is_far_beyond(fact.quantity, fact.unit, granted):
        asked = t("This is more than ten times what was granted in all. Tick it if that is right.")
        raise Invalid(asked, "confirmed")


def _usual_unit(form: UsageForm) -> str:
    """The unit that the chosen service is measured in."""
    code = (form.item_code.data or "").strip()
    by_id = db.session.get(ServiceItem, form.item_id.data) if form.item_id.data else None
    item = by_id or item_by_code(code)
    return item.main_unit if item else ""


def _said(row: UsageRecord, is_new: bool) -> tuple[str, str]:
    if not is_new:
        said = _("%(reference)s is already recorded; not recorded again.", reference=row.reference)
        return said, "info"
    if row.state == UsageState.MATCHED:
        return _("Recorded and drawn."), "success"
    return _("Recorded; no entitlement fits, so it waits in the queue."), "warning"
