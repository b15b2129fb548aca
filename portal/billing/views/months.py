"""Months as one chooses them: in filters, and for the period that is billed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select

from portal.kernel import clock

MONTHS_BACK = 13


def month_options() -> list[tuple[str, str]]:
    """This month and those before it as `2026-03`, the newest first."""
    first, found = clock.today().replace(day=1), []
    for _ in range(MONTHS_BACK):
        found.append((f"{first:%Y-%m}", f"{first:%Y-%m}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def ended_months() -> list[tuple[str, str]]:
    """The months that are over, the newest first."""
    return month_options()[1:]


def days_of(month: str) -> tuple[date, date] | None:
    """The first and last day of a month such as `2026-03`; None for anything else."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def in_month(statement: Select[Any], column: Any, month: str) -> Select[Any]:
    """Rows whose day lies in a month."""
    found = days_of(month)
    return statement if found is None else statement.where(column.between(*found))


def period_words(first: date, last: date) -> str:
    """`2026-03` for a whole month, else its first and last day."""
    if days_of(f"{first:%Y-%m}") == (first, last):
        return f"{first:%Y-%m}"
    return f"{first.isoformat()} – {last.isoformat()}"


def last_ended(today: date) -> date:
    """The first day of the month that ended last."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
