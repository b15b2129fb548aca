"""Limits that the firm set for its people."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

from portal.catalogue.queries.rates import exchange_rate
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile
from portal.kernel.errors import Invalid

DISPUTE_LIMIT = Decimal(1000)
"""Until somebody sets another one, in the firm's currency."""


def dispute_limit() -> Decimal:
    """Up to which gross amount of the firm's currency a credit needs nobody else's approval."""
    return _limit(firm_profile())


def within_limit(gross: Decimal, currency: str, on: date) -> bool:
    """Whether `gross` of `currency` may be granted by one person; not where no rate of exchange tells."""
    firm = firm_profile()
    with suppress(Invalid):
        rate = exchange_rate(currency, firm.currency or "CNY", on)
        return gross * rate.rate <= _limit(firm) * rate.per
    return False


def _limit(firm: FirmProfile) -> Decimal:
    kept = (firm.billing or {}).get("dispute_limit")
    return DISPUTE_LIMIT if kept in (None, "") else Decimal(kept)
