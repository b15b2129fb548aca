"""The management's weekly letter: a few figures of a week against the week before (REQUIREMENTS I2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.kernel.text import Text, t
from portal.receivables.rules.report_figures import change

ZERO = Decimal(0)
NOTABLE_PERCENT = Decimal(25)
"""From such a change on a figure is told in a sentence."""
NOTABLE_LEAST = Decimal(5)
"""Counts below say nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a figure is: its words, whether more is better (None: neither), whether it is money or a percentage.

    `endpoint` with `narrowed` is where it leads; `dated`: the part of that address that takes the week's days.
    """

    code: str
    label: Text
    up: bool | None = None
    unit: str = ""
    endpoint: str = ""
    narrowed: Mapping[str, str] = field(default_factory=dict)
    dated: str = ""


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("orders", t("Orders received"), True, endpoint="desk_bookings.index"),
        Kind("delivered", t("Shipments delivered"), True, endpoint="desk_shipments.index"),
        Kind("on_time", t("On time"), True, "percent", "desk_indices.index"),
        Kind("requests", t("Service requests"), endpoint="desk_requests.index"),
        Kind("complaints", t("Complaints"), False, endpoint="desk_registers.complaints"),
        Kind("late", t("Requests late now"), False, "", "desk_requests.queue", {"queue": "late"}),
        Kind("satisfied", t("Satisfied answers"), True, "percent", "desk_surveys.index"),
        Kind("published", t("Billed, with tax"), True, "money", "desk_statements.index"),
        Kind("paid", t("Paid, with tax"), True, "money", "desk_receipts.index"),
        Kind("overdue", t("Overdue now"), False, "money", "desk_receivables.index"),
        Kind(
            "won",
            t("Opportunities won"),
            True,
            "",
            "desk_opportunities.index",
            {"state": "won"},
            "closed",
        ),
        Kind(
            "lost",
            t("Opportunities lost"),
            False,
            "",
            "desk_opportunities.index",
            {"state": "lost"},
            "closed",
        ),
        Kind("at_risk", t("Customers at risk"), False, "", "desk_tiers.churn", {"risk": "yes"}),
    )
}


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of a letter: `currency` for money; None: nothing to divide, or not known then."""

    code: str
    now: Decimal | None
    before: Decimal | None = None
    currency: str = ""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.code]

    @property
    def percent(self) -> Decimal | None:
        """The change in percent; None without a week before."""
        if self.now is None or self.before is None:
            return None
        return change(self.now, self.before)

    @property
    def tone(self) -> str:
        """good, bad, or nothing to notice."""
        if (
            self.now is None
            or self.before is None
            or self.kind.up is None
            or self.now == self.before
        ):
            return ""
        return "good" if (self.now > self.before) is self.kind.up else "bad"

    def to_json(self) -> dict[str, Any]:
        """As the issue keeps it; figures as text, so that they stay exact."""
        return {
            "code": self.code,
            "now": None if self.now is None else f"{self.now:f}",
            "before": None if self.before is None else f"{self.before:f}",
            "currency": self.currency,
        }


def told_from(kept: Iterable[Mapping[str, Any]]) -> list[Told]:
    """What `to_json` wrote; figures that are not known any more are left out."""
    return [
        Told(each["code"], _number(each.get("now")), _number(each.get("before")), each.get("currency", ""))
        for each in kept
        if each.get("code") in KINDS
    ]  # fmt: skip


def notable(figures: Iterable[Told]) -> list[Told]:
    """What changed most, for the worse before for the better; small counts say nothing."""
    found = [
        each
        for each in figures
        if each.tone and each.percent is not None and abs(each.percent) >= NOTABLE_PERCENT and _is_enough(each)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.tone != "bad", -abs(each.percent or ZERO)))


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def reported(week_on: date) -> tuple[date, date]:
    """The first and last day that the letter of a Monday tells of: the week before."""
    return week_on - timedelta(days=7), week_on - timedelta(days=1)


def _is_enough(figure: Told) -> bool:
    if figure.kind.unit:
        return True
    return max(abs(figure.now or ZERO), abs(figure.before or ZERO)) >= NOTABLE_LEAST


def _number(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)
