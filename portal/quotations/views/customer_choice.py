"""Choosing a customer by a search field: typed words, then one of those found; works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.quotations import queries

FOUND = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """The customer, what was typed, and those to choose from where the words fit several."""

    customer: Customer | None
    typed: str
    found: Sequence[Customer]

    @property
    def id(self) -> int | None:
        """The chosen customer's id."""
        return self.customer.id if self.customer else None

    def needed(self) -> Customer:
        """The customer; Invalid at the field when none or several are meant."""
        if self.customer is not None:
            return self.customer
        if not self.typed:
            raise Invalid(t("Say for whom."), "customer")
        if self.found:
            raise Invalid(t("Several customers fit: choose one."), "customer")
        raise Invalid(t("No customer of yours fits these words."), "customer")


def chosen_customer() -> Chosen:
    """From `customer_id` and the words in `customer`; an id that is not the viewer's to see is NotFound.

    Words that the chosen customer no longer fits take precedence: somebody typed another name.
    """
    typed = request.values.get("customer", "").strip()[:80]
    wanted = request.values.get("customer_id", "")
    if wanted.isdecimal() and int(wanted) < 2**31:
        customer = load(Customer, int(wanted), g.viewer, P.CUSTOMER_SEE)
        return Chosen(customer, customer.label, (customer,))
    if wanted and not wanted.isdecimal():
        raise NotFound()
    if not typed:
        return Chosen(None, "", ())
    found = matching(typed, g.viewer, FOUND)
    return Chosen(found[0] if len(found) == 1 else None, typed, found)


def suggested() -> list[Customer]:
    """Whom the viewer quoted last: what stands under the field before anything is typed."""
    return queries.recent_customers(g.viewer)
