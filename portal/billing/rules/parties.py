"""Who settles a charge, and in which currency (DESIGN section 4, DOMAIN F3)."""

from __future__ import annotations

from typing import Protocol

from portal.customers.rules.kinds import Billing


class Served(Protocol):
    """A customer as far as its bills are concerned."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def billing(self) -> str: ...


def party_of(served: Served, payer_id: int | None = None) -> int:
    """The id of the settlement party: who the contract says pays, else the group of a branch that is billed there."""
    if payer_id is not None:
        return payer_id
    if served.billing == Billing.GROUP and served.parent_id is not None:
        return served.parent_id
    return served.id


def statement_currency(line_currency: str, currency: str, *, one_currency: bool) -> str:
    """The currency of the statement that a charge goes to: the party's one, or the charge's own."""
    return currency if one_currency else line_currency
