"""What was gathered about one customer for its classes, as a value and as the JSON that a row keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from portal.customers.rules.kinds import Segment
from portal.insights.rules.abc import Place
from portal.insights.rules.states import usual_interval


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was gathered about one customer; amounts and orders by month, the newest first.

    `ordered_from`, `ordered_until` and `order_days` are of the period; `first_order_on` and `last_order_on` of all
    time. `place` None: no part of the portfolio (nothing ordered or billed in the period). `branch_amounts`: what the
    `branches` of a group brought, where its tier adds them up.
    """

    tier_before: Segment
    amounts: Sequence[Decimal] = ()
    orders: Sequence[int] = ()
    first_order_on: date | None = None
    last_order_on: date | None = None
    ordered_from: date | None = None
    ordered_until: date | None = None
    order_days: int = 0
    answers: int = 0
    good: int = 0
    place: Place | None = None
    contract_over_on: date | None = None
    contract_ending: tuple[str, date] | None = None
    complaints_on: Sequence[date] = ()
    paid_days: Decimal | None = None
    paid_days_before: Decimal | None = None
    contacts_left: Sequence[tuple[str, date]] = ()
    lost_to: tuple[str, int] | None = None
    branches: int = 0
    branch_amounts: Sequence[Decimal] = ()

    @property
    def tier_amounts(self) -> list[Decimal]:
        """What the tier goes by: the customer's own amounts, with those of its branches where they are added up."""
        pairs = zip_longest(self.amounts, self.branch_amounts, fillvalue=Decimal(0))
        return [own + theirs for own, theirs in pairs]

    @property
    def usual_days(self) -> Decimal | None:
        """Days between two days with orders, as they were in the period."""
        return usual_interval(self.ordered_from, self.ordered_until, self.order_days)

    @property
    def volumes(self) -> list[Decimal]:
        """Orders by month; what was billed where nothing was ordered in the newest four months."""
        if any(self.orders[:4]):
            return [Decimal(each) for each in self.orders]
        return list(self.amounts)

    def to_json(self) -> dict[str, Any]:
        """As `Classification.inputs` keeps it: without what is not there, figures as text, so that they stay exact."""
        place = self.place
        kept = {
            "tier_before": self.tier_before.value,
            "amounts": [f"{each:f}" for each in self.amounts],
            "orders": list(self.orders),
            **{name: _day(getattr(self, name)) for name in _DAYS},
            "order_days": self.order_days,
            "answers": self.answers,
            "good": self.good,
            "place": place and [place.rank, f"{place.amount:f}", f"{place.before:f}"],
            "contract_ending": self.contract_ending and _named(self.contract_ending),
            "complaints_on": [f"{each}" for each in self.complaints_on],
            "paid_days": _figure(self.paid_days),
            "paid_days_before": _figure(self.paid_days_before),
            "contacts_left": [_named(each) for each in self.contacts_left],
            "lost_to": self.lost_to and list(self.lost_to),
            "branches": self.branches,
            "branch_amounts": [f"{each:f}" for each in self.branch_amounts],
        }
        return {name: value for name, value in kept.items() if value not in (None, 0, [])}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Inputs:
        """What `to_json` wrote."""
        place, ending, lost_to = (
            kept.get(name) for name in ("place", "contract_ending", "lost_to")
        )
        days = {name: _read_day(kept.get(name)) for name in _DAYS}
        return cls(
            tier_before=Segment(kept["tier_before"]),
            amounts=tuple(Decimal(each) for each in kept.get("amounts", ())),
            orders=tuple(kept.get("orders", ())),
            **days,
            order_days=kept.get("order_days", 0),
            answers=kept.get("answers", 0),
            good=kept.get("good", 0),
            place=Place(place[0], Decimal(place[1]), Decimal(place[2])) if place else None,
            contract_ending=_read_named(ending) if ending else None,
            complaints_on=tuple(date.fromisoformat(each) for each in kept.get("complaints_on", ())),
            paid_days=_read_figure(kept.get("paid_days")),
            paid_days_before=_read_figure(kept.get("paid_days_before")),
            contacts_left=tuple(_read_named(each) for each in kept.get("contacts_left", ())),
            lost_to=(lost_to[0], lost_to[1]) if lost_to else None,
            branches=kept.get("branches", 0),
            branch_amounts=tuple(Decimal(each) for each in kept.get("branch_amounts", ())),
        )


_DAYS = ("first_order_on", "last_order_on", "ordered_from", "ordered_until", "contract_over_on")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(kept: str | None) -> date | None:
    return None if kept is None else date.fromisoformat(kept)


def _figure(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _read_figure(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _named(pair: tuple[str, date]) -> list[str]:
    return [pair[0], pair[1].isoformat()]


def _read_named(kept: Sequence[str]) -> tuple[str, date]:
    return kept[0], date.fromisoformat(kept[1])
