"""The demo's bookings and shipments: asked for, confirmed, refused, on their way, late, done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from portal.demo.files import bring_in
from portal.demo.papers import Paper, scan
from portal.demo.stage import Stage
from portal.documents.actions.attaching import attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.shipments.actions import (
    bookings,
    completing,
    milestone_files,
    milestones,
    opening,
    shipments,
)
from portal.shipments.actions.milestones import Report
from portal.shipments.actions.opening import Opening, PlannedLine
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules import iso6346
from portal.shipments.rules.booking import BookingFacts, Wish
from portal.shipments.rules.boxes import Box
from portal.shipments.rules.plans import NAMES, PLANS

D = Decimal
DESK = "zhao.min"
OWNER_CODE = "FHNU"
HOURS = ("09:20", "11:05", "13:40", "15:25", "16:50")


@dataclass(frozen=True, slots=True)
class Journey:
    """One booking and what became of it.

    `booked` counts days from today; `wishes`: charge → quantity; `until` is the last milestone reached, `slip` by how
    many days behind its plan the carriage runs; `end`: done, called_off (the shipment), taken_back, refused, open.
    """

    contract: str
    customer: str
    login: str
    booked: int
    wishes: tuple[tuple[str, int], ...]
    goods: str
    until: str = ""
    slip: int = 0
    end: str = ""
    ship: tuple[str, str, str] = ("", "", "")
    reason: str = ""
    repeats: int | None = None


FREIGHT = (("O/F", 2), ("THC", 2))
JOURNEYS = (
    Journey("group", "LONGTENG", "huang", -90, (("O/F", 3),), "实木餐桌椅", "empty_returned", end="done",
            ship=("MSC", "MSC FARHAVEN", "FH512E")),
    Journey("sea", "HARBOUR", "lin", -66, (*FREIGHT, ("DOC", 1)), "冷冻调味品", "empty_returned", end="done",
            ship=("COSCO", "COSCO HARBOUR", "031E")),
    Journey("sea", "HARBOUR", "tang", -58, (("O/F", 3), ("THC", 3)), "速冻虾仁", "empty_returned", end="done",
            ship=("COSCO", "COSCO LIGHTHOUSE", "033E")),
    Journey("sea", "HARBOUR", "lin", -45, FREIGHT, "冷冻水饺", "departed", 3, ship=("OOCL", "OOCL SHEARWATER", "118E")),
    Journey("europe", "NORDWIND", "erik", -40, (("O/F", 2),), "brake discs", "gate_in", 5,
            ship=("MSC", "MSC NORDWIND", "FH606W")),
    Journey("group", "LONGTENG-NB", "he", -30, (("TRK", 2),), "衣柜板件", "delivered", end="done"),
    Journey("sea", "HARBOUR", "tang", -25, FREIGHT, "罐头食品", end="called_off",
            reason="客户通知国外买方取消订单，双方同意退舱"),
    Journey("sea", "HARBOUR", "lin", -20, FREIGHT, "冷冻调味品", "departed", ship=("COSCO", "COSCO HARBOUR", "035E")),
    Journey("sea", "HARBOUR", "tang", -10, FREIGHT, "速冻虾仁", end="taken_back"),
    Journey("group", "LONGTENG-NB", "xu", -8, (("TRK", 4),), "床垫", end="refused",
            reason="当日北仑车队已满，最早可安排次日，请改期后重新下单"),
    Journey("sea", "HARBOUR", "lin", -4, FREIGHT, "冷冻点心"),
    Journey("sea", "HARBOUR", "lin", -1, FREIGHT, "冷冻调味品", end="open", repeats=1),
    Journey("group", "LONGTENG-NB", "he", -1, (("TRK", 3),), "衣柜板件", end="open"),
)  # fmt: skip
LISTED_ON = -9
LISTED = (
    (3, "arrived", "美国洛杉矶", -4, None, "洛杉矶港拥堵，改靠泊位"),
    (7, "departed", "上海洋山", None, -12, ""),
    (7, "arrived", "美国洛杉矶", 12, None, "船期顺延两天"),
)
"""What the carriers' list of that day tells: place of the journey, milestone, where, day of plan, day reached, note."""
LIST_HEAD = ("提单号", "节点", "地点", "计划时间", "实际时间", "备注")


@dataclass(slots=True)
class _Running:
    """A journey with what was written of it so far."""

    stage: Stage
    story: Journey
    place: int
    booking: Booking | None = None
    shipment: Shipment | None = None

    @property
    def ready_on(self) -> date:
        """When the goods are ready: two days after they were booked, a week for what lies ahead."""
        waits = 2 if self.story.until or self.story.end == "called_off" else 7
        return self.stage.timeline.day(self.story.booked + waits)


def tell_carriage(stage: Stage) -> None:
    """Everything that becomes of the journeys, onto the timeline."""
    running: list[_Running] = []
    for place, story in enumerate(JOURNEYS):
        one = _Running(stage, story, place)
        repeats = None if story.repeats is None else running[story.repeats]
        running.append(one)
        booked = stage.timeline.day(story.booked)
        stage.timeline.add(booked, HOURS[place % 5], partial(_book, one, repeats))
        _answer(one)
    days = stage.timeline
    days.add(days.day(LISTED_ON), "16:20", lambda at: _carriers_list(running, at))
    days.add(days.day(0), "08:10", lambda at: _without_a_booking(stage, at))


def _book(one: _Running, repeats: _Running | None, at: datetime) -> None:
    story, stage = one.story, one.stage
    found = [
        (stage.entitlement(story.contract, charge, one.ready_on), D(quantity))
        for charge, quantity in story.wishes
    ]
    boxes = story.wishes[0][1]
    customer = stage.customer(story.customer)
    facts = BookingFacts(
        ready_on=one.ready_on, wanted_on=one.ready_on + timedelta(days=36), goods=story.goods,
        pickup_address=customer.address, pieces=boxes * 480, weight_kg=D(boxes * 18200),
        volume_m3=D(boxes * 61), contact_name=stage.people[story.login].name,
        customer_reference=f"PO-{4400 + one.place * 7}",
    )  # fmt: skip
    one.booking = bookings.book(
        customer, [Wish(row.id, quantity) for row, quantity in found], facts, stage.people[story.login], at,
        copied_from_id=repeats.booking.id if repeats and repeats.booking else None,
    )  # fmt: skip


def _answer(one: _Running) -> None:
    """What both sides did with the booking, each on its day."""
    days, story = one.stage.timeline, one.story
    desk = one.stage.people[DESK]
    next_day, hour = days.day(story.booked + 1), HOURS[one.place % 5]

    def booking() -> Booking:
        assert one.booking is not None
        return one.booking

    if story.end == "open":
        return
    if story.end == "taken_back":
        customer = one.stage.people[story.login]
        days.add(next_day, hour, lambda at: bookings.cancel(booking(), customer, at))
        return
    if story.end == "refused":
        days.add(next_day, hour, lambda at: bookings.refuse(booking(), story.reason, desk, at))
        return
    days.add(next_day, hour, lambda at: _confirm(one, booking(), at))
    if story.end == "called_off":
        days.add(
            days.day(story.booked + 3),
            hour,
            lambda at: shipments.cancel(_of(one), story.reason, desk, at),
        )
        return
    _carry(one)


def _of(one: _Running) -> Shipment:
    assert one.shipment is not None
    return one.shipment


def _confirm(one: _Running, booking: Booking, at: datetime) -> None:
    """The booking becomes a shipment, with its vessel, its bill and its boxes."""
    desk, story = one.stage.people[DESK], one.story
    one.shipment = opening.confirm(booking, desk, at)
    carrier, vessel, voyage = story.ship
    if not carrier:
        return
    facts = replace(
        shipments.facts_of(one.shipment), carrier=carrier, vessel=vessel, voyage=voyage,
        bill_number=f"FHSH{260000 + one.place * 137}",
    )  # fmt: skip
    shipments.change(one.shipment, facts, desk, at)
    shipments.set_boxes(one.shipment, list(_boxes(one.place, story.wishes[0][1])), desk, at)


def _boxes(place: int, count: int) -> Iterator[Box]:
    for each in range(count):
        first_ten = f"{OWNER_CODE}{410000 + place * 1009 + each * 37:06d}"
        number = f"{first_ten}{iso6346.check_digit(first_ten)}"
        yield Box(number, "40HQ", f"SH{88000 + place * 10 + each}", 480, D(18200), D(61))


def _carry(one: _Running) -> None:
    """The milestones that were reached, and the completion."""
    days, story = one.stage.timeline, one.story
    kind = "road" if story.wishes[0][0] == "TRK" else "sea_fcl"
    reached = list(_reached(kind, story.until))
    told = {(at, code) for at, code, _where, _planned, day, _note in LISTED if day is not None}
    for place, (code, after) in enumerate(reached):
        if (one.place, code) in told:
            continue
        day = one.ready_on + timedelta(days=max(after + story.slip - 1, 0))
        hour = HOURS[(one.place + place) % 5]
        days.add(day, hour, partial(_reach, one, code))
    if story.ship[0] and reached:
        days.add(one.ready_on + timedelta(days=7), "17:45", lambda at: _papers(one, at))
    if story.end == "done":
        last = one.ready_on + timedelta(days=reached[-1][1])
        days.add(last, "18:20", lambda at: _complete(one, at))


def _carriers_list(running: list[_Running], at: datetime) -> None:
    """A file of milestones by bill of lading, as carriers send it."""
    stage = running[0].stage

    def told(day: int | None, hour: str) -> str:
        return "" if day is None else f"{stage.timeline.day(day):%Y-%m-%d} {hour}"

    rows = [
        (_of(running[place]).bill_number, NAMES[code][0], where, told(planned, "18:00"), told(reached, "21:40"), note)
        for place, code, where, planned, reached, note in LISTED
    ]  # fmt: skip
    name = f"船公司节点_{business_day(at):%Y-%m-%d}.csv"
    bring_in(milestone_files.KIND, name, [LIST_HEAD, *rows], stage.people[DESK], at)


def _reach(one: _Running, code: str, at: datetime) -> None:
    said = Report(code, actual_at=at)
    milestones.report(_of(one), said, one.stage.people[DESK], at)


def _reached(kind: str, until: str) -> Iterator[tuple[str, int]]:
    for step in PLANS[kind] if until else ():
        yield step.code, step.days
        if step.code == until:
            return


def _papers(one: _Running, at: datetime) -> None:
    """The bill of lading for the customer, and a note that stays with us."""
    shipment, desk = _of(one), one.stage.people[DESK]
    number = shipment.bill_number
    lines = [f"B/L No.  {number}", f"Shipper  {shipment.customer.name_en}", f"{shipment.vessel} {shipment.voyage}",
             *(f"{box.number}  {box.box_type}  {box.seal}" for box in shipment.boxes)]  # fmt: skip
    attach(
        shipment, scan(f"提单_{number}", "BILL OF LADING", lines), FileKind.BILL_OF_LADING, desk, at
    )
    cost = scan(f"船公司账单_{number}", "Carrier's invoice", lines[:1], sealed=False)
    attach(shipment, cost, FileKind.OTHER, desk, at, is_shared=False, note="成本单据，不对客户开放")


def _complete(one: _Running, at: datetime) -> None:
    shipment = _of(one)
    done, desk = completing.proposed(shipment), one.stage.people[DESK]
    completing.complete(shipment, done, business_day(at), desk, at)


def _without_a_booking(stage: Stage, at: datetime) -> None:
    """A delivery that we opened ourselves on the telephone."""
    item = stage.item("DLV", main_unit="HPX")
    facts = Opening(stage.timeline.today, "delivery", stage.timeline.day(2), goods="退换货 6 箱")
    customer = stage.customer("YUNSHANG")
    paper = PlannedLine(item.id, "HPX", D(1))
    shipment = opening.open_shipment(customer, [paper], facts, stage.people[DESK], at)
    attach(shipment, _note(), FileKind.PACKING_LIST, stage.people[DESK], at)


def _note() -> Paper:
    return scan(
        "送货清单", "送货清单 Delivery list", ["6 箱 / 42 件", "收货人  方堃"], sealed=False
    )
