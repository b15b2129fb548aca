"""The firm's own rules of the pool 公海: how many leads a person holds, and when one falls back (REQUIREMENTS K6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

KEY = "leads"
MOST_HELD, MOST_DAYS = 1000, 730


@dataclass(frozen=True, slots=True)
class LeadSettings:
    """As `FirmProfile.sales` keeps them under "leads"; what is missing there is what a firm starts with.

    A person holds at most `capacity` leads. One falls back `untouched_days` after the last touch, and in any case
    `convert_days` after it was taken; its holder is warned `warn_days` before, and may pick the same one again only
    `cool_off_days` later. All in natural days.
    """

    capacity: int = 50
    untouched_days: int = 14
    convert_days: int = 90
    warn_days: int = 3
    cool_off_days: int = 30

    @classmethod
    def from_json(cls, sales: Mapping[str, Any] | None) -> LeadSettings:
        """What is kept, with the defaults for the rest."""
        kept = dict((sales or {}).get(KEY) or {})
        known = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        return cls(**{name: int(value) for name, value in known.items()})

    def to_json(self) -> dict[str, Any]:
        """The part of `FirmProfile.sales` that is ours."""
        return {KEY: asdict(self)}

    def checked(self) -> LeadSettings:
        """Itself; InvalidMany by field for figures out of reason."""
        wrong: dict[str, Text] = {}
        if not 1 <= self.capacity <= MOST_HELD:
            wrong["capacity"] = t("From 1 to %(most)s.", most=MOST_HELD)
        for name in ("untouched_days", "convert_days"):
            if not 1 <= getattr(self, name) <= MOST_DAYS:
                wrong[name] = t("From 1 to %(most)s days.", most=MOST_DAYS)
        if not 0 <= self.cool_off_days <= MOST_DAYS:
            wrong["cool_off_days"] = t("From 0 to %(most)s days.", most=MOST_DAYS)
        shortest = min(self.untouched_days, self.convert_days)
        if not wrong and not 0 <= self.warn_days < shortest:
            wrong["warn_days"] = t("Fewer days than it takes to fall back.")
        if wrong:
            raise InvalidMany(wrong)
        return self
