"""By when a person's request is answered.

- 个人信息保护法 (PIPL) 45–47 and 50: promptly (及时), without naming days; a refusal says why.
- App违法违规收集使用个人信息行为认定方法 (国信办秘字〔2019〕191号) 六: at most 15 working days where people handle it.
- GB/T 35273-2020 8.7: within 30 days.
- GDPR 12(3): within one month; two further months for involved requests, told within the first.

The earliest of them counts. An extension is ours to give only where GDPR applies, and never past three months.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.workcalendar import WorkCalendar

WORKING_DAYS = 15
DAYS = 30
MOST_MONTHS = 3
ONE_DAY = timedelta(days=1)


def due_on(asked_on: date, working: WorkCalendar) -> date:
    """The last day on which the answer is in time: the earliest of 15 working days, 30 days and one month."""
    return min(
        after_working_days(asked_on, WORKING_DAYS, working),
        asked_on + timedelta(days=DAYS),
        months_after(asked_on, 1),
    )


def after_working_days(day: date, count: int, working: WorkCalendar) -> date:
    """The `count`th working day after `day`."""
    while count:
        day += ONE_DAY
        count -= working.is_working(day)
    return day


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or that month's last."""
    whole = day.month - 1 + months
    year, month = day.year + whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def check_extension(asked_on: date, due: date, until: date) -> None:
    """Invalid at "until" for a day that is no extension, or one past three months (GDPR 12(3))."""
    if until <= due:
        raise Invalid(t("Choose a later day than %(day)s.", day=str(due)), "until")
    latest = months_after(asked_on, MOST_MONTHS)
    if until > latest:
        raise Invalid(t("The law allows no day after %(day)s.", day=str(latest)), "until")
