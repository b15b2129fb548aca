"""Credits at the desk: the list, one credit, and a goodwill that somebody proposes."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import crediting
from portal.billing.actions.crediting import Ask
from portal.billing.forms.desk import CreditForm
from portal.billing.models import Credit
from portal.billing.queries.limits import dispute_limit
from portal.billing.views.credit_page import context
from portal.billing.views.desk_door import check_seen, credit_of, reason
from portal.billing.views.desk_door import credit_door as bp
from portal.billing.views.dispute_list import CREDITS_LIST, credits_of
from portal.billing.views.statement_list import one_customer
from portal.catalogue.queries.rates import tax_classes, tax_of
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import attempted, currency_choices, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done_or_stale
from portal.web.words import name_of

FOUND = 12


@bp.get("/credits")
@requires(P.STATEMENT_SEE)
def index() -> Any:
    """Every credit that one may see."""
    spec = one_customer(CREDITS_LIST, Credit.customer_id)
    return list_page(spec, credits_of(g.viewer), "billing/desk_credits.html")


@bp.get("/credits/<int:credit_id>")
@requires(P.STATEMENT_SEE)
def show(credit_id: int) -> Any:
    """One credit: what for, from where, on which statement."""
    return page("billing/desk_credit.html", **context(credit_of(credit_id)))


@bp.route("/credits/new", methods=["GET", "POST"])
@once
@requires(P.CREDIT_GRANT)
def new() -> Any:
    """First for whom, then how much and why."""
    customer = _chosen()
    if customer is None:
        words = request.values.get("q", "").strip()[:80]
        found = matching(words, g.viewer, FOUND) if words else []
        return page("billing/desk_credit_customer.html", words=words, found=found)
    form = _form()
    if form.validate_on_submit():
        row = attempted(form, lambda: _proposed(form, customer))
        if row is not None:
            return _told(row)
    shown = {
        "customer": customer,
        "limit": dispute_limit(),
        "firm_currency": firm_profile().currency,
    }
    return form_page("billing/desk_credit_new.html", form, **shown)


@bp.post("/credits/<int:credit_id>/approve")
@requires(P.CREDIT_APPROVE)
def approve(credit_id: int) -> Response:
    """Grant what somebody else proposed."""
    credit = credit_of(credit_id)

    def verb() -> None:
        check_seen(credit)
        crediting.approve(credit, g.viewer, clock.now())

    return done_or_stale(_to(credit_id), _("Granted. It comes on the next statement."), verb)


@bp.post("/credits/<int:credit_id>/refuse")
@requires(P.CREDIT_APPROVE)
def refuse(credit_id: int) -> Response:
    """Not granted, with a reason."""
    verb = partial(crediting.refuse, credit_of(credit_id), reason(), g.viewer, clock.now())
    return done_or_stale(_to(credit_id), _("Refused. Its author is told."), verb)


def _chosen() -> Customer | None:
    wanted = request.values.get("customer_id", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        return None
    return load(Customer, int(wanted), g.viewer, P.CUSTOMER_SEE)


def _form() -> CreditForm:
    form = CreditForm(data={"currency": "CNY", "tax_class": "service_6"})
    form.currency.choices = currency_choices()
    form.tax_class.choices = [
        (each.tax_class, f"{name_of(each)} · {_label(each)}") for each in tax_classes(clock.today())
    ]
    return form


def _label(each: Any) -> str:
    return str(each.label_en or each.label_zh)


def _proposed(form: CreditForm, customer: Customer) -> Credit:
    tax = tax_of(form.tax_class.data, clock.today())
    ask = Ask(
        gross=form.amount.data or Decimal(0),
        reason=form.reason.data or "",
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        currency=form.currency.data,
        tax=tax.terms(inclusive=True),
        tax_class=tax.tax_class,
    )
    return crediting.propose(customer, ask, crediting.GOODWILL, None, g.viewer, clock.now())


def _told(row: Credit) -> Response:
    granted = _("Granted. It comes on the next statement.")
    flash(_("It waits for approval.") if row.granted_on is None else granted, "success")
    return _to(row.id)


def _to(credit_id: int) -> Response:
    return redirect(url_for("desk_credits.show", credit_id=credit_id), 303)  # type: ignore[return-value]
