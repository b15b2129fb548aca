"""The demo's contracts of the year before and those that have run for longer; `agreed` has the others."""

from __future__ import annotations

from datetime import timedelta

from portal.demo.agreed import ContractStory, LineStory
from portal.demo.stage import Timeline

SEA, AIR = {"category": "sea"}, {"category": "air"}


def in_use(days: Timeline) -> dict[str, ContractStory]:
    """Every contract that the usage of the past year is drawn from, beside those of `agreed`."""
    return {
        "store_old": _store(days),
        "group_old": _group(days),
        "parts": _parts(days),
        "samples": _samples(days),
        "gulf": _gulf(days),
    }


def _store(days: Timeline) -> ContractStory:
    """Harbour Foods until its present contract began."""
    first = days.month(-14)
    return ContractStory(
        "HARBOUR", "chen.li", "海港食品 仓储与操作合同（上一期）", "林晓雯", first, days.month_end(-6),
        (
            LineStory("STG", "MTQ.DAY", "0.80", item={"main_unit": "MTQ.DAY", "qualifier": "常温"},
                      storage={"free_days": 5}),
            LineStory("INB", "MTQ", "11.50"),
            LineStory("OUTB", "MTQ", "11.50"),
            LineStory("LAB", "H87", "0.13"),
            LineStory("C/D", "BL", "250", item=SEA),
            LineStory("PLTZ", "XPX", "24", inclusive=False),
            LineStory("DLV", "XPX", "78", item={"main_unit": "XPX"}, inclusive=False),
            LineStory("SORT", "H87", "0.20"),
        ),
        first - timedelta(days=12),
    )  # fmt: skip


def _group(days: Timeline) -> ContractStory:
    """Longteng until its present contract began."""
    lane = {"origin": "CNNGB", "destination": "USLAX", "packaging": "40HQ", "load": "fcl"}
    truck = {"origin": "330206", "destination": "CNNGB", "packaging": "40HQ"}
    return ContractStory(
        "LONGTENG", "wang.fang", "龙腾家居集团 海运与集港合同（上一期）", "黄镕", days.month(-14), days.day(-201),
        (
            LineStory("O/F", "40HQ", "1720", item=lane, currency="USD"),
            LineStory("TRK", "40HQ", "850", item=truck, branch="LONGTENG-NB"),
            LineStory("C/D", "BL", "240", item=SEA),
            LineStory("THC", "40HQ", "880", inclusive=False),
            LineStory("DOC", "BL", "420", inclusive=False),
        ),
        days.month(-14) - timedelta(days=14),
        promises={"payment_days": 45},
        currency="USD",
    )  # fmt: skip


def _parts(days: Timeline) -> ContractStory:
    """Nordwind's boxes and consolidated parts to Germany: freight in dollars, work at the port in yuan before tax."""
    first = days.month(-14)
    boxes = {"origin": "CNSHA", "destination": "DEHAM", "packaging": "40HQ", "load": "fcl"}
    parcels = {"origin": "CNSHA", "destination": "DEHAM", "load": "lcl"}
    return ContractStory(
        "NORDWIND", "chen.li", "北风零件 汉堡海运与口岸操作合同（两年）", "Erik Nord", first, days.month_end(9),
        (
            LineStory("O/F", "40HQ", "1690", item=boxes, currency="USD"),
            LineStory("O/F", "RT", "38", item=parcels, currency="USD"),
            LineStory("ENS", "BL", "30", currency="USD"),
            LineStory("THC", "40HQ", "860", inclusive=False),
            LineStory("DOC", "BL", "430", inclusive=False),
            LineStory("C/D", "BL", "210", item=SEA, inclusive=False),
        ),
        first - timedelta(days=9),
        promises={"payment_from": "sailing", "payment_days": 30},
        currency="USD",
    )  # fmt: skip


def _samples(days: Timeline) -> ContractStory:
    """Jinghe's samples by air from Beijing to Frankfurt."""
    first = days.month(-13)
    lane = {"origin": "PEK", "destination": "FRA"}
    return ContractStory(
        "JINGHE", "chen.li", "京禾生物 空运出口代理合同（两年）", "沈昕", first, days.month_end(10),
        (
            LineStory("A/F", "CHW", "28.50", item=lane),
            LineStory("AWB", "DOC", "50"),
            LineStory("XRAY", "KGM", "0.15"),
            LineStory("C/D", "BL", "190", item=AIR),
        ),
        first - timedelta(days=10),
    )  # fmt: skip


def _gulf(days: Timeline) -> ContractStory:
    """Chonghe's boxes to Dubai, until the contract that waits for approval begins."""
    lane = {"origin": "CNSHA", "destination": "AEJEA", "packaging": "20GP", "load": "fcl"}
    return ContractStory(
        "CHONGHE", "wang.fang", "重禾机械 中东海运合同（现行）", "冉淼", days.month(-13), days.day(9),
        (
            LineStory("O/F", "20GP", "1010", item=lane, currency="USD"),
            LineStory("THC", "20GP", "640"),
            LineStory("DOC", "BL", "450"),
            LineStory("C/D", "BL", "230", item=SEA),
        ),
        days.month(-13) - timedelta(days=11),
        currency="USD",
    )  # fmt: skip
