"""What the demo's contracts say: each as somebody agreed it, with its days relative to the day of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from portal.catalogue.rules.storage import DayCount
from portal.contracts.rules.kinds import Allowance, Overage
from portal.demo.stage import Timeline

D = Decimal
YEAR = timedelta(days=364)
SHANGHAI = {"origin": "310000"}
SIGNED_AFTER = timedelta(days=5)
"""So long after the draft a contract is signed."""
MONTHLY = {"allowance": Allowance.MONTH.value}


class Reached(IntEnum):
    """How far a contract has come."""

    DRAFT = 0
    ASKED = 1
    APPROVED = 2
    SIGNED = 3


@dataclass(frozen=True, slots=True)
class LineStory:
    """A service at an agreed price; `item` tells it from others of the charge, `values` go into the grid.

    `storage`: parts of the storage policy that are not the usual ones. `branch`: the code of who alone may draw.
    `inclusive`: whether the price contains its tax.
    """

    charge: str
    unit: str
    rate: str
    quantity: str | None = None
    item: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    storage: Mapping[str, Any] = field(default_factory=dict)
    branch: str = ""
    currency: str = "CNY"
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class ContractStory:
    """One contract: for whom, by whom, from when to when; `promises` are terms that are not the usual ones."""

    customer: str
    sales: str
    title: str
    signed_by: str
    starts_on: date
    ends_on: date
    lines: tuple[LineStory, ...]
    drafted_on: date
    reason: str = "年度框架合同，价格经双方谈判确认"
    promises: Mapping[str, Any] = field(default_factory=dict)
    currency: str = "CNY"
    reached: Reached = Reached.SIGNED
    printed: bool = False


def stories(days: Timeline) -> dict[str, ContractStory]:
    """Every contract that is written by hand."""
    return {
        "shop_old": _shop(days),
        "europe": _europe(days),
        "group": _group(days),
        "road": _road(days),
        "store": _store(days),
        "air": _air(days),
        "asked": _asked(days),
        "begun": _begun(days),
    }


def _store(days: Timeline) -> ContractStory:
    """Harbour Foods: storage, handling, and an allowance of each kind."""
    first = days.month(-5)
    beyond = {"overage": Overage.OVERAGE_PRICE.value}
    return ContractStory(
        "HARBOUR", "chen.li", "海港食品 仓储与操作年度合同", "林晓雯", first, days.month_end(6),
        (
            LineStory("STG", "MTQ.DAY", "0.85", item={"main_unit": "MTQ.DAY", "qualifier": "常温"},
                      storage={"free_days": 7, "day_count": DayCount.BOTH}),
            LineStory("INB", "MTQ", "12"),
            LineStory("OUTB", "MTQ", "12"),
            LineStory("LAB", "H87", "0.12", "2000", values={**MONTHLY, "carries_over": True}),
            LineStory("C/D", "BL", "250", "20", item={"category": "sea"},
                      values={**MONTHLY, **beyond, "overage_rate": D("280")}),
            LineStory("PLTZ", "XPX", "25", "1000", inclusive=False),
            LineStory("DLV", "XPX", "80", "300", item={"main_unit": "XPX"}, inclusive=False,
                      values={"overage": Overage.STOP.value}),
            LineStory("CONS", "RT", "35", "200"),
            LineStory("SORT", "H87", "0.20", "50000", values={"until_on": days.day(20)}),
            LineStory("RTN", "ORD", "6", "500", values={"from_on": days.day(40)}),
        ),
        first - timedelta(days=12),
        promises={"pickup_from": "08:30", "pickup_until": "17:30", "pickup_days": (1, 2, 3, 4, 5, 6),
                  "response_hours": D(2), "deemed_confirmation_days": 7},
    )  # fmt: skip


def _shop(days: Timeline) -> ContractStory:
    """Yunshang's web shop: it ran out at the end of a month and was renewed."""
    first = days.month(-15)
    return ContractStory(
        "YUNSHANG", "wang.fang", "云裳服饰 电商仓配合同", "方堃", first, days.month_end(-4),
        (
            LineStory("PICK", "ORD", "3.20", "30000"),
            LineStory("PACK", "ORD", "1.60"),
            LineStory("INB", "XPX", "18", inclusive=False),
            LineStory("STG", "PLT.DAY", "2.30", item={"main_unit": "PLT.DAY"}),
        ),
        first - timedelta(days=10),
        promises={"no_minimum_order": False, "minimum_order": "每月不少于 1,500 单"},
    )  # fmt: skip


def _group(days: Timeline) -> ContractStory:
    """Longteng: boxes for the group and its branches, trucking for Ningbo alone."""
    first = days.day(-200)
    lane = {"origin": "CNNGB", "destination": "USLAX", "packaging": "40HQ"}
    truck = {"origin": "330206", "destination": "CNNGB", "packaging": "40HQ"}
    return ContractStory(
        "LONGTENG", "wang.fang", "龙腾家居集团 海运与集港框架合同", "黄镕", first, first + YEAR,
        (
            LineStory("O/F", "40HQ", "1680", "60", item={**lane, "load": "fcl"}, currency="USD",
                      values={"overage": Overage.OVERAGE_PRICE.value, "overage_rate": D(1780)}),
            LineStory("TRK", "40HQ", "830", "40", item=truck, branch="LONGTENG-NB"),
            LineStory("C/D", "BL", "230", "10", item={"category": "sea"}, values=MONTHLY),
            LineStory("THC", "40HQ", "880", inclusive=False),
            LineStory("DOC", "BL", "420", inclusive=False),
        ),
        first - timedelta(days=14),
        promises={"payment_days": 45, "response_hours": D(4)},
        currency="USD",
    )  # fmt: skip


def _europe(days: Timeline) -> ContractStory:
    """Nordwind's boxes to Rotterdam: nearly used up, and ending in 45 days."""
    last = days.day(45)
    lane = {"origin": "CNSHA", "destination": "NLRTM", "packaging": "40HQ", "load": "fcl"}
    return ContractStory(
        "NORDWIND", "chen.li", "北风零件 上海至鹿特丹海运合同", "Erik Nord", last - YEAR, last,
        (LineStory("O/F", "40HQ", "1750", "30", item=lane, currency="USD", values={"overage": Overage.STOP.value}),),
        last - YEAR - timedelta(days=9),
        promises={"payment_from": "sailing", "payment_days": 30},
        currency="USD",
    )  # fmt: skip


def _road(days: Timeline) -> ContractStory:
    """Nordwind's deliveries in town: suspended, because a bill was not paid."""
    first = days.day(-180)
    return ContractStory(
        "NORDWIND", "chen.li", "北风零件 市内配送合同", "Erik Nord", first, first + YEAR,
        (LineStory("DLV", "HPX", "45", "500", item={"main_unit": "HPX"}),),
        first - timedelta(days=8),
    )  # fmt: skip


def _air(days: Timeline) -> ContractStory:
    """Jinghe's samples by air: the paper is with the customer."""
    first = days.day(5)
    return ContractStory(
        "JINGHE", "chen.li", "京禾生物 冷链操作合同", "沈昕", first, first + YEAR,
        (
            LineStory("STG", "MTQ.DAY", "2.40", item={"qualifier": "恒温"}, storage={"free_days": 3}),
            LineStory("INB", "TNE", "26"),
            LineStory("C/D", "BL", "190", "60", item={"category": "air"}),
        ),
        days.day(-9),
        promises={"response_hours": D("1.5"), "renews_automatically": True},
        reached=Reached.APPROVED,
        printed=True,
    )  # fmt: skip


def _asked(days: Timeline) -> ContractStory:
    """Chonghe: waits for the sales manager."""
    first = days.day(10)
    lane = {"origin": "CNSHA", "destination": "AEJEA", "packaging": "20GP", "load": "fcl"}
    return ContractStory(
        "CHONGHE", "wang.fang", "重禾机械 中东海运年度合同", "冉淼", first, first + YEAR,
        (LineStory("O/F", "20GP", "980", "36", item=lane, currency="USD"),),
        days.day(-3),
        reason="客户承诺全年 36 个小柜，申请按协议价签约",
        currency="USD",
        reached=Reached.ASKED,
    )  # fmt: skip


def _begun(days: Timeline) -> ContractStory:
    """Longteng Shanghai: a draft on somebody's desk."""
    first = days.day(20)
    return ContractStory(
        "LONGTENG-SH", "wang.fang", "龙腾上海 展会配送合同", "", first, first + YEAR,
        (LineStory("DLV", "XPX", "78", "120", item={"main_unit": "XPX"}),),
        days.day(-1),
        reached=Reached.DRAFT,
    )  # fmt: skip
