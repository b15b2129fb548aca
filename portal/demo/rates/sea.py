"""Sea freight: full containers by lane, line and box; part loads by revenue ton."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.terms import Basis
from portal.demo.rates.sheet import (
    Line,
    RateSheet,
    month_end,
    month_start,
    named,
    read_figures,
    to_step,
    valid,
)

ORIGINS = {
    # port: (price in terms of Shanghai's, days more to the west, days more across the Pacific)
    "CNSHA": ("1.00", 0, 0),
    "CNNGB": ("0.99", -1, 1),
    "CNTAO": ("1.03", 3, 2),
    "CNYTN": ("0.97", -3, 2),
}
_BY_RANK = (("1.00", 0, "0.91"), ("1.05", -2, "0.93"), ("0.96", 3, "0.89"))
"""First, second, third line of a port: price, days more, share of the price that is its cost."""
_THIN = {("PLGDN", 2): "0.985", ("ILASH", 1): "0.98"}
"""Lanes that a line keeps scarce: hardly any margin, so that the floor is met in the demo."""
_REBATES = {"COSCO": "2%", "CMA": "1.5%", "MSC": "30 USD", "EMC": "25 USD", "PIL": "20 USD"}
_STICKERS = {"EMC": "50 CNY", "ZIM": "80 CNY", "WHL": "40 CNY"}
INCREASE = {"pacific": "1.06", "west": "1.04", "near": "1.00"}
"""What the next half-month's sheet asks of each trade."""
_LEAVING, _JOINING = "RUVVO", "TZDAR"
LCL_ORIGINS = {"CNSHA": 0, "CNNGB": 3, "CNYTN": 2}
"""Port → USD per revenue ton on top of Shanghai's."""


def full_containers(month: date) -> RateSheet:
    """The sheet in force: from the month's first day to the 14th of the next.

    Its lines have no dates of their own (the tariff's hold), so that the next sheet can be compared
    with it line by line.
    """
    start, end = month_start(month), month_start(month, 1) + timedelta(days=13)
    lines = named(_fcl_lines(read_figures("sea_ports"), {}))
    name = "FCL freight from Shanghai, Ningbo, Qingdao and Yantian"
    return RateSheet("FH-FCL-1", "整箱海运费(沪甬青盐)", name, "sea", lines, start, end)


def next_full_containers(month: date) -> RateSheet:
    """What follows: an increase on the long trades, one port given up and one taken on."""
    start, end = month_start(month, 1) + timedelta(days=14), month_end(month, 2)
    ports = [row for row in read_figures("sea_ports") if row["port"] != _LEAVING]
    mombasa = next(row for row in ports if row["port"] == "KEMBA")
    ports.append({**mombasa, "port": _JOINING})
    lines = named(_fcl_lines(ports, INCREASE))
    name = "FCL freight, next half-month, with increase"
    return RateSheet("FH-FCL-2", "整箱海运费(下半月调价)", name, "sea", lines, start, end)


def _fcl_lines(ports: list[dict[str, str]], increase: dict[str, str]) -> Iterator[Line]:
    for port in ports:
        rise = Decimal(increase.get(port["trade"], "1"))
        for rank, line in enumerate(port["lines"].split(";")):
            for origin in ORIGINS:
                yield from _box_lines(port, rank, line, origin, rise)


def _box_lines(
    port: dict[str, str], rank: int, line: str, origin: str, rise: Decimal
) -> Iterator[Line]:
    factor, west, pacific = ORIGINS[origin]
    by_line, days, cost = _BY_RANK[rank]
    twenty = to_step(Decimal(port["usd_20"]) * Decimal(by_line) * Decimal(factor) * rise, "5")
    forty = to_step(twenty * Decimal(port["ratio_40"]), "5")
    boxes = {"20GP": twenty, "40GP": forty, "40HQ": forty + int(port["hq_more"])}
    further = {"pacific": pacific, "west": west}.get(port["trade"], 0)
    share = Decimal(_THIN.get((port["port"], rank), cost))
    for box, price in boxes.items():
        yield {
            Meaning.CATEGORY: "sea",
            Meaning.LOAD: "fcl",
            Meaning.CHARGE_CODE: "O/F",
            Meaning.ORIGIN: origin,
            Meaning.DESTINATION: port["port"],
            Meaning.CARRIER: line,
            Meaning.PACKAGING: box,
            Meaning.CALCULATION: Basis.PER_UNIT,
            Meaning.UNIT: box,
            Meaning.CURRENCY: "USD",
            Meaning.PRICE: price,
            Meaning.TRANSIT_DAYS: Decimal(max(2, int(port["transit"]) + days + further)),
            Meaning.FREE_DAYS: Decimal(port["free_days"]),
            Meaning.COST_BASE: to_step(price * share, "1"),
            Meaning.COST_REBATE: _REBATES.get(line, ""),
            Meaning.COST_STICKER: _STICKERS.get(line, ""),
        }


def part_loads(month: date) -> RateSheet:
    """LCL per revenue ton, at least one; where the port pays for cargo the freight is a refund."""
    start, end = month_start(month), month_end(month, 1) - timedelta(days=5)
    lines = valid(_lcl_lines(), start, end)
    name = "LCL freight per revenue ton"
    return RateSheet("FH-LCL-1", "拼箱海运费", name, "sea", lines, start, end)


def _lcl_lines() -> Iterator[Line]:
    for port in read_figures("lcl_ports"):
        for origin, more in LCL_ORIGINS.items():
            price = Decimal(port["usd_rt"]) + more
            line: dict[Meaning, str | Decimal | Basis] = {
                Meaning.CATEGORY: "sea",
                Meaning.LOAD: "lcl",
                Meaning.CHARGE_CODE: "O/F",
                Meaning.ORIGIN: origin,
                Meaning.DESTINATION: port["port"],
                Meaning.CALCULATION: Basis.PER_UNIT,
                Meaning.UNIT: "RT",
                Meaning.CURRENCY: "USD",
                Meaning.PRICE: price,
                Meaning.MINIMUM_QUANTITY: Decimal(1),
                Meaning.STEP: Decimal("0.001"),
                Meaning.TRANSIT_DAYS: Decimal(port["transit"]),
            }
            yield line | (
                {Meaning.IS_REBATE: "是"} if price < 0 else {Meaning.COST_BASE: price - 8}
            )
