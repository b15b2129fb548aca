"""Opening a request, all on one page: what it is about comes along in the address, answers are found meanwhile."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.queries import all_customers
from portal.customers.rules.kinds import CustomerKind
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.knowledge.queries.finding import suggest
from portal.service_requests.actions import opening
from portal.service_requests.actions.opening import NewLine, NewRequest
from portal.service_requests.forms.my import NONE, LineForm, OpenForm, open_form
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import openable as services
from portal.service_requests.queries.openable import Openable
from portal.service_requests.rules.details import DETAILS_OF, Detail, kept
from portal.service_requests.rules.kinds import WITH_LINES, RequesterKind, RequestKind
from portal.service_requests.views.my_door import door as bp
from portal.service_requests.views.my_subject import (
    Subject,
    carried,
    claim_address,
    customer_for,
    subject_named,
)
from portal.service_requests.views.my_words import KIND_CHOICES
from portal.web.filters import day, quantity
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import name_of, say

TEMPLATE = "service_requests/my_new.html"
ROWS, MORE_ROWS = "rows", 3
"""What the button for more rows of goods says; any other `do` looks for answers."""


@bp.route("/requests/new", methods=["GET", "POST"])
@once
@requires(P.REQUEST_RAISE)
def new() -> Any:
    """Ask, report, complain: one page. A claim has a page of its own, with the same things carried along."""
    claim = claim_address()
    if claim and request.values.get("kind") == RequestKind.CLAIM:
        return redirect(claim, 303)
    subject = subject_named()
    customer = customer_for(subject)
    form = _form(subject, customer)
    shown = {"subject": subject, "customer": customer, "claim": claim}
    if request.form.get("do"):
        return _once_more(form, shown)
    verb = partial(_opened, form, subject, customer)
    made = attempted(form, verb) if form.validate_on_submit() else None
    if made:
        said = _("Your request %(number)s is with us. We answer here and by mail.", number=made.number)  # fmt: skip
        flash(said, "success")
        return redirect(url_for("my_requests.show", request_id=made.id), 303)
    return form_page(TEMPLATE, form, **_around(form, shown))


@bp.get("/requests/new/answers")
@requires(P.REQUEST_RAISE)
def answers() -> Any:
    """While somebody types: articles that may answer it already, as a piece of the page.

    Of the first line alone: an address holds no long text.
    """
    found = suggest(request.args.get("title", ""), g.viewer)
    return page("service_requests/_my_answers.html", found=found)


def _once_more(form: OpenForm, shown: dict[str, Any]) -> Any:
    """The page again without having sent anything: with answers, or with more rows for goods."""
    if request.form["do"] == ROWS:
        for _row in range(MORE_ROWS):
            form.lines.append_entry()
        return page(TEMPLATE, form=form, **_around(form, shown))
    found = suggest(f"{form.title.data or ''} {form.text.data or ''}", g.viewer)
    return page(TEMPLATE, form=form, **_around(form, shown), found=found, has_looked=True)


def _form(subject: Subject | None, customer: Customer) -> OpenForm:
    """The form, filled in as far as what it is about says; of what is in force, exactly what may be named."""
    today = clock.today()
    usable = services.openable(customer.id, g.viewer, today)
    offered = [(str(each.id), _service(each)) for each in usable]
    meant = str(subject.service) if subject and subject.service else None
    is_meant = meant in dict(offered)
    reason = None
    if not is_meant:
        reason = _why_none(subject, customer, bool(usable))
    return open_form(
        [("", _("Choose …")), *offered, (NONE, _("None of these"))] if offered else [(NONE, _("None"))],
        customer.kind == CustomerKind.PERSON,
        kind=request.args.get("kind"),
        entitlement_id=meant if is_meant else (NONE if subject or not offered else ""),
        no_match=reason,
        title=say(subject.opening) if subject and subject.opening else None,
        requester_phone=_myself().phone,
    )  # fmt: skip


def _myself() -> User:
    return db.session.get_one(User, g.viewer.user_id)


def _why_none(subject: Subject | None, customer: Customer, has_some: bool) -> str | None:
    """The likeliest reason, proposed: why the service that is meant cannot be named, or why there is none."""
    today = clock.today()
    if subject and subject.service:
        found = services.find(subject.service, customer.id, g.viewer, today)
        return found.obstacle if found else None
    return None if has_some else services.reason_for_none(customer.id, g.viewer, today)


def _service(each: Openable) -> str:
    """A service that was bought, as one line: its name, what is left, until when."""
    left = say(t("no limit"))
    if each.left is not None:
        unit = say(unit_word(each.unit))
        left = say(t("%(quantity)s %(unit)s left", quantity=quantity(each.left), unit=unit))
    until = say(t("until %(day)s", day=day(each.entitlement.ends_on)))
    return " · ".join((name_of(each), left, until))


def _around(form: OpenForm, shown: dict[str, Any]) -> dict[str, Any]:
    """What stands around the form."""
    reach = g.viewer.customer_ids or ()
    within = all_customers(g.viewer) if len(reach) > 1 and shown["subject"] is None else []
    return {
        **shown,
        "here": url_for("my_requests.new", **carried()),
        "kinds": KIND_CHOICES,
        "with_lines": sorted(WITH_LINES),
        "details_of": DETAILS_OF,
        "within": within,
        "is_person": shown["customer"].kind == CustomerKind.PERSON,
    }


def _opened(form: OpenForm, subject: Subject | None, customer: Customer) -> ServiceRequest:
    """What was written, as a request with its files."""
    files, proof = form.files.uploads, form.authority.uploads if form.on_behalf.data else []
    written = _written(form, subject, customer)
    return opening.open_(written, g.viewer, clock.now(), files=files, authority=proof)


def _written(form: OpenForm, subject: Subject | None, customer: Customer) -> NewRequest:
    kind = RequestKind(form.kind.data)
    named = form.entitlement_id.data
    typed = {each: form[each.value].data for each in Detail}
    rows = form.rows if kind in WITH_LINES else []
    return NewRequest(
        customer_id=customer.id, kind=kind.value, title=form.title.data or "", text=form.text.data or "",
        severity=int(form.severity.data), scope=form.scope.data,
        requester_phone=form.requester_phone.data or "",
        entitlement_id=int(named) if named and named != NONE else None,
        no_match=form.no_match.data if named == NONE else None,
        details=kept(kind, typed),
        lines=[_line(row) for row in rows],
        **_speaking(form), **(subject.names if subject else {}),
    )  # fmt: skip


def _line(row: LineForm) -> NewLine:
    quantity = row.quantity.data or Decimal(0)
    return NewLine(row.name.data or "", row.unit.data, quantity, cause=row.cause.data or "")


def _speaking(form: OpenForm) -> dict[str, Any]:
    """Who speaks: the customer's own people, or somebody for them."""
    if not form.on_behalf.data:
        return {}
    return {
        "requester_kind": RequesterKind.THIRD_PARTY.value,
        "requester_name": g.viewer.name,
        "requester_email": _myself().email,
        "third_party": form.third_party.data,
        "third_party_firm": form.third_party_firm.data or "",
    }
