"""Stocks for the tests of the storage rules: the golden one, short ways to write one, any one."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from portal.catalogue.rules.storage import Method, StoragePolicy
from portal.kernel.period import Period
from portal.warehouse.rules.layers import Layer
from portal.warehouse.rules.unit_days import Flow, MovementKind

D = Decimal
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))


def on(day: int, month: int = 3) -> date:
    return date(2026, month, day)


def moved(day: date, quantity: int | str | Decimal, lot: str = "", at: str = "00:00") -> Flow:
    kind = MovementKind.IN if D(quantity) > 0 else MovementKind.OUT
    return Flow(day, D(quantity), kind, lot, time.fromisoformat(at))


def found(day: date, quantity: int | str, lot: str = "") -> Flow:
    return Flow(day, D(quantity), MovementKind.ADJUST, lot)


def daily(**settings) -> StoragePolicy:
    settings.setdefault("rate", None if settings.get("tiers") else D(1))
    return StoragePolicy(Method.DAILY, settings.pop("unit", "MTQ"), "CNY", **settings)


def by(method: Method, rate: int | str, **settings) -> StoragePolicy:
    return StoragePolicy(
        method, settings.pop("unit", "XPX"), settings.pop("currency", "CNY"), D(rate), **settings
    )


PIECES = ((5, 300), (12, -420), (20, 200), (25, -130))
PIECE = D("0.024")
"""G7: m³ of one piece; 500 were there before March."""


def golden(size: Decimal = PIECE) -> list[Flow]:
    return [moved(on(day), pieces * size) for day, pieces in PIECES]


def golden_opening(size: Decimal = PIECE) -> list[Layer]:
    return [Layer("", date(2026, 2, 10), 500 * size)]


@st.composite
def stocks(draw: st.DrawFn, lots: tuple[str, ...] = ("A", "B")) -> list[Flow]:
    """Movements around March in the order of time, so that no lot is ever negative."""
    moments = st.tuples(st.integers(-20, 35), st.integers(0, 23), st.sampled_from(lots))
    wanted = sorted(draw(st.lists(moments, max_size=14)))
    there = dict.fromkeys(lots, D(0))
    flows = []
    for ahead, hour, lot in wanted:
        quantity = draw(st.decimals("-60", "60", places=3).filter(bool))
        quantity = max(quantity, -there[lot])
        if quantity:
            there[lot] += quantity
            adjusted = draw(st.integers(0, 9)) == 0
            kind = MovementKind.IN if quantity > 0 else MovementKind.OUT
            kind = MovementKind.ADJUST if adjusted else kind
            flows.append(Flow(on(1) + timedelta(days=ahead), quantity, kind, lot, time(hour)))
    return flows
