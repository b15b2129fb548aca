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
from portal.customers.queries import matching
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.usage.actions import recording
from portal.usage.forms import UsageForm
from portal.usage.models import UsageRecord
from portal.usage.queries import records as queries
from portal.usage.rules.states import UsageState
from portal.usage.views.desk_door import bp, today
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import name_of, say

FOUND = 12
SERIES = "US"


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
        row = attempted(form, lambda: _recorded(form, customer))
        if row is not None:
            flash(_said(row), "success" if row.state == UsageState.MATCHED else "warning")
            return redirect(url_for(".show", usage_id=row.id), 303)
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


def _recorded(form: UsageForm, customer: Customer) -> UsageRecord:
    now = clock.now()
    reference = (form.reference.data or "").strip() or next_number(SERIES, today().year)
    fact = form.fact(customer.id, _usual_unit(form), reference)
    return recording.record(fact, g.viewer, now)


def _usual_unit(form: UsageForm) -> str:
    """The unit that the chosen service is measured in."""
    code = (form.item_code.data or "").strip()
    by_id = db.session.get(ServiceItem, form.item_id.data) if form.item_id.data else None
    item = by_id or item_by_code(code)
    return item.main_unit if item else ""


def _said(row: UsageRecord) -> str:
    if row.state == UsageState.MATCHED:
        return _("Recorded and drawn.")
    return _("Recorded; no entitlement fits, so it waits in the queue.")
