"""What came of a campaign: shares are honest, of those who were reached."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Tally:
    """Mails of a campaign, or of one group within it. `key`: the group's."""

    key: str = ""
    posted: int = 0
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    unsubscribed: int = 0
    interested: int = 0

    @property
    def waiting(self) -> int:
        """Posted and on their way."""
        return self.posted - self.sent - self.failed - self.dropped

    @property
    def interest(self) -> Decimal | None:
        """Interested ones per hundred sent; None: nothing was sent."""
        return percent(self.interested, self.sent)

    @property
    def parting(self) -> Decimal | None:
        """Unsubscribed ones per hundred sent."""
        return percent(self.unsubscribed, self.sent)


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent with one place; None where there is no whole."""
    if not whole:
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
