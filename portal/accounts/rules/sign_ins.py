"""When a sign-in is over, and what its owner is told.

Lifetimes follow ASVS 5.0 chapter V7: one of silence and one in all, both chosen by the firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.kernel.text import Text, t

SEEN_EVERY = timedelta(minutes=5)
"""How exactly "last seen" is kept: a page within it costs no write."""
FORGOTTEN_AFTER = timedelta(days=30)
"""How long a sign-in that is over is remembered, so that an old browser can be told why."""


class Why(StrEnum):
    """Why a sign-in is over."""

    IDLE = "idle"
    TOO_LONG = "too_long"
    LEFT = "left"
    RENEWED = "renewed"
    ELSEWHERE = "elsewhere"
    HOUSE = "house"
    PASSWORD = "password"
    FACTOR = "factor"
    ROLES = "roles"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long one may be silent, how long a sign-in holds in all, and how long on a device that keeps it."""

    idle: timedelta
    whole: timedelta
    kept: timedelta

    def end(self, began_at: datetime, kept: bool) -> datetime:
        """When a sign-in is over whatever happens."""
        return began_at + (self.kept if kept else self.whole)


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to know of a sign-in."""

    seen_at: datetime
    ends_at: datetime
    kept: bool
    ended_at: datetime | None = None
    ended_why: str | None = None


def why_over(standing: Standing, lifetimes: Lifetimes, now: datetime) -> Why | None:
    """Why it is over at `now`; None while it holds. The very last moment still belongs to it."""
    if standing.ended_at is not None:
        return Why(standing.ended_why or Why.LEFT)
    if now > standing.ends_at:
        return Why.TOO_LONG
    if not standing.kept and now > standing.seen_at + lifetimes.idle:
        return Why.IDLE
    return None


def told(why: Why, lifetimes: Lifetimes) -> Text | None:
    """What its owner reads on coming back; None where they know."""
    if why is Why.IDLE:
        hours = _hours(lifetimes.idle)
        return t("You were signed out after %(hours)s hours without a page.", hours=hours)
    return _TOLD.get(why)


_TOLD = {
    Why.TOO_LONG: t("Your sign-in has run out."),
    Why.ELSEWHERE: t("This sign-in was ended from another device of yours."),
    Why.HOUSE: t("An administrator has ended this sign-in."),
    Why.PASSWORD: t("Your password was changed, so you are signed out here."),
    Why.FACTOR: t("The way you sign in was changed, so you are signed out here."),
    Why.ROLES: t("Your roles were changed. They hold from your next sign-in on."),
}


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
