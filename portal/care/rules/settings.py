"""The firm's own values of customer care (REQUIREMENTS K5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

KEY = "care"
MOST_HORIZON, MOST_A_DAY = 90, 20


@dataclass(frozen=True, slots=True)
class CareSettings:
    """As `FirmProfile.sales` keeps them under "care"; what is missing there is what a firm starts with.

    Visits plan themselves `horizon_days` natural days ahead, at most `a_day` for a person and working day.
    """

    horizon_days: int = 14
    a_day: int = 3

    @classmethod
    def from_json(cls, sales: Mapping[str, Any] | None) -> CareSettings:
        """What is kept, with the defaults for the rest."""
        kept = dict((sales or {}).get(KEY) or {})
        known = {each.name: int(kept[each.name]) for each in fields(cls) if each.name in kept}
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        """The part of `FirmProfile.sales` that is ours."""
        return {KEY: asdict(self)}

    def checked(self) -> CareSettings:
        """Itself; InvalidMany by field for figures out of reason."""
        wrong: dict[str, Text] = {}
        for name, most in (("horizon_days", MOST_HORIZON), ("a_day", MOST_A_DAY)):
            if not 1 <= getattr(self, name) <= most:
                wrong[name] = t("From 1 to %(most)s.", most=most)
        if wrong:
            raise InvalidMany(wrong)
        return self
