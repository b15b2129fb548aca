"""The limits of liability that a firm begins with, each with the text that it stands in (DOMAIN T7, T8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.claims.rules.kinds import LimitUnit as U
from portal.service_requests.rules.clock_kinds import Mode


@dataclass(frozen=True, slots=True)
class FirstLimit:
    """One row of the table; see `rules.limits.LimitRow`."""

    code: str
    mode: Mode
    unit: U
    rate: Decimal
    source: str
    from_on: date
    until_on: date | None = None
    only_declared: bool | None = False


_SEA_1992 = "海商法（1992）第五十六条"
_SEA_2025 = "海商法（2025 修订）第五十七条"
_MONTREAL = "蒙特利尔公约（1999）第二十二条"
_POST = "邮政法（2015）第四十七条"
_CIVIL = "民法典第八百三十三条"
_EXPRESS = "快递暂行条例第二十七条；公司规定"
_SINCE_1993, _UNTIL_2026, _SINCE_2026 = date(1993, 7, 1), date(2026, 4, 30), date(2026, 5, 1)
_SINCE_2021, _SINCE_2018, _SINCE_2015 = date(2021, 1, 1), date(2018, 5, 1), date(2015, 4, 24)

FIRST_LIMITS: tuple[FirstLimit, ...] = (
    FirstLimit("sea", Mode.SEA, U.SDR_PER_PACKAGE, Decimal("666.67"), _SEA_1992, _SINCE_1993, _UNTIL_2026),
    FirstLimit("sea", Mode.SEA, U.SDR_PER_KG, Decimal(2), _SEA_1992, _SINCE_1993, _UNTIL_2026),
    FirstLimit("sea", Mode.SEA, U.SDR_PER_PACKAGE, Decimal("666.67"), _SEA_2025, _SINCE_2026),
    FirstLimit("sea", Mode.SEA, U.SDR_PER_KG, Decimal(2), _SEA_2025, _SINCE_2026),
    FirstLimit("sea_declared", Mode.SEA, U.DECLARED_VALUE, Decimal(1), _SEA_1992, _SINCE_1993, _UNTIL_2026, True),
    FirstLimit("sea_declared", Mode.SEA, U.DECLARED_VALUE, Decimal(1), _SEA_2025, _SINCE_2026, None, True),
    FirstLimit("air", Mode.AIR, U.SDR_PER_KG, Decimal(22), _MONTREAL, date(2019, 12, 28), date(2024, 12, 27)),
    FirstLimit("air", Mode.AIR, U.SDR_PER_KG, Decimal(26), _MONTREAL, date(2024, 12, 28)),
    FirstLimit("air_declared", Mode.AIR, U.DECLARED_VALUE, Decimal(1), _MONTREAL, date(2005, 7, 31), None, True),
    FirstLimit("post", Mode.POST, U.TIMES_FREIGHT, Decimal(3), _POST, _SINCE_2015),
    FirstLimit("post_insured", Mode.POST, U.DECLARED_VALUE, Decimal(1), _POST, _SINCE_2015, None, True),
    FirstLimit("express_house", Mode.EXPRESS, U.TIMES_FREIGHT, Decimal(9), _EXPRESS, _SINCE_2018),
    FirstLimit("express_insured", Mode.EXPRESS, U.DECLARED_VALUE, Decimal(1), _EXPRESS, _SINCE_2018, None, True),
    FirstLimit("road", Mode.ROAD, U.MARKET_VALUE, Decimal(1), _CIVIL, _SINCE_2021),
    FirstLimit("road_declared", Mode.ROAD, U.DECLARED_VALUE, Decimal(1), _CIVIL, _SINCE_2021, None, True),
)  # fmt: skip
"""Three times the postage (art. 47); the house's own cap for express is the upper end of 3 to 9 times the freight."""
