"""The demo's usage: months by file, this month by the warehouse system, and what did not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from portal.demo.files import bring_in, leave_to_be_seen
from portal.demo.routine import SERVICES, Told, used
from portal.demo.stage import Stage, Timeline
from portal.usage.actions import importing, recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord

D = Decimal
DESK = "zhao.min"
SYSTEM_NAME = "wms"
BY_SYSTEM = "HARBOUR"
"""The customer whose warehouse system tells each day of this month by itself."""
HEAD = ("客户代码", "服务项目代码", "数量", "单位", "日期", "参考号", "备注")
MONTHS = 12
"""So many months before this one have their usage."""


def tell_usage(stage: Stage) -> None:
    """Every file and record, onto the timeline."""
    days = stage.timeline
    for name, day, told in files(days):
        _file(stage, name, day, told)
    for each in used(0, days.month(0), days.day(-1))[BY_SYSTEM]:
        _recorded(stage, each)
    _what_did_not_fit(stage)
    _taken_back(stage)


def files(days: Timeline) -> Iterator[tuple[str, date, Mapping[str, Sequence[Told]]]]:
    """Name, day and contents (customer → what it used) of each file: months, this month so far, deliveries in town."""
    for later in range(-MONTHS, 0):
        first, last = days.month(later), days.month_end(later)
        yield "月度用量", last, used(later, first, last)
    so_far = used(0, days.month(0), days.day(-1))
    del so_far[BY_SYSTEM]
    yield "本月用量", days.day(-1), so_far
    town = [Told(days.day(-170 + 9 * n), "town", 6 + n % 4) for n in range(17)]
    yield "北风零件_市内配送", days.day(-13), {"NORDWIND": town}


def _file(stage: Stage, name: str, day: date, told: Mapping[str, Sequence[Told]]) -> None:
    """What several customers used, brought in on the evening of `day`; nothing when nobody used anything."""
    if not any(told.values()):
        return

    def come(at: datetime) -> None:
        named = {row.service for rows in told.values() for row in rows}
        codes = {
            each: stage.item(SERVICES[each].charge, **SERVICES[each].item).code for each in named
        }
        file = f"{name}_{day:%Y-%m-%d}.csv"
        bring_in(importing.KIND, file, [HEAD, *_rows(told, codes)], stage.people[DESK], at)

    stage.timeline.add(day, "18:30", come)


def reference(customer: str, told: Told, place: int) -> str:
    """The number of a row, which no other file has."""
    charge = SERVICES[told.service].charge.replace("/", "")
    return f"{customer}-{told.on:%y%m%d}-{charge}{place}"


def _rows(
    told: Mapping[str, Sequence[Told]], codes: Mapping[str, str]
) -> Iterator[tuple[object, ...]]:
    for customer, rows in told.items():
        for place, each in enumerate(rows, start=1):
            yield (customer, codes[each.service], each.quantity, SERVICES[each.service].unit, each.on.isoformat(),
                   reference(customer, each, place), "")  # fmt: skip


def _fact(
    stage: Stage, customer: str, service: str, quantity: int, on: date, number: str
) -> UsageFact:
    what = SERVICES[service]
    item = stage.item(what.charge, **what.item)
    return UsageFact(stage.customer(customer).id, D(quantity), what.unit, on, SYSTEM_NAME, number,
                     item_code=item.code, item_id=item.id)  # fmt: skip


def _recorded(stage: Stage, told: Told) -> None:
    def tell(at: datetime) -> None:
        number = f"WMS-{told.on:%y%m%d}-{SERVICES[told.service].charge}"
        fact = _fact(stage, BY_SYSTEM, told.service, told.quantity, told.on, number)
        recording.record(fact, stage.people[DESK], at)

    stage.timeline.add(told.on, "19:00", tell)


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
        recording.record(
            _fact(stage, "HARBOUR", "deliveries", 12, days.day(-2), "WMS-DLV-8814"), desk, at
        )

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
        fact = _fact(stage, "HARBOUR", "labels", 90, days.day(-4), "WMS-LAB-0077")
        told.append(recording.record(fact, desk, at))

    days.add(days.day(-4), "16:30", twice)
    days.add(
        days.day(-3), "09:45", lambda at: recording.reverse(told[0], "与前一日单据重复", desk, at)
    )
