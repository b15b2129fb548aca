"""To whom a notice or an offer is shown, and on which days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.campaigns.rules.states import ShownState
from portal.customers.rules.kinds import Segment


def is_on(state: str, from_on: date, until_on: date | None, today: date) -> bool:
    """Whether it is published and today is one of its days; both ends are."""
    begun = state == ShownState.PUBLISHED and from_on <= today
    return begun and (until_on is None or today <= until_on)


def is_for(
    tiers: Iterable[str], tier: str, industries: Iterable[str] = (), industry: str = ""
) -> bool:
    """Whether a customer of this tier and industry is among those it is meant for; nothing named: all are."""
    wanted_tiers, wanted_industries = set(tiers), set(industries)
    return (not wanted_tiers or tier in wanted_tiers) and (
        not wanted_industries or industry in wanted_industries
    )


def known_tiers(words: Iterable[str]) -> list[str]:
    """The known tiers among `words`, in their order from low to high."""
    given = set(words)
    return [tier.value for tier in Segment if tier.value in given]
