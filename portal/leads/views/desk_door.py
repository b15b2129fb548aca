"""The staff's door of leads."""

from __future__ import annotations

from flask import g

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.web import doors
from portal.web.stepping import number_in

bp = doors.desk("leads", "portal.leads.views.desk")


def asked_customer() -> Customer | None:
    """The customer that `customer` names; NotFound for one out of reach."""
    wanted = number_in("customer")
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)
