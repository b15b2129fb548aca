"""Column types that keep money, quantities and instants exact on both databases.

Decimals are stored as scaled integers: with NUMERIC on SQLite 0.10 + 0.20 = 0.30 is false in SQL.
SQL may add and compare them; multiplication belongs to the rules.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text, TypeDecorator


class ScaledDecimal(TypeDecorator[Decimal]):
    """A Decimal kept as an integer of `places` places; more places are refused, not rounded away."""

    impl = BigInteger
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """The scaled integer; ValueError when `value` has more places than the column."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("money and quantities are Decimal, never float")
        if not value:
            return 0  # most measures of a movement are nothing, and there are many of them
        scaled = Decimal(value).scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more than {self.places} places")
        return whole

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The Decimal with exactly `places` places."""
        return None if value is None else Decimal(value).scaleb(-self.places)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Compare and add in the same scale."""
        return self


class Amount(ScaledDecimal):
    """Money: 3 places, since the Kuwaiti dinar has three; the rules round to the currency's own."""

    cache_ok = True
    places = 3


class Rate(ScaledDecimal):
    """A price per unit, a percentage or a rate of exchange: 6 places."""

    cache_ok = True
    places = 6


class Quantity(ScaledDecimal):
    """A measured quantity in its unit: 6 places."""

    cache_ok = True
    places = 6


class PieceSize(ScaledDecimal):
    """What one piece measures, in m³ or kg: 9 places, since a cubic centimetre is the sixth."""

    cache_ok = True
    places = 9


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware out, UTC inside."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """`timestamptz` on PostgreSQL, naive UTC text on SQLite."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; a naive datetime is a mistake and refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given for an instant")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JSONText(TypeDecorator[Any]):
    """JSON as text, keys sorted, so that equal values are equal bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact JSON text."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """What was stored."""
        return None if value is None else json.loads(value)
