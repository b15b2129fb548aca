"""Amendments on the desk: drafted, their terms, on the way to the signature, in force."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import amended, amending
from portal.contracts.actions.values import terms_facts
from portal.contracts.forms.signing import ScanForm, SignForm
from portal.contracts.forms.terms import AmendedTermsForm, AmendmentForm, promises_as_typed
from portal.contracts.models import Amendment
from portal.contracts.queries import standing
from portal.contracts.queries.belongings import document_of
from portal.contracts.rules.states import AMENDMENT_STEPS, AmendmentState, ContractStep
from portal.contracts.views.desk_amendment_page import context
from portal.contracts.views.desk_contract_door import (
    amendment_of,
    back_to,
    bp,
    contract_of,
    done,
    needed,
    reason,
    scan_of,
    seen,
    went_well,
)
from portal.contracts.views.desk_contract_steps import signatures
from portal.contracts.views.desk_contract_way import check_may_return
from portal.contracts.views.desk_printing import amendment_printed_first
from portal.contracts.views.desk_stale import saved
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page


@bp.route("/contracts/<int:contract_id>/amend", methods=["GET", "POST"])
@once
@requires(P.CONTRACT_EDIT)
def amend(contract_id: int) -> Any:
    """A new amendment: from when on, and what for."""
    contract, now = contract_of(contract_id), clock.now()
    form = AmendmentForm(data={"from_on": max(clock.today(), contract.starts_on)})
    if form.validate_on_submit():
        verb = partial(amending.draft, contract, form.from_on.data, form.reason.data, g.viewer, now)
        drafted = attempted(form, verb)
        if drafted is not None:
            flash(_("%(number)s is drafted.", number=drafted.number), "success")
            return back_to(drafted)
    return form_page("contracts/desk_amend.html", form, contract=contract)


@bp.get("/amendments/<int:amendment_id>")
@requires(P.CONTRACT_SEE)
def amendment(amendment_id: int) -> Any:
    """One amendment: what it changes, old beside new, and its steps."""
    return page("contracts/desk_amendment.html", **context(amendment_of(amendment_id)))


@bp.route("/amendments/<int:amendment_id>/terms", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def amended_terms(amendment_id: int) -> Any:
    """From when on, what for, and the terms that it brings."""
    row = amendment_of(amendment_id)
    amending.check_editable(row)
    form = _terms_form(row)
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, lambda: _changed(form, row))
        if ok:
            flash(_("Saved."), "success")
            return back_to(row)
    return form_page("contracts/desk_amended_terms.html", form, amendment=row, changes=changes)


@bp.post("/amendments/<int:amendment_id>/submit")
@requires(P.CONTRACT_EDIT)
def submit_amendment(amendment_id: int) -> Response:
    """Ask for approval."""
    row = amendment_of(amendment_id)
    verb = partial(amended.submit, row, g.viewer, clock.now(), seen())
    return done(back_to(row), _("Sent for approval."), verb)


@bp.post("/amendments/<int:amendment_id>/approve")
@requires(P.CONTRACT_APPROVE)
def approve_amendment(amendment_id: int) -> Response:
    """Approve what is on the page; the paper to be signed is printed."""
    there, now = back_to(amendment_of(amendment_id)), clock.now()

    def verb() -> None:
        printer = amendment_printed_first(amendment_id, now)
        amended.approve(amendment_of(amendment_id), g.viewer, now, seen(), printer)

    return done(there, _("Approved. The paper is ready for the signatures."), verb)


@bp.post("/amendments/<int:amendment_id>/return")
@requires(P.CONTRACT_SEE)
def return_amendment(amendment_id: int) -> Response:
    """Back to the author with a reason; the author may take it back too."""
    row = amendment_of(amendment_id)
    check_may_return(row.author_id)
    verb = partial(amended.return_to_author, row, reason(), g.viewer, clock.now())
    return done(back_to(row), _("Returned to the author."), verb)


@bp.post("/amendments/<int:amendment_id>/void")
@requires(P.CONTRACT_EDIT)
def void_amendment(amendment_id: int) -> Response:
    """Give it up before it is in force."""
    row = amendment_of(amendment_id)
    verb = partial(amended.void, row, reason(), g.viewer, clock.now())
    return done(back_to(row), _("Voided."), verb)


@bp.route("/amendments/<int:amendment_id>/sign", methods=["GET", "POST"])
@requires(P.CONTRACT_SIGN)
def sign_amendment(amendment_id: int) -> Any:
    """Record both signatures: from its day on the contract says what it says."""
    row = amendment_of(amendment_id)
    AMENDMENT_STEPS.next(AmendmentState(row.state), ContractStep.SIGN)
    form = SignForm(data=signatures(row.contract))
    if form.validate_on_submit() and went_well(form, lambda: _signed(form, row)):
        flash(_("In force. The entitlements follow it."), "success")
        return back_to(row)
    shown = {"contract": row.contract, "amendment": row}
    return form_page("contracts/desk_sign.html", form, **shown)


@bp.route("/amendments/<int:amendment_id>/scan", methods=["GET", "POST"])
@requires(P.CONTRACT_SIGN)
def scan_amendment(amendment_id: int) -> Any:
    """Attach the signed copy, or a better one."""
    row, form = amendment_of(amendment_id), ScanForm()
    if form.validate_on_submit() and went_well(form, lambda: _scanned(form, row)):
        flash(_("The signed copy is attached."), "success")
        return back_to(row)
    shown = {"contract": row.contract, "amendment": row}
    return form_page("contracts/desk_scan.html", form, **shown)


@bp.get("/amendments/<int:amendment_id>/paper")
@requires(P.CONTRACT_SEE)
def amendment_paper(amendment_id: int) -> Response:
    """The stored PDF that is to be signed, or was."""
    return pdf_response(document_of(amendment_of(amendment_id).document_id, g.viewer))


def _terms_form(row: Amendment) -> AmendedTermsForm:
    facts = terms_facts(standing.proposed_terms(row))
    stored = {"from_on": row.from_on, "reason": row.reason, "version": str(row.version)}
    return AmendedTermsForm(data={**promises_as_typed(facts), **stored})


def _changed(form: AmendedTermsForm, row: Amendment) -> None:
    day, why = form.from_on.data, form.reason.data or ""
    amending.change_terms(row, day, why, form.terms(), g.viewer, clock.now(), seen())


def _signed(form: SignForm, row: Amendment) -> None:
    amended.sign(row, form.signing(), g.viewer, clock.now(), scan_of(form.scan.data))


def _scanned(form: ScanForm, row: Amendment) -> None:
    amended.attach_scan(row, needed(form.scan.data), g.viewer, clock.now())
