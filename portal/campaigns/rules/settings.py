"""How often one person may be written to by campaigns, all of them together (REQUIREMENTS K7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

KEY = "campaigns"
MOST_MAILS, MOST_DAYS = 100, 365


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """As `FirmProfile.sales` keeps them under "campaigns": at most `most` mails to one address within `days` days.

    `most` 0: as many as there are campaigns.
    """

    most: int = 0
    days: int = 30

    @classmethod
    def from_json(cls, sales: Mapping[str, Any] | None) -> CampaignSettings:
        """What is kept, with the defaults for the rest."""
        kept = dict((sales or {}).get(KEY) or {})
        known = {each.name: int(kept[each.name]) for each in fields(cls) if each.name in kept}
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        """The part of `FirmProfile.sales` that is ours."""
        return {KEY: asdict(self)}

    @property
    def window(self) -> timedelta:
        """How far back mails count."""
        return timedelta(days=self.days)

    def is_full(self, sent: int) -> bool:
        """Whether a person who had `sent` mails within the window gets no more now."""
        return 0 < self.most <= sent

    def checked(self) -> CampaignSettings:
        """Itself; InvalidMany by field for figures out of reason."""
        wrong: dict[str, Text] = {}
        if not 0 <= self.most <= MOST_MAILS:
            wrong["most"] = t("From 0 to %(most)s.", most=MOST_MAILS)
        if not 1 <= self.days <= MOST_DAYS:
            wrong["days"] = t("From 1 to %(most)s days.", most=MOST_DAYS)
        if wrong:
            raise InvalidMany(wrong)
        return self
