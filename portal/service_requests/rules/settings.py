"""The firm's own values of service: hours of work, days within which something may be done, limits (S3, S4, S9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.service_requests.rules.work_hours import WorkHours

MOST_DAYS = 365
MOST_CLAIM = Decimal(100_000_000)
_DAYS = ("reopen_days", "close_after_days", "lead_reopen_days", "return_visit_days")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """As `FirmProfile.service` keeps them; what is missing there is what a firm starts with.

    `reopen_days` working days a customer may reopen what was resolved, `lead_reopen_days` natural days a lead may
    (DOMAIN section 16); resolved requests close themselves after `close_after_days` natural days. `claim_limit`: up to
    that much (firm's currency) one person decides a claim. `years`: years whose days the firm entered whole.
    """

    hours: WorkHours = field(default_factory=WorkHours)
    reopen_days: int = 5
    close_after_days: int = 3
    lead_reopen_days: int = 30
    claim_limit: Decimal = Decimal(5000)
    return_visit_days: int = 7
    years: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> ServiceSettings:
        """What is kept, with the defaults for the rest."""
        found, usual = dict(kept or {}), cls()
        lunch = [_time(found.get(name)) for name in ("lunch_from", "lunch_until")]
        hours = WorkHours(
            _time(found.get("opens")) or usual.hours.opens,
            _time(found.get("closes")) or usual.hours.closes,
            *lunch,
        )
        days = {name: int(found.get(name) or getattr(usual, name)) for name in _DAYS}
        limit = found.get("claim_limit")
        return cls(
            hours=hours,
            claim_limit=usual.claim_limit if limit in (None, "") else Decimal(str(limit)),
            years=tuple(sorted(int(year) for year in found.get("years") or ())),
            **days,
        )

    def to_json(self) -> dict[str, Any]:
        """As `FirmProfile.service` keeps it; the limit as text, so that it stays exact."""
        hours = self.hours
        named = {
            "opens": hours.opens,
            "closes": hours.closes,
            "lunch_from": hours.lunch_from,
            "lunch_until": hours.lunch_until,
        }
        return {
            **{name: f"{at:%H:%M}" if at else "" for name, at in named.items()},
            **{name: getattr(self, name) for name in _DAYS},
            "claim_limit": f"{self.claim_limit:f}",
            "years": list(self.years),
        }

    def checked(self) -> ServiceSettings:
        """Itself; InvalidMany by field for hours that are none and figures out of reason."""
        wrong: dict[str, Text] = dict(self.hours.problems())
        for name in _DAYS:
            if not 1 <= getattr(self, name) <= MOST_DAYS:
                wrong[name] = t("From 1 to %(most)s days.", most=MOST_DAYS)
        if not 0 <= self.claim_limit <= MOST_CLAIM:
            wrong["claim_limit"] = t("From 0 to %(most)s.", most=f"{MOST_CLAIM:,}")
        if wrong:
            raise InvalidMany(wrong)
        return self


def _time(kept: Any) -> time | None:
    return time.fromisoformat(kept) if kept else None
