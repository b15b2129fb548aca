"""The screen that opens when the telephone rings, also by an address that a telephone system calls."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.calls.forms.calls import ContactForm
from portal.calls.views.desk_door import bp
from portal.calls.views.pop_page import context
from portal.customers import actions as customers
from portal.customers.models import Customer
from portal.customers.rules.people import ContactFacts
from portal.kernel import clock
from portal.kernel.errors import Invalid, InvalidMany, NotFound
from portal.web.pages import page
from portal.web.stepping import number_in, to, typed
from portal.web.words import say


@bp.get("/calls/pop")
@requires(P.CALL_SEE)
def pop() -> Any:
    """Who rings: ?number=… as the telephone shows it."""
    return page("calls/pop.html", contact_form=ContactForm(), **context())


@bp.post("/calls/pop/contact")
@requires(P.CUSTOMER_EDIT)
def add_contact() -> Any:
    """The number is this person's, from now on."""
    number, customer_id = typed("number", 40), number_in("customer")
    if customer_id is None:
        raise NotFound()
    customer = load(Customer, customer_id, g.viewer, P.CUSTOMER_EDIT)
    there = to("desk_calls.pop", number=number, customer=customer.id)
    facts = ContactFacts(typed("name", 80), phone=number)
    try:
        customers.add_contact(customer, facts, g.viewer, clock.now())
    except (Invalid, InvalidMany) as error:
        many = getattr(error, "errors", {"": error.text})
        flash(" ".join(say(text) for text in many.values()), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(_("From now on this number is known."), "success")
    return there
