"""The usual milestones 节点 of each kind of shipment: what is reached, in which order, after how many days.

A firm may keep a plan of its own for a category (`MilestonePlan`); these are the ones it starts with. Days count from
the day the goods are ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t

ZONE = "Asia/Shanghai"
END_OF_WORK = time(18)
"""A day's milestone is due by then, in the firm's zone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone of a plan; `days` after the goods are ready."""

    code: str
    name_zh: str
    name_en: str
    days: int


KINDS: Mapping[str, Text] = {
    "sea_fcl": t("Sea freight, full containers"),
    "sea_lcl": t("Sea freight, less than a container"),
    "air": t("Air freight"),
    "rail": t("Rail freight"),
    "road": t("Road transport"),
    "customs": t("Customs"),
    "express": t("Express"),
    "storage": t("Storage"),
    "delivery": t("Delivery"),
    "other": t("Other services"),
}
"""What a shipment can be: the item's category, sea freight apart by its load."""

NAMES: Mapping[str, tuple[str, Text]] = {
    "space_confirmed": ("舱位已确认", t("Space confirmed")),
    "picked_up": ("已提货", t("Picked up")),
    "empty_picked_up": ("已提空箱", t("Empty container picked up")),
    "loaded": ("已装箱", t("Container loaded")),
    "warehouse_in": ("仓库已收货", t("Received at the warehouse")),
    "gate_in": ("已进港", t("Gate in")),
    "terminal_in": ("货站已收货", t("Received at the cargo terminal")),
    "station_in": ("车站已收货", t("Received at the station")),
    "export_cleared": ("出口已放行", t("Export cleared")),
    "departed": ("已离港", t("Departed")),
    "border_crossed": ("已过境", t("Border crossed")),
    "arrived": ("已到达", t("Arrived")),
    "import_cleared": ("进口已放行", t("Import cleared")),
    "out_for_delivery": ("派送中", t("Out for delivery")),
    "delivered": ("已交付", t("Delivered")),
    "empty_returned": ("已还空箱", t("Empty container returned")),
    "documents_complete": ("单证齐全", t("Documents complete")),
    "declared": ("已申报", t("Declared")),
    "inspected": ("已查验", t("Inspected")),
    "cleared": ("已放行", t("Cleared")),
    "documents_returned": ("单证已退回", t("Documents returned")),
    "sorted": ("已分拨", t("Sorted")),
    "announced": ("已预报到货", t("Arrival announced")),
    "received": ("已收货", t("Goods received")),
    "put_away": ("已上架", t("Put away")),
    "picked": ("已拣货", t("Picked from stock")),
    "dispatched": ("已发出", t("Dispatched")),
    "started": ("已开工", t("Work started")),
    "done": ("已完工", t("Work done")),
}

"""Code → its name in Chinese, as pages say it, and in English."""

ALSO: Mapping[str, str] = {
    "订舱确认": "space_confirmed",
    "提空箱": "empty_picked_up",
    "已进仓": "warehouse_in",
    "已进货站": "terminal_in",
    "已进站": "station_in",
    "出口放行": "export_cleared",
    "口岸换装": "border_crossed",
    "已到港": "arrived",
    "进口放行": "import_cleared",
    "已送达": "delivered",
    "单证退回": "documents_returned",
    "入库预报": "announced",
    "已出库": "dispatched",
    "已开始": "started",
    "已办结": "done",
}
"""What else people write for a milestone."""

_DAYS: Mapping[str, str] = {
    "sea_fcl": "space_confirmed:1 empty_picked_up:2 loaded:3 gate_in:4 export_cleared:5 departed:7 arrived:28 "
    "import_cleared:30 delivered:32 empty_returned:35",
    "sea_lcl": "space_confirmed:1 picked_up:2 warehouse_in:3 export_cleared:5 departed:7 arrived:30 import_cleared:32 "
    "delivered:35",
    "air": "space_confirmed:1 picked_up:1 terminal_in:2 export_cleared:2 departed:3 arrived:4 import_cleared:5 "
    "delivered:6",
    "rail": "space_confirmed:2 loaded:4 station_in:5 export_cleared:6 departed:7 border_crossed:12 arrived:23 "
    "import_cleared:24 delivered:26",
    "road": "picked_up:0 departed:0 arrived:2 delivered:2",
    "customs": "documents_complete:0 declared:1 inspected:2 cleared:2 documents_returned:10",
    "express": "picked_up:0 sorted:1 departed:1 arrived:2 out_for_delivery:3 delivered:3",
    "storage": "announced:0 received:1 put_away:1 picked:2 dispatched:2",
    "delivery": "picked_up:0 out_for_delivery:1 delivered:1",
    "other": "started:0 done:3",
}


def _steps(written: str) -> tuple[Step, ...]:
    pairs = (each.split(":") for each in written.split())
    return tuple(Step(code, NAMES[code][0], str(NAMES[code][1]), int(days)) for code, days in pairs)


PLANS: Mapping[str, tuple[Step, ...]] = {kind: _steps(written) for kind, written in _DAYS.items()}


def kind_of(category: str, load: str) -> str:
    """The kind of shipment that an item's category and load make."""
    if category in ("sea", "inland_water"):
        return "sea_lcl" if load in ("lcl", "bulk", "parcel") else "sea_fcl"
    return category if category in PLANS else "other"


def steps_from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """A firm's own plan as it is stored."""
    return tuple(
        Step(
            str(each["code"]),
            str(each["name_zh"]),
            str(each.get("name_en", "")),
            int(each.get("days", 0)),
        )
        for each in stored
    )


def planned(steps: Sequence[Step], ready_on: date, zone: str = ZONE) -> list[tuple[str, datetime]]:
    """(code, when it is due) of each step for goods that are ready on that day."""
    place = ZoneInfo(zone)
    return [
        (step.code, datetime.combine(ready_on + timedelta(days=step.days), END_OF_WORK, place))
        for step in steps
    ]


def name_of(code: str) -> Text:
    """The milestone in words; a code of the firm's own stands for itself."""
    known = NAMES.get(code)
    return known[1] if known else Text(code)


def accepted(codes: Iterable[str], own: Iterable[Step] = ()) -> str:
    """The names that are read for these milestones, both languages beside each other: `已离港 Departed, …`."""
    named = {step.code: f"{step.name_zh} {step.name_en}".strip() for step in own}
    pairs = {code: f"{zh} {en}" for code, (zh, en) in NAMES.items()} | named
    return ", ".join(pairs.get(code, code) for code in codes)


def find_code(written: str, own: Iterable[Step] = ()) -> str | None:
    """The milestone behind a code or its Chinese or English name; None when there is none."""
    word = normalise(written).strip().lower()
    plain = word.replace(" ", "_").replace("-", "_")
    for step in own:
        if word in (step.code.lower(), step.name_zh.lower(), step.name_en.lower()):
            return step.code
    if plain in NAMES:
        return plain
    for code, (name_zh, name_en) in NAMES.items():
        if word in (name_zh, name_zh.removeprefix("已"), str(name_en).lower()) and word:
            return code
    return ALSO.get(word)
