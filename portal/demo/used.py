"""The demo's usage: months by file, this month by the warehouse system, and what did not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.demo.files import bring_in, leave_to_be_seen
from portal.demo.rates.sheet import month_end
from portal.demo.stage import Stage
from portal.usage.actions import importing, recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord

D = Decimal
DESK = "zhao.min"
SYSTEM_NAME = "wms"
HEAD = ("客户代码", "服务项目代码", "数量", "单位", "日期", "参考号", "备注")
Told = tuple[date, str, int]
"""Day, charge, quantity."""

HARBOUR = {"LAB": ("H87", {}), "C/D": ("BL", {"category": "sea"}), "INB": ("MTQ", {}), "OUTB": ("MTQ", {}),
           "PLTZ": ("XPX", {}), "DLV": ("XPX", {"main_unit": "XPX"}), "SORT": ("H87", {})}  # fmt: skip
BUSY, OVER = -2, -3
"""Months, from this one, with more labels and more declarations than usual."""


def tell_usage(stage: Stage) -> None:
    """Every file and record, onto the timeline."""
    days = stage.timeline
    for later in range(-5, 0):
        _file(stage, "HARBOUR", days.month_end(later), list(_harbour(stage, later)), HARBOUR)
        _file(stage, "LONGTENG-NB", days.month_end(later), _declared(days.month(later), 4), HARBOUR)
        _file(stage, "LONGTENG-SH", days.month_end(later), _declared(days.month(later), 3), HARBOUR)
    for later in range(-9, 0):
        orders = list(_orders(days.month(later)))
        _file(
            stage,
            "YUNSHANG",
            days.month_end(later),
            orders,
            {"PICK": ("ORD", {}), "PACK": ("ORD", {})},
        )
    _boxes(stage)
    for at, charge, quantity in _harbour(stage, 0):
        _recorded(stage, at, charge, quantity)
    _what_did_not_fit(stage)
    _taken_back(stage)


def _boxes(stage: Stage) -> None:
    """Freight and deliveries of the last months, each in one file."""
    days = stage.timeline
    rotterdam = {
        "O/F": (
            "40HQ",
            {"origin": "CNSHA", "destination": "NLRTM", "packaging": "40HQ", "load": "fcl"},
        )
    }
    _file(
        stage,
        "NORDWIND",
        days.day(-29),
        [(days.day(-300 + 12 * n), "O/F", 1) for n in range(22)],
        rotterdam,
    )
    angeles = {
        "O/F": (
            "40HQ",
            {"origin": "CNNGB", "destination": "USLAX", "packaging": "40HQ", "load": "fcl"},
        )
    }
    _file(
        stage,
        "LONGTENG",
        days.day(-15),
        [(days.day(-180 + 9 * n), "O/F", 2) for n in range(18)],
        angeles,
    )
    town = {"DLV": ("HPX", {"main_unit": "HPX"})}
    _file(
        stage,
        "NORDWIND",
        days.day(-13),
        [(days.day(-170 + 9 * n), "DLV", 6 + n % 4) for n in range(17)],
        town,
    )


def _weekdays(first: date, last: date) -> Iterator[tuple[int, date]]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return enumerate(day for day in days if day.weekday() < 5)


def _harbour(stage: Stage, later: int) -> Iterator[Told]:
    """A month of Harbour Foods in the warehouse; of this month the days before today."""
    first = stage.timeline.month(later)
    last = min(month_end(first), stage.timeline.day(-1))
    for n, day in _weekdays(first, last):
        if n == 0 and later:
            yield day, "PLTZ", 170
        if n == 0 and later < -1:
            yield day, "DLV", 75
        if n % 2 == 0:
            yield day, "LAB", (120 + n * 37 % 60) * (3 if later == BUSY else 2) // 2
        if day.weekday() in (1, 3):
            yield day, "C/D", 3 if later == OVER else 2
        if day.weekday() == 0:
            yield day, "INB", 34 + n * 11 % 23
        if day.weekday() in (2, 4):
            yield day, "OUTB", 15 + n * 7 % 14
        if day.weekday() == 4:
            yield day, "SORT", 560 + n * 13 % 90


def _orders(first: date) -> Iterator[Told]:
    """A month of Yunshang's web shop."""
    for n, day in _weekdays(first, month_end(first)):
        if n % 2 == 0:
            yield day, "PICK", 165 + (n * 53 + first.month * 17) % 90
        if day.weekday() == 4:
            yield day, "PACK", 610 + n * 29 % 120


def _declared(first: date, count: int) -> list[Told]:
    return [(first + timedelta(days=4 + 6 * n), "C/D", 1) for n in range(count)]


def _file(
    stage: Stage, customer: str, day: date, told: list[Told], items: dict[str, tuple[str, dict[str, str]]]
) -> None:  # fmt: skip
    def come(at: datetime) -> None:
        codes = {charge: stage.item(charge, **more).code for charge, (_, more) in items.items()}
        rows = [
            (customer, codes[charge], quantity, items[charge][0], on.isoformat(), f"{customer}-{on:%y%m%d}-{n}", "")
            for n, (on, charge, quantity) in enumerate(told, start=1)
        ]  # fmt: skip
        name = f"{stage.customer(customer).short_name}_用量_{day:%Y-%m-%d}.csv"
        bring_in(importing.KIND, name, [HEAD, *rows], stage.people[DESK], at)

    stage.timeline.add(day, "18:30", come)


def _fact(
    stage: Stage, customer: str, charge: str, quantity: int, on: date, reference: str
) -> UsageFact:
    unit, more = HARBOUR[charge]
    item = stage.item(charge, **more)
    return UsageFact(stage.customer(customer).id, D(quantity), unit, on, SYSTEM_NAME, reference,
                     item_code=item.code, item_id=item.id)  # fmt: skip


def _recorded(stage: Stage, on: date, charge: str, quantity: int) -> None:
    def tell(at: datetime) -> None:
        reference = f"WMS-{on:%y%m%d}-{charge}"
        fact = _fact(stage, "HARBOUR", charge, quantity, on, reference)
        recording.record(fact, stage.people[DESK], at)

    stage.timeline.add(on, "19:00", tell)


def _what_did_not_fit(stage: Stage) -> None:
    """Three records that wait for a decision, one that was decided, and a file with mistakes."""
    days, desk = stage.timeline, stage.people[DESK]

    def suspended(at: datetime) -> None:
        item = stage.item("DLV", main_unit="HPX")
        recording.record(
            UsageFact(stage.customer("NORDWIND").id, D(8), "HPX", days.day(-6), SYSTEM_NAME, "WMS-DLV-8801",
                      item_code=item.code, item_id=item.id), desk, at,
        )  # fmt: skip

    def unknown(at: datetime) -> UsageRecord:
        return recording.record(
            UsageFact(stage.customer("HARBOUR").id, D(120), "H87", days.day(-5), SYSTEM_NAME, "WMS-QC-0412",
                      item_code="QC-PHOTO", note="抽检拍照，尚无服务项目"), desk, at,
        )  # fmt: skip

    def exhausted(at: datetime) -> None:
        recording.record(_fact(stage, "HARBOUR", "DLV", 12, days.day(-2), "WMS-DLV-8814"), desk, at)

    def dismissed(at: datetime) -> None:
        record = recording.record(
            UsageFact(stage.customer("YUNSHANG").id, D(1), "LS", days.day(-9), SYSTEM_NAME, "WMS-TEST-1",
                      item_code="TEST"), desk, at,
        )  # fmt: skip
        recording.dismiss(record, "接口联调产生的测试数据", desk, at)

    days.add(days.day(-9), "17:10", dismissed)
    days.add(days.day(-6), "17:20", suspended)
    days.add(days.day(-5), "17:30", unknown)
    days.add(days.day(-2), "17:40", exhausted)
    days.add(days.day(-1), "17:50", lambda at: _with_mistakes(stage, at))


def _with_mistakes(stage: Stage, at: datetime) -> None:
    on, code = stage.timeline.day(-1).isoformat(), stage.item("LAB").code
    rows = [
        HEAD,
        ("HARBOUR", code, 80, "H87", on, "补-001", ""),
        ("HARBOUR", code, "八十", "H87", on, "补-002", "数量写成了汉字"),
        ("HARBOR", code, 40, "H87", on, "补-003", "客户代码少一个字母"),
    ]
    leave_to_be_seen(importing.KIND, "海港食品_补录用量.csv", rows, stage.people[DESK], at)


def _taken_back(stage: Stage) -> None:
    """A record that was told twice under two numbers, and reversed the day after."""
    days, desk = stage.timeline, stage.people[DESK]
    told: list[UsageRecord] = []

    def twice(at: datetime) -> None:
        fact = _fact(stage, "HARBOUR", "LAB", 90, days.day(-4), "WMS-LAB-0077")
        told.append(recording.record(fact, desk, at))

    days.add(days.day(-4), "16:30", twice)
    days.add(
        days.day(-3), "09:45", lambda at: recording.reverse(told[0], "与前一日单据重复", desk, at)
    )
