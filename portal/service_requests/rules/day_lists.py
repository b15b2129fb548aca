"""A list of days as somebody pastes it: the decree's own words, or a day to a line.

    元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
    2027-02-06 上班
    2027-05-01 ~ 2027-05-05 off

Days stand before the word that says whether they are worked; what is in brackets is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.workcalendar import ONE_DAY

LONGEST = 8000
LONGEST_RANGE = 60
_BRACKETS = re.compile(r"[(（][^)）]*[)）]")
_SENTENCES = re.compile(r"[。；;\n]+")
_DAY = r"(?:(?:(?P<{0}y>\d{{4}})\s*[年/.-]\s*)?(?P<{0}m>\d{{1,2}})\s*[月/.-]\s*)?(?P<{0}d>\d{{1,2}})(?:\s*日)?"
_FIRST = r"(?:(?P<ay>\d{4})\s*[年/.-]\s*)?(?P<am>\d{1,2})\s*[月/.-]\s*(?P<ad>\d{1,2})(?:\s*日)?"
_TOKEN = re.compile(
    rf"{_FIRST}(?:\s*(?:至|到|~|～|—|–|-|\bto\b)\s*{_DAY.format('b')})?"
    r"|(?P<worked>上班|补班|班|\bwork(?:s|ed|ing)?\b)|(?P<free>放假|休息|休|\boff\b|\bholidays?\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ListedDay:
    """One day of a list, and whether it is worked."""

    on: date
    is_working: bool


def read_days(text: str, year: int) -> list[ListedDay]:
    """The days that a list names, in their order; a day named twice is as it was named last.

    A day without a year is of `year`. Raises Invalid (field "text") for no day at all, a day that does not exist or is
    of another year, a range that runs backwards or too far, and days that nothing is said of.
    """
    if len(text) > LONGEST:
        raise Invalid(t("At most %(most)s characters.", most=LONGEST), "text")
    found: dict[date, bool] = {}
    for sentence in _SENTENCES.split(_BRACKETS.sub("", text)):
        waiting: list[date] = []
        for match in _TOKEN.finditer(sentence):
            if match["am"]:
                waiting += _days(match, year)
            else:
                found |= dict.fromkeys(waiting, match["worked"] is not None)
                waiting = []
        if waiting:
            raise Invalid(t("Say of %(day)s whether it is worked or off.", day=waiting[0]), "text")
    if not found:
        raise Invalid(t("No day was found in this list."), "text")
    return [ListedDay(on, found[on]) for on in sorted(found)]


def _days(match: re.Match[str], year: int) -> Iterator[date]:
    first = _day(match, "a", year, 0)
    last = first if match["bd"] is None else _day(match, "b", first.year, first.month)
    if not 0 <= (last - first).days < LONGEST_RANGE:
        text = t("%(first)s to %(last)s is no stretch of days.", first=first, last=last)
        raise Invalid(text, "text")
    while first <= last:
        yield first
        first += ONE_DAY


def _day(match: re.Match[str], part: str, year: int, month: int) -> date:
    named = int(match[f"{part}y"] or year), int(match[f"{part}m"] or month), int(match[f"{part}d"])
    try:
        found = date(*named)
    except ValueError:
        text = t("There is no day “%(found)s”.", found=match[0].strip())
        raise Invalid(text, "text") from None
    if found.year != year:
        text = t("%(day)s is not a day of %(year)s.", day=found, year=year)
        raise Invalid(text, "text")
    return found
