"""How much time is left, paused or late, in words."""

from __future__ import annotations

from portal.kernel.text import Text, t

MINUTE, HOUR = 60, 3600


def in_words(seconds: int, day: int) -> Text:
    """A stretch of time by its two largest measures; `day` is how many seconds a day has in this kind of time.

    Less than a minute is one: nobody has "0 minutes" left.
    """
    seconds = abs(seconds)
    if seconds < HOUR:
        return t("%(minutes)s min", minutes=max(1, seconds // MINUTE))
    if seconds < day:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        if not minutes:
            return t("%(hours)s h", hours=hours)
        return t("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    days, hours = seconds // day, seconds % day // HOUR
    if not hours:
        return t("%(days)s d", days=days)
    return t("%(days)s d %(hours)s h", days=days, hours=hours)
