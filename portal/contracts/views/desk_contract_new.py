"""A new contract: of what a customer accepted by one button, or by hand."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import carrying, drafting
from portal.contracts.forms.terms import NewContractForm
from portal.contracts.models import Contract
from portal.contracts.queries import standing
from portal.contracts.views.desk_contract_door import bp
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.queries import version as version_of
from portal.quotations.rules.states import QuotationState
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page

FOUND = 12


@bp.route("/contracts/new", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def new() -> Any:
    """First for whom, then what it is called and how long it lasts; its lines are added on its page."""
    customer = _customer()
    if customer is None:
        words = request.values.get("q", "").strip()[:80]
        found = matching(words, g.viewer, FOUND) if words else []
        return page("contracts/desk_customer.html", words=words, found=found)
    form = NewContractForm(data=_days(""))
    if form.validate_on_submit():
        contract = attempted(form, lambda: _by_hand(form, customer))
        if contract is not None:
            return _drafted(contract)
    return form_page("contracts/desk_new.html", form, customer=customer)


@bp.route("/contracts/from-quotation/<int:quotation_id>", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def from_quotation(quotation_id: int) -> Any:
    """What was accepted becomes a contract; where it did already, go there."""
    quotation = load(Quotation, quotation_id, g.viewer, P.QUOTATION_SEE)
    made = standing.contract_of_quotation(quotation_id)
    if made is not None:
        return redirect(url_for(".show", contract_id=made.id), 303)
    version = _accepted(quotation)
    form = NewContractForm(data=_days(quotation.title))
    if form.validate_on_submit():
        contract = attempted(form, lambda: _from(form, version))
        if contract is not None:
            return _drafted(contract)
    shown = {"quotation": quotation, "version": version, "lines": carrying.accepted_lines(version)}
    others = carrying.left_out(version)
    return form_page("contracts/desk_from_quotation.html", form, left_out=others, **shown)


def _customer() -> Customer | None:
    """Whom the address names; one that is not the viewer's to see is NotFound."""
    wanted = request.values.get("customer_id", "")
    if not wanted:
        return None
    if not wanted.isdecimal() or int(wanted) >= 2**31:
        raise NotFound()
    return load(Customer, int(wanted), g.viewer, P.CUSTOMER_SEE)


def _days(title: str) -> dict[str, Any]:
    today = clock.today()
    return {"title": title, "starts_on": today, "ends_on": drafting.a_year_from(today)}


def _by_hand(form: NewContractForm, customer: Customer) -> Contract:
    basics = form.basics(customer.default_currency, customer.document_language)
    return drafting.draft_by_hand(customer, basics, g.viewer, clock.now())


def _from(form: NewContractForm, version: QuotationVersion) -> Contract:
    return drafting.draft_from(
        version,
        g.viewer,
        clock.now(),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        title=form.title.data or "",
    )


def _accepted(quotation: Quotation) -> QuotationVersion:
    """The version that the customer accepted; NotFound where none was."""
    version = version_of(quotation, quotation.latest_no, g.viewer)
    if version is None or version.state != QuotationState.ACCEPTED:
        raise NotFound()
    return version


def _drafted(contract: Contract) -> Any:
    flash(_("%(number)s is drafted.", number=contract.number), "success")
    return redirect(url_for(".show", contract_id=contract.id), 303)
