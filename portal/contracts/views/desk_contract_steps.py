"""The signature, and what happens to a contract in force: scan, suspension, end, another owner."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import ending, signing
from portal.contracts.actions.bounds import held_after
from portal.contracts.forms.signing import HandOverForm, ScanForm, SignForm, TerminateForm
from portal.contracts.models import Contract
from portal.contracts.rules.states import STEPS, ContractState, ContractStep
from portal.contracts.views.desk_contract_door import (
    back,
    bp,
    contract_of,
    done,
    needed,
    reason,
    scan_of,
    went_well,
)
from portal.customers.queries import contacts, staff_for_teams
from portal.kernel import clock
from portal.web.forms import attempted, form_page


@bp.route("/contracts/<int:contract_id>/sign", methods=["GET", "POST"])
@requires(P.CONTRACT_SIGN)
def sign(contract_id: int) -> Any:
    """Record both signatures: the contract is in force."""
    contract = contract_of(contract_id)
    STEPS.next(ContractState(contract.state), ContractStep.SIGN)
    form = SignForm(data=signatures(contract))
    if form.validate_on_submit() and went_well(form, lambda: _signed(form, contract)):
        flash(_("In force. The entitlements are granted."), "success")
        return back(contract_id)
    return form_page("contracts/desk_sign.html", form, contract=contract, amendment=None)


@bp.route("/contracts/<int:contract_id>/scan", methods=["GET", "POST"])
@requires(P.CONTRACT_SIGN)
def scan(contract_id: int) -> Any:
    """Attach the signed copy, or a better one."""
    contract, form = contract_of(contract_id), ScanForm()
    if form.validate_on_submit() and went_well(form, lambda: _scanned(form, contract)):
        flash(_("The signed copy is attached."), "success")
        return back(contract_id)
    return form_page("contracts/desk_scan.html", form, contract=contract, amendment=None)


@bp.post("/contracts/<int:contract_id>/suspend")
@requires(P.CONTRACT_END)
def suspend(contract_id: int) -> Response:
    """Nothing new may be drawn."""
    verb = partial(ending.suspend, contract_of(contract_id), reason(), g.viewer, clock.now())
    return done(back(contract_id), _("Suspended. The customer is told."), verb)


@bp.post("/contracts/<int:contract_id>/resume")
@requires(P.CONTRACT_END)
def resume(contract_id: int) -> Response:
    """In force again."""
    verb = partial(ending.resume, contract_of(contract_id), g.viewer, clock.now(), reason())
    return done(back(contract_id), _("In force again. The customer is told."), verb)


@bp.post("/contracts/<int:contract_id>/complete")
@requires(P.CONTRACT_END)
def complete(contract_id: int) -> Response:
    """Both sides have done what was agreed."""
    verb = partial(ending.complete, contract_of(contract_id), reason(), g.viewer, clock.now())
    return done(back(contract_id), _("Completed."), verb)


@bp.route("/contracts/<int:contract_id>/terminate", methods=["GET", "POST"])
@requires(P.CONTRACT_END)
def terminate(contract_id: int) -> Any:
    """End it early, with the last day and a reason; open reservations are named."""
    contract, today = contract_of(contract_id), clock.today()
    STEPS.next(ContractState(contract.state), ContractStep.TERMINATE)
    form = TerminateForm(data={"ended_on": min(today, contract.ends_on)})
    if form.validate_on_submit():
        held = attempted(form, lambda: _terminated(form, contract))
        if held is not None:
            _tell(len(held))
            return back(contract_id)
    held = held_after(contract_id, min(today, contract.ends_on))
    return form_page("contracts/desk_terminate.html", form, contract=contract, held=held)


@bp.route("/contracts/<int:contract_id>/owner", methods=["GET", "POST"])
@requires(P.CUSTOMER_ASSIGN)
def hand_over(contract_id: int) -> Any:
    """Another member of staff looks after it."""
    contract = contract_of(contract_id)
    form = HandOverForm(data={"owner_id": contract.owner_id})
    form.owner_id.choices = staff_for_teams()
    if form.validate_on_submit():
        verb = partial(ending.hand_over, contract, form.owner_id.data, g.viewer, clock.now())
        if went_well(form, verb):
            flash(_("Handed over."), "success")
            return back(contract_id)
    return form_page("contracts/desk_owner.html", form, contract=contract)


def signatures(contract: Contract) -> dict[str, Any]:
    """Who probably signed, and when."""
    people = contacts(contract.customer_id, g.viewer)
    main = next((each.name for each in people if each.is_main), people[0].name if people else "")
    return {"signed_on": clock.today(), "for_customer": main, "for_firm": contract.owner.name}


def _signed(form: SignForm, contract: Contract) -> None:
    file = scan_of(form.scan.data)
    signing.sign(contract, form.signing(), g.viewer, clock.now(), file)


def _scanned(form: ScanForm, contract: Contract) -> None:
    signing.attach_scan(contract, needed(form.scan.data), g.viewer, clock.now())


def _terminated(form: TerminateForm, contract: Contract) -> list[Any]:
    day, why = form.ended_on.data, form.reason.data or ""
    return ending.terminate(contract, day, why, g.viewer, clock.now())


def _tell(held: int) -> None:
    flash(_("Terminated. The customer is told."), "success")
    if held:
        flash(
            _("Bookings still hold something in %(count)s places: decide them.", count=held),
            "warning",
        )
