"""Whether a request may name what was bought, and why not (REQUIREMENTS S2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.contracts.rules.entitlement_states import EntitlementState
from portal.service_requests.rules.kinds import NoMatch

IN_FORCE = frozenset(
    {
        EntitlementState.IN_FORCE,
        EntitlementState.LOW,
        EntitlementState.BEYOND,
        EntitlementState.EXHAUSTED,
    }
)
"""What a request may name. Used up is in force still: what was drawn last may be what is asked about."""

_WHY: Mapping[EntitlementState, NoMatch] = {
    EntitlementState.SUSPENDED: NoMatch.SUSPENDED,
    EntitlementState.PAST: NoMatch.EXPIRED,
    EntitlementState.FUTURE: NoMatch.GENERAL,
}
_NEAREST = (NoMatch.SUSPENDED, NoMatch.EXPIRED, NoMatch.GENERAL)


def obstacle(standing: EntitlementState) -> NoMatch | None:
    """Why an entitlement that stands so cannot be named; None: it can."""
    return None if standing in IN_FORCE else _WHY[standing]


def why_none(standings: Iterable[EntitlementState]) -> NoMatch:
    """Of a customer whose entitlements stand so, and of which none can be named: the likeliest reason."""
    found = {obstacle(each) for each in standings}
    return next((each for each in _NEAREST if each in found), NoMatch.NOT_BOUGHT)
