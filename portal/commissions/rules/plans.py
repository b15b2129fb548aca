"""Which percent of the margin a person gets: plans from a day on, with thresholds (REQUIREMENTS K11).

The margin of a person's whole month decides which band it reaches; that band's percent counts for each line of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.money import round_money
from portal.kernel.text import Text, t

ZERO, HUNDRED = Decimal(0), Decimal(100)
MOST_BANDS = 6


@dataclass(frozen=True, slots=True)
class Band:
    """From a month's margin of `over` on (the firm's currency, the bound included): `percent` of it."""

    over: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it is stored: for one person, or for everybody of a role. No bands: nothing from then on."""

    id: int
    user_id: int | None
    role: str | None
    starts_on: date
    bands: tuple[Band, ...]


def bands_from(kept: Iterable[Mapping[str, Any]]) -> tuple[Band, ...]:
    """Bands as JSON keeps them, the lowest first."""
    found = (Band(Decimal(str(each["over"])), Decimal(str(each["percent"]))) for each in kept)
    return tuple(sorted(found, key=lambda band: band.over))


def bands_to(bands: Iterable[Band]) -> list[dict[str, str]]:
    """The same for JSON; figures as text, so that they stay exact."""
    return [{"over": f"{each.over:f}", "percent": f"{each.percent:f}"} for each in bands]


def checked(bands: Sequence[Band]) -> tuple[Band, ...]:
    """The bands in order. InvalidMany where a bound or a percent is out of reason, or two bounds are one."""
    wrong: dict[str, Text] = {}
    ordered = tuple(sorted(bands, key=lambda band: band.over))
    if any(each.over < 0 for each in ordered):
        wrong["bands"] = t("A threshold is nothing or more.")
    if any(not 0 <= each.percent <= HUNDRED for each in ordered):
        wrong["bands"] = t("A percent lies between 0 and 100.")
    if len({each.over for each in ordered}) < len(ordered):
        wrong["bands"] = t("Two thresholds are the same.")
    if len(ordered) > MOST_BANDS:
        wrong["bands"] = t("At most %(most)s thresholds.", most=MOST_BANDS)
    if wrong:
        raise InvalidMany(wrong)
    return ordered


def in_force(plans: Iterable[Plan], user_id: int, roles: Collection[str], on: date) -> Plan | None:
    """The plan of a person on a day: their own before their role's, the one that began last; None without one."""
    begun = [each for each in plans if each.starts_on <= on]
    own = [each for each in begun if each.user_id == user_id]
    of_role = [each for each in begun if each.user_id is None and each.role in roles]
    found = own or of_role
    return max(found, key=lambda each: (each.starts_on, each.id)) if found else None


def percent_for(plan: Plan | None, margin: Decimal) -> Decimal:
    """The percent of the band that a month's margin reaches; 0 under the lowest, or without a plan."""
    reached = [each.percent for each in (plan.bands if plan else ()) if margin >= each.over]
    return reached[-1] if reached else ZERO


def commission_of(margin: Decimal, percent: Decimal, currency: str) -> Decimal:
    """`percent` of a margin, half-up to the currency's minor unit; a negative margin takes back."""
    return round_money(margin * percent / HUNDRED, currency)
