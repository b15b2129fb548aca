"""One figure for a price, to sort and compare by; the terms say the rest."""

from __future__ import annotations

from decimal import Decimal

from portal.catalogue.rules.terms import Basis, PriceTerms


def headline(terms: PriceTerms) -> Decimal | None:
    """The price of one unit, of the first band, of the first weight or in percent; None when it is at cost."""
    if terms.basis in (Basis.PER_UNIT, Basis.FLAT):
        return terms.rate
    if terms.basis in (Basis.BANDS, Basis.GRADUATED):
        first = terms.breaks[0] if terms.breaks else None
        if first is None:
            return None
        return first.flat if first.rate is None else first.rate
    if terms.basis is Basis.FIRST_CONTINUED:
        return terms.first_amount
    if terms.basis is Basis.PERCENT:
        return terms.percent
    if terms.basis is Basis.MAX_OF and terms.alternatives:
        return headline(terms.alternatives[0])
    return None
