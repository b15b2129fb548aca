"""What the demo is played on: its people, customers and contracts by name, and the days on which things happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer
from portal.db.base import db
from portal.demo.rates.sheet import month_end, month_start
from portal.kernel import clock

ZONE = ZoneInfo("Asia/Shanghai")
Act = Callable[[datetime], object]


@dataclass(slots=True)
class Timeline:
    """Steps of the past, told in any order and played in that of their instants; none lies after `now`."""

    now: datetime
    _steps: list[tuple[datetime, int, Act]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day on which the demo is made."""
        return clock.business_day(self.now)

    def day(self, days: int) -> date:
        """So many days from today; negative: before."""
        return self.today + timedelta(days=days)

    def month(self, later: int) -> date:
        """The first day of the month so many months from this one."""
        return month_start(self.today, later)

    def month_end(self, later: int) -> date:
        """The last day of that month."""
        return month_end(self.today, later)

    def at(self, day: date, hour: str = "10:00") -> datetime:
        """The instant of an hour in the firm's zone, in UTC, at the latest now."""
        return min(datetime.combine(day, time.fromisoformat(hour), ZONE).astimezone(UTC), self.now)

    def add(self, day: date, hour: str, act: Act) -> None:
        """Have something happen; of two things at one instant the one told first comes first."""
        self._steps.append((self.at(day, hour), len(self._steps), act))

    def play(self) -> None:
        """Everything, in its order, with the clock held at each instant."""
        for at, _place, act in sorted(self._steps, key=lambda step: step[:2]):
            with clock.frozen(at):
                act(at)


@dataclass(slots=True)
class Stage:
    """The demo as its stories find it: who there is, and what was written so far."""

    timeline: Timeline
    people: Mapping[str, Viewer]
    """Sign-in name before the @ → who that is to the actions."""
    contracts: dict[str, Contract] = field(default_factory=dict)

    def customer(self, code: str) -> Customer:
        """A customer by its code."""
        return db.session.scalars(select(Customer).where(Customer.code == code)).one()

    def item(self, charge_code: str, **columns: Any) -> ServiceItem:
        """The service item of a charge; `columns` as far as there are several."""
        wanted = select(ServiceItem).where(ServiceItem.charge_code == charge_code)
        return db.session.scalars(wanted.filter_by(**columns)).one()

    def entitlement(self, contract: str, charge_code: str, on: date) -> Entitlement:
        """What a contract grants of a charge on a day; of several periods the one of the day."""
        wanted = (
            select(Entitlement)
            .join(ServiceItem, ServiceItem.id == Entitlement.item_id)
            .where(
                Entitlement.contract_id == self.contracts[contract].id,
                ServiceItem.charge_code == charge_code,
                Entitlement.starts_on <= on,
                Entitlement.ends_on >= on,
            )
        )
        return db.session.scalars(wanted).one()
