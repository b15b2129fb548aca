"""Editing what a draft says apart from its lines."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.contracts.actions import drafting
from portal.contracts.actions.values import terms_facts
from portal.contracts.forms.terms import TermsForm, basics_as_typed, promises_as_typed
from portal.contracts.models import Contract
from portal.contracts.queries import standing
from portal.contracts.views.desk_contract_door import back, bp, contract_of, seen
from portal.contracts.views.desk_stale import saved
from portal.customers.queries import branches, group_of
from portal.kernel import clock
from portal.web.forms import form_page


@bp.route("/contracts/<int:contract_id>/terms", methods=["GET", "POST"])
@requires(P.CONTRACT_EDIT)
def terms(contract_id: int) -> Any:
    """Title, days, payment, promises, clauses, notes."""
    contract = contract_of(contract_id)
    drafting.check_editable(contract)
    form = _form(contract)
    changes: list[tuple[str, str]] = []
    if form.validate_on_submit():
        ok, changes = saved(form, lambda: _changed(form, contract))
        if ok:
            flash(_("Saved."), "success")
            return back(contract_id)
    return form_page("contracts/desk_terms.html", form, contract=contract, changes=changes)


def _form(contract: Contract) -> TermsForm:
    facts = terms_facts(standing.last_terms(contract))
    form = TermsForm(
        data={
            **promises_as_typed(facts),
            **basics_as_typed(contract),
            "version": str(contract.version),
        }
    )
    customer = contract.customer
    group = group_of(customer, g.viewer)
    others = [each for each in (group, *branches(customer, g.viewer)) if each is not None]
    form.payer_id.choices = [("", customer.label), *((each.id, each.label) for each in others)]
    return form


def _changed(form: TermsForm, contract: Contract) -> None:
    drafting.change(contract, form.basics(), form.terms(), g.viewer, clock.now(), seen())
