"""The demo's warehouses: goods, what was there to begin with, and more than a year of movements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.db.base import db
from portal.demo import handling
from portal.demo.files import bring_in
from portal.demo.stage import Stage
from portal.warehouse.actions import items, months, posting
from portal.warehouse.actions.items import WarehouseFacts
from portal.warehouse.models import StockItem, StockMovement, Warehouse
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind

D = Decimal
KEEPER = "zhu.tao"
PLACES = (
    WarehouseFacts("YS", "洋山保税仓", "Yangshan bonded warehouse", "上海市浦东新区洋山特殊综合保税区业盛路 188 号"),
    WarehouseFacts("WGQ", "外高桥仓", "Waigaoqiao warehouse", "上海市浦东新区外高桥保税区富特北路 88 号"),
)  # fmt: skip

# customer | warehouse | SKU | name | pieces a case | pieces a pallet | kg | m³ | opening stock
_GOODS = """
HARBOUR|YS|HF-SHR-10|速冻虾仁 10 kg|1|60|10.6|0.018|420
HARBOUR|YS|HF-DMP-08|速冻水饺 8 kg|1|72|8.5|0.021|360
HARBOUR|YS|HF-CRB-05|蟹肉棒 5 kg|2|96|5.4|0.0112|500
HARBOUR|YS|HF-SCE-12|调味酱 12 瓶装|1|80|9.2|0.0165|640
HARBOUR|YS|HF-CAN-24|罐头黄桃 24 听|1|64|14.8|0.0194|300
HARBOUR|WGQ|HF-OIL-20|棕榈油 20 L|1|40|19.1|0.0265|180
HARBOUR|WGQ|HF-PAL-01|木托盘（周转）|1|20|22|0.165|90
YUNSHANG|WGQ|YS-TS-001|纯棉 T 恤|50|1200|0.22|0.0012|3200
YUNSHANG|WGQ|YS-JK-014|防风夹克|20|400|0.85|0.0048|900
YUNSHANG|WGQ|YS-DR-027|连衣裙|30|600|0.41|0.0026|1400
YUNSHANG|WGQ|YS-BT-102|短靴（新款，未量尺）|10|160|||260
YUNSHANG|WGQ|YS-CP-008|棒球帽|100|2400|0.09|0.0011|1800
"""
COUNTED = "HF-PAL-01"
"""The goods that were counted and put right; nothing else moves them."""
MOVES_HEAD = (
    "单号",
    "日期",
    "时间",
    "方向",
    "客户",
    "仓库",
    "批次",
    "货号",
    "数量",
    "托盘",
    "原因",
)
MONTHS = 12
"""So many months before this one have their movements."""
CLOSED = {"YS": 1, "WGQ": 2}
"""Warehouse → how many of the last months are still open."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the table above."""

    customer: str
    place: str
    sku: str
    cells: tuple[str, ...]

    @property
    def opening(self) -> int:
        """What was there to begin with, in pieces."""
        return int(self.cells[-1])

    def pallets(self, pieces: int) -> int:
        """On how many pallets so many pieces of a lot stand; one begun counts."""
        return -(-pieces // int(self.cells[2]))


@dataclass(frozen=True, slots=True)
class Move:
    """A movement on paper."""

    day: date
    clock: str
    kind: MovementKind
    goods: Goods
    lot: str
    pieces: int
    pallets: int
    number: str

    def row(self) -> tuple[object, ...]:
        """As it stands in a file."""
        words = {MovementKind.IN: "入库", MovementKind.OUT: "出库"}
        return (self.number, self.day.isoformat(), self.clock, words[self.kind], self.goods.customer,
                self.goods.place, self.lot, self.goods.sku, self.pieces, self.pallets, "")  # fmt: skip


@dataclass(slots=True)
class Shelves:
    """What lies there as the papers are written: (SKU, lot) → pieces, so that none takes what is not there."""

    there: dict[tuple[str, str], int] = field(default_factory=dict)
    written: int = 0

    def moves(self, goods: list[Goods], first: date, last: date) -> Iterator[Move]:
        """A delivery on every third working day, and goods out each day, the oldest lot first."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        for n, day in enumerate(day for day in span if day.weekday() < 5):
            if n % 3 == 0:
                yield self._in(goods[n // 3 % len(goods)], day)
            yield self._out(goods[(n * 7 + 1) % len(goods)], day, "14:20")
            if n % 4 == 1:
                yield self._out(goods[(n * 11 + 2) % len(goods)], day, "16:05")

    def _in(self, goods: Goods, day: date) -> Move:
        lot, pieces = f"L{day:%y%m%d}", goods.opening // 5 + self.written * 13 % 40 + 10
        return self._written(day, "09:40", MovementKind.IN, goods, lot, pieces)

    def _out(self, goods: Goods, day: date, clock: str) -> Move:
        lots = {lot: pieces for (sku, lot), pieces in self.there.items() if sku == goods.sku}
        lot = next(each for each in lots if lots[each])
        pieces = min(max(sum(lots.values()) // (9 + self.written % 5), 1), lots[lot])
        return self._written(day, clock, MovementKind.OUT, goods, lot, pieces)

    def _written(
        self, day: date, clock: str, kind: MovementKind, goods: Goods, lot: str, pieces: int
    ) -> Move:
        self.written += 1
        before = self.there.get((goods.sku, lot), 0)
        after = before + (pieces if kind is MovementKind.IN else -pieces)
        self.there[goods.sku, lot] = after
        pallets = abs(goods.pallets(after) - goods.pallets(before))
        number = f"{'RK' if kind is MovementKind.IN else 'CK'}{day:%y%m%d}{self.written:03d}"
        return Move(day, clock, kind, goods, lot, pieces, pallets, number)


def goods() -> list[Goods]:
    """All goods of the demo."""
    found = []
    for line in _GOODS.strip().splitlines():
        customer, place, sku, *cells = line.split("|")
        found.append(Goods(customer, place, sku, tuple(cells)))
    return found


def write_warehouses(stage: Stage, at: datetime) -> None:
    """The two places."""
    for facts in PLACES:
        items.save_warehouse(None, facts, stage.people["sun.jie"], at)


def tell_stock(stage: Stage) -> None:
    """Opening stock, a year by file, this month one by one, onto the timeline; each with its handling."""
    days, shelves, opened = stage.timeline, Shelves(), stage.timeline.month(-MONTHS)
    for owner, place in dict.fromkeys((each.customer, each.place) for each in goods()):
        days.add(opened, "07:30", partial(_begin, stage, owner, place))
    days.add(opened, "08:00", partial(_count_pallets, stage))
    for each in goods():
        shelves.there[each.sku, ""] = each.opening
    for later in range(-MONTHS, 0):
        first, last = days.month(later), days.month_end(later)
        told = [move for moved in _owned() for move in shelves.moves(moved, first, last)]
        days.add(last, "19:30", partial(_file, stage, told))
        days.add(last, "20:00", partial(handling.bring_month, stage, first, last))
    for moved in _owned():
        for move in shelves.moves(moved, days.month(0), days.day(-1)):
            days.add(move.day, move.clock, partial(_post, stage, move))
    _put_right(stage)
    _close_months(stage)


def _owned() -> list[list[Goods]]:
    """What moves, by its owner."""
    moved = [each for each in goods() if each.sku != COUNTED]
    return [[each for each in moved if each.customer == owner] for owner in ("HARBOUR", "YUNSHANG")]


def _begin(stage: Stage, owner: str, place: str, at: datetime) -> None:
    """A file of goods with what was there on the first day."""
    opened = f"期初库存{stage.timeline.month(-MONTHS).isoformat()}"
    head = ("货号", "品名", "每箱件数", "每板件数", "单件重量kg", "单件体积m3", opened)
    rows = [(each.sku, *each.cells) for each in goods() if (each.customer, each.place) == (owner, place)]  # fmt: skip
    customer = stage.customer(owner)
    options = {"customer_id": customer.id, "warehouse_id": _place(place).id}
    name = f"{customer.short_name}_货品与期初_{place}.csv"
    bring_in("stock_items", name, [head, *rows], stage.people[KEEPER], at, options)


def _count_pallets(stage: Stage, at: datetime) -> None:
    """A file of the pallets on which the opening stock stands; the files of goods tell pieces alone."""
    day, why = stage.timeline.month(-MONTHS), "期初托盘清点"
    rows = [
        (f"QC{day:%y%m%d}{n:03d}", day.isoformat(), "08:00", "调整", each.customer, each.place, "", each.sku, "",
         each.pallets(each.opening), why)
        for n, each in enumerate(goods(), start=1)
    ]  # fmt: skip
    bring_in("movements", "期初托盘清点.csv", [MOVES_HEAD, *rows], stage.people[KEEPER], at)


def _file(stage: Stage, told: list[Move], at: datetime) -> None:
    name = f"出入库_{told[0].day:%Y-%m}.csv"
    rows = [MOVES_HEAD, *(move.row() for move in told)]
    bring_in("movements", name, rows, stage.people[KEEPER], at)


def _post(stage: Stage, move: Move, at: datetime) -> None:
    posted = posting.post(_fact(stage, move), stage.people[KEEPER], at)
    handling.record(stage, posted.movement, at)


def _fact(stage: Stage, move: Move, reason: str = "") -> MovementFact:
    goods = move.goods
    return MovementFact(
        stage.customer(goods.customer).id, _place(goods.place).id, move.kind, move.day, "page", move.number,
        lot=move.lot, sku=goods.sku, clock=move.clock, pieces=D(move.pieces), pallets=D(move.pallets), reason=reason,
    )  # fmt: skip


def _put_right(stage: Stage) -> None:
    """Three pallets are missing at the count; a receipt with one nought too many is reversed."""
    days, keeper = stage.timeline, stage.people[KEEPER]
    pallets = next(each for each in goods() if each.sku == COUNTED)
    wrong: list[StockMovement] = []

    def received(pieces: int, number: str) -> Move:
        stacks = pallets.pallets(pieces)
        return Move(days.day(-5), "09:05", MovementKind.IN, pallets, "", pieces, stacks, number)

    def count(at: datetime) -> None:
        why = "月中盘点短少 3 个，已与客户确认"
        found = Move(days.day(-6), "", MovementKind.ADJUST, pallets, "", -3, 0, "PD-0006")
        posting.post(_fact(stage, found, why), keeper, at)

    def receive(at: datetime) -> None:
        posted = posting.post(_fact(stage, received(500, "RK-WRONG-1")), keeper, at)
        wrong.append(posted.movement)
        handling.record(stage, posted.movement, at)

    def take_back(at: datetime) -> None:
        why = "数量多录一个零，重新入账 50 个"
        posting.reverse(wrong[0], why, keeper, at)
        handling.take_back(stage, wrong[0], why, at)
        _post(stage, received(50, "RK-RIGHT-1"), at)

    def measure(at: datetime) -> None:
        jacket = db.session.scalars(select(StockItem).where(StockItem.sku == "YS-JK-014")).one()
        items.set_size(jacket, days.day(-20), D("0.0052"), D("0.88"), keeper, at)

    days.add(days.day(-20), "09:10", measure)
    days.add(days.day(-6), "17:00", count)
    days.add(days.day(-5), "09:05", receive)
    days.add(days.day(-5), "11:30", take_back)


def _close_months(stage: Stage) -> None:
    """Each month on the fifth of the next; the last ones are still open."""
    days = stage.timeline
    for code, still_open in CLOSED.items():
        for later in range(-MONTHS, -still_open):
            close = partial(_close, stage, code, days.month(later))
            days.add(days.month(later + 1) + timedelta(days=4), "10:00", close)


def _close(stage: Stage, code: str, month_on: date, at: datetime) -> None:
    months.close(_place(code), month_on, stage.people["qian.wei"], at)


def _place(code: str) -> Warehouse:
    return db.session.scalars(select(Warehouse).where(Warehouse.code == code)).one()
