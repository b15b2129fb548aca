"""Where a customer's credit stands, in words: read without writing, for every page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.customers.models import CreditStanding, SettlementTerms
from portal.customers.rules.credit import (
    StandingFacts,
    is_blacklisted,
    is_held,
    is_lifted,
    reason_words,
)
from portal.kernel.text import Text
from portal.receivables import labels
from portal.receivables.queries.decisions import standing_and_terms
from portal.web.labels import Label

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Credit:
    """The standing and the terms of one customer on a day; either may not be there yet."""

    standing: CreditStanding | None
    terms: SettlementTerms | None
    label: Label
    reason: Text | str
    is_held: bool
    is_lifted: bool
    is_blacklisted: bool

    @property
    def currency(self) -> str:
        """In which the figures are."""
        known = self.standing or self.terms
        return known.currency if known is not None else "CNY"

    @property
    def limit(self) -> Decimal | None:
        """Up to which amount credit is given; None: no limit was agreed."""
        return self.terms.credit_limit if self.terms is not None else None

    @property
    def used(self) -> Decimal | None:
        """The exposure in percent of the limit; None without one."""
        if not self.limit or self.standing is None:
            return None
        return max(self.standing.exposure_amount, ZERO) / self.limit * HUNDRED

    @property
    def left(self) -> Decimal | None:
        """What is left of the limit; below zero when it is exceeded."""
        if self.limit is None:
            return None
        return self.limit - (self.standing.exposure_amount if self.standing else ZERO)


def credit_of(customer_id: int, on: date, viewer: Viewer) -> Credit:
    """The customer's standing and terms as the viewer may see them."""
    standing, terms = standing_and_terms(customer_id, viewer)
    facts = _facts(standing)
    held, blacklisted = is_held(facts, on), is_blacklisted(facts, on)
    lifted = facts.held_since is not None and is_lifted(facts, on)
    return Credit(
        standing=standing,
        terms=terms,
        label=_label(blacklisted, held, lifted),
        reason=facts.blacklist_reason if blacklisted else reason_words(facts.hold_reason),
        is_held=facts.held_since is not None,
        is_lifted=lifted,
        is_blacklisted=blacklisted,
    )


def _facts(row: CreditStanding | None) -> StandingFacts:
    if row is None:
        return StandingFacts()
    return StandingFacts(
        row.held_since, row.hold_reason, row.lifted_until, row.blacklisted_on, row.blacklisted_until,
        row.blacklist_reason,
    )  # fmt: skip


def _label(blacklisted: bool, held: bool, lifted: bool) -> Label:
    if blacklisted:
        return labels.BLACKLISTED
    if held:
        return labels.ON_HOLD
    return labels.LIFTED if lifted else labels.IN_ORDER
