"""Which opportunities enter the forecast (REQUIREMENTS O3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.opportunities.rules.kinds import RATINGS, Rating

KEY = "forecast"
MOST_DAYS = 3650


class Needed(StrEnum):
    """What must be there beside amount and day, without which nothing can be forecast."""

    CONTACT = "contact"
    SITE = "site"
    ITEMS = "items"
    CATEGORY = "category"
    NEXT_STEP = "next_step"
    COMPETITOR = "competitor"


NEEDED_WORDS: dict[str, Text] = {
    Needed.CONTACT: t("A contact"),
    Needed.SITE: t("A site"),
    Needed.ITEMS: t("Service items"),
    Needed.CATEGORY: t("A category"),
    Needed.NEXT_STEP: t("A next step"),
    Needed.COMPETITOR: t("The competitors, or that there is none"),
}


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """As `FirmProfile.sales` keeps them under "forecast"; what is missing there is what a firm starts with.

    `least_likelihood` percent; `ratings` (): any, or none at all; `overdue_days`: one whose day has passed by more than
    so many days has lost its place, 0: never.
    """

    least_likelihood: int = 20
    ratings: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    overdue_days: int = 0

    @classmethod
    def from_json(cls, sales: Mapping[str, Any] | None) -> ForecastSettings:
        """What is kept, with the defaults for the rest."""
        kept = dict((sales or {}).get(KEY) or {})
        usual = cls()
        return cls(
            least_likelihood=int(kept.get("least_likelihood", usual.least_likelihood)),
            ratings=frozenset(kept.get("ratings") or ()) & frozenset(RATINGS),
            needed=frozenset(kept.get("needed") or ()) & frozenset(NEEDED_WORDS),
            overdue_days=int(kept.get("overdue_days") or 0),
        )

    def to_json(self) -> dict[str, Any]:
        """The part of `FirmProfile.sales` that is ours."""
        return {
            KEY: {
                "least_likelihood": self.least_likelihood,
                "ratings": sorted(self.ratings),
                "needed": sorted(self.needed),
                "overdue_days": self.overdue_days,
            }
        }

    def checked(self) -> ForecastSettings:
        """Itself; InvalidMany by field for figures and words out of reason."""
        wrong: dict[str, Text] = {}
        if not 0 <= self.least_likelihood <= 100:
            wrong["least_likelihood"] = t("From 0 to 100 percent.")
        if not 0 <= self.overdue_days <= MOST_DAYS:
            wrong["overdue_days"] = t("From 0 to %(most)s days.", most=MOST_DAYS)
        for name, known in (("ratings", set(Rating)), ("needed", set(Needed))):
            if not getattr(self, name) <= {each.value for each in known}:
                wrong[name] = t("Choose one of the list.")
        if wrong:
            raise InvalidMany(wrong)
        return self
