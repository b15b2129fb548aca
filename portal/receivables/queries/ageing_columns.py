"""Up to how many days the ages of what is owed have columns: a setting of the firm (DOMAIN R9)."""

from __future__ import annotations

from portal.documents.queries import firm_profile
from portal.receivables.rules.ageing import UP_TO


def ageing_days() -> int:
    """The bound of the last column but one: 90, until somebody chose 180 or 365."""
    kept = (firm_profile().billing or {}).get("ageing_days")
    return kept if kept in UP_TO else min(UP_TO)


def ageing_bounds() -> tuple[int, ...]:
    """The ends of all columns, in days."""
    return UP_TO[ageing_days()]
