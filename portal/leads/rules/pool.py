"""The pool 公海: when a lead falls back, when its holder is warned, who may take it (REQUIREMENTS K6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text, t
from portal.leads.rules.settings import LeadSettings


class Cause(StrEnum):
    """Why a lead falls back."""

    QUIET = "quiet"  # nobody reached out to it
    LATE = "late"  # it did not become a customer in time


CAUSES: Mapping[str, Text] = {
    Cause.QUIET: t("nobody reached out to it"),
    Cause.LATE: t("it did not become a customer in time"),
}


@dataclass(frozen=True, slots=True)
class FallsBack:
    """The day on which a held lead falls back unless something happens, and why."""

    on: date
    cause: Cause

    def is_due(self, today: date) -> bool:
        """Whether it falls back today, or should have."""
        return self.on <= today

    def is_near(self, today: date, settings: LeadSettings) -> bool:
        """Whether its holder is to be warned."""
        return self.on - timedelta(days=settings.warn_days) <= today


def falls_back(held_at: datetime, quiet_since: datetime, settings: LeadSettings) -> FallsBack:
    """The earlier of the two days; where both are the same, that nobody reached out counts."""
    quiet = business_day(max(held_at, quiet_since)) + timedelta(days=settings.untouched_days)
    late = business_day(held_at) + timedelta(days=settings.convert_days)
    return FallsBack(quiet, Cause.QUIET) if quiet <= late else FallsBack(late, Cause.LATE)


def cools_off_until(left_at: datetime | None, settings: LeadSettings) -> date | None:
    """The first day on which somebody may pick again what left their hands at `left_at`; None: never had it."""
    if left_at is None:
        return None
    return business_day(left_at) + timedelta(days=settings.cool_off_days)


def check_room(held: int, settings: LeadSettings, *, is_own: bool) -> None:
    """NotAllowedNow when somebody who holds `held` leads has no room for one more."""
    if held < settings.capacity:
        return
    if is_own:
        raise NotAllowedNow(
            t(
                "You hold %(held)s leads, the most that the rules allow: convert or give back one first.",
                held=held,
            )
        )
    raise NotAllowedNow(
        t("This colleague holds %(held)s leads, the most that the rules allow.", held=held)
    )


def check_cooled(until: date | None, today: date) -> None:
    """NotAllowedNow while the same person has to leave it to others."""
    if until is not None and today < until:
        raise NotAllowedNow(
            t(
                "This lead was in your hands until lately: others have it first, you again from %(day)s.",
                day=f"{until}",
            )
        )
