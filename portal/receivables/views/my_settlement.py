"""Monthly settlement from the customer's side 月结申请: what counts now, what is asked for, and its course."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import contacts
from portal.kernel import clock
from portal.receivables.actions import settlement
from portal.receivables.forms.settlement import ApplicationForm, filled
from portal.receivables.labels import DECISIONS
from portal.receivables.models import SettlementApplication
from portal.receivables.queries import credit as queries
from portal.receivables.queries.decisions import applications_of
from portal.receivables.rules.kinds import DecisionState
from portal.receivables.rules.settlement import TermsFacts
from portal.receivables.rules.terms_words import in_words
from portal.receivables.views.my_door import companies, company_here, said
from portal.receivables.views.my_door import settlement_door as bp
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.stepping import done_at


@bp.route("/settlement", methods=["GET", "POST"])
@once
@requires(P.SETTLEMENT_APPLY)
def apply() -> Any:
    """What counts now, what was asked for before, and a new application."""
    known = companies()
    customer = company_here(known)
    current = settlement.facts_of(queries.terms(customer.id, g.viewer))
    people = contacts(customer.id, g.viewer)
    form = filled(ApplicationForm, current, people)
    if form.validate_on_submit():
        facts = (customer, form.facts(current), form.reason.data or "", g.viewer, clock.now())
        row = tried(form, lambda: settlement.apply(*facts))
        if row is not None:
            told = _("Applied: %(number)s. We tell you here what is decided.", number=row.number)
            return said(told, url_for(".apply", customer=customer.id))
    return form_page(
        "receivables/my_settlement.html", form, **_context(customer, known, current, people)
    )


@bp.post("/settlement/<int:application_id>/withdraw")
@requires(P.SETTLEMENT_APPLY)
def withdraw(application_id: int) -> Response:
    """Take it back before it is decided."""
    row = fetch(SettlementApplication, application_id)
    verb = partial(settlement.withdraw, row, g.viewer, clock.now())
    return done_at(url_for(".apply", customer=row.customer_id), _("Withdrawn."), verb)


def _context(
    customer: Customer, known: list[Customer], current: TermsFacts, people: list[Any]
) -> dict[str, Any]:
    names = {each.id: each.name for each in people}
    applied = applications_of([customer.id], g.viewer)
    return {
        "customer": customer,
        "companies": known,
        "terms": in_words(current, names, for_customer=True),
        "applications": [
            (
                row,
                DECISIONS[row.state],
                in_words(TermsFacts.from_json(row.asked), names, only_asked=True),
            )
            for row in applied
        ],
        "waits": any(row.state == DecisionState.PENDING for row in applied),
    }
