"""Writing down a request for a customer: first for whom, then everything on one page."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.calls.actions import noting
from portal.calls.models import Call
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.service_requests.actions import opening
from portal.service_requests.actions.opening import NewLine, NewRequest
from portal.service_requests.forms.desk_new import DeskOpenForm
from portal.service_requests.forms.my import NONE
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.details import Detail, kept
from portal.service_requests.rules.kinds import WITH_LINES, RequesterKind, RequestKind
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_opening import asker, drawn_form, rows_added
from portal.service_requests.views.request_subject import (
    Subject,
    call_named,
    carried,
    subject_named,
)
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.stepping import as_id

TEMPLATE = "service_requests/desk_new.html"
FOUND = 12
MORE_ROWS = 3


@bp.route("/requests/new", methods=["GET", "POST"])
@once
@requires(P.REQUEST_RAISE)
def new() -> Any:
    """For whom, then what."""
    subject, call = subject_named(), call_named()
    customer = _customer(subject, call)
    if customer is None:
        return _whom()
    form = drawn_form(customer, subject, call)
    shown = {"customer": customer, "subject": subject, "call": call, "with_lines": WITH_LINES,
             "here": url_for(".new", **carried())}  # fmt: skip
    if request.form.get("do") == "rows":
        return page(TEMPLATE, form=rows_added(form, MORE_ROWS), **shown)
    verb = partial(_opened, form, customer, subject, call)
    made = attempted(form, verb) if form.validate_on_submit() else None
    if made is None:
        return form_page(TEMPLATE, form, **shown)
    flash(_("%(number)s is open.", number=made.number), "success")
    return redirect(url_for(".show", request_id=made.id), 303)


def _whom() -> Any:
    words = request.args.get("q", "").strip()[:80]
    found = matching(words, g.viewer, FOUND) if words else []
    return page("service_requests/desk_whom.html", words=words, found=found, carried=carried())


def _customer(subject: Subject | None, call: Call | None) -> Customer | None:
    """For whom: said by what it is about, outright, or by who rang."""
    named = subject.customer_id if subject else as_id(request.args.get("customer"))
    row_id = named or (call.customer_id if call else None)
    return load(Customer, row_id, g.viewer, P.REQUEST_RAISE) if row_id else None


def _opened(
    form: DeskOpenForm, customer: Customer, subject: Subject | None, call: Call | None
) -> ServiceRequest:
    """Open it with its files; the call leads to it."""
    now = clock.now()
    proof = form.authority.uploads if form.on_behalf.data else []
    new = _written(form, customer, subject)
    row = opening.open_(new, g.viewer, now, files=form.files.uploads, authority=proof)
    if call is not None:
        noting.attach(call, row, g.viewer, now)
    return row


def _written(form: DeskOpenForm, customer: Customer, subject: Subject | None) -> NewRequest:
    kind = RequestKind(form.kind.data)
    named = form.entitlement_id.data
    typed = {each: form[each.value].data for each in Detail}
    return NewRequest(
        customer_id=customer.id, kind=kind.value, title=form.title.data or "", text=form.text.data or "",
        severity=int(form.severity.data), channel=form.channel.data, scope=form.scope.data,
        category_id=form.category_id.data, owner_id=form.owner_id.data,
        entitlement_id=int(named) if named and named != NONE else None,
        no_match=form.no_match.data if named == NONE else None,
        details=kept(kind, typed), lines=_lines(form, kind),
        is_internal=bool(form.is_internal.data) or kind is RequestKind.INTERNAL,
        **_asking(form, customer), **(subject.names if subject else {}),
    )  # fmt: skip


def _lines(form: DeskOpenForm, kind: RequestKind) -> list[NewLine]:
    if kind not in WITH_LINES:
        return []
    return [
        NewLine(row.name.data or "", row.unit.data, row.quantity.data or Decimal(0), cause=row.cause.data or "")
        for row in form.rows
    ]  # fmt: skip


def _asking(form: DeskOpenForm, customer: Customer) -> dict[str, Any]:
    """Who asks: one of the customer's people as the portal knows them, else by name; or a third party."""
    found = asker(form.requester.data or "", customer)
    said: dict[str, Any] = {
        "requester_id": found.user_id,
        "requester_name": found.name or form.requester_name.data or "",
        "requester_phone": form.requester_phone.data or found.phone,
        "requester_email": form.requester_email.data or found.email,
    }
    if not form.on_behalf.data:
        return said
    return said | {
        "requester_id": None,
        "requester_kind": RequesterKind.THIRD_PARTY.value,
        "third_party": form.third_party.data,
        "third_party_firm": form.third_party_firm.data or "",
    }
