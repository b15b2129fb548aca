"""The demo's quotations, one in each state that matters, written as people would write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import LanePrice, lane_prices
from portal.catalogue.rules.cargo import Cargo
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.quotations.actions import answering, approving, drafting, grid, issuing, lines
from portal.quotations.actions.answering import Signature
from portal.quotations.actions.drafting import ShipmentFacts
from portal.quotations.actions.papers import print_version
from portal.quotations.models import Quotation, QuotationVersion

D = Decimal


@dataclass(frozen=True, slots=True)
class Story:
    """One quotation: for whom, by whom, what; `carriers`: how many of them stand side by side as options."""

    customer: str
    sales: str
    title: str
    facts: ShipmentFacts
    carriers: int = 1


STORIES: dict[str, Story] = {
    "to_accept": Story(
        "HARBOUR", "chen.li", "上海到纽约 冷冻调味品",
        ShipmentFacts("sea", "CNSHA", "USNYC", load="fcl", incoterm="FOB 上海", goods="冷冻调味品", routing="直航",
                      cargo=Cargo(gross_kg=D(86400), boxes={"20GP": 2, "40GP": 3, "40HQ": 1})),
    ),
    "options": Story(
        "HARBOUR", "chen.li", "宁波到汉堡 三家船公司比价",
        ShipmentFacts("sea", "CNNGB", "DEHAM", load="fcl", incoterm="CIF 汉堡", goods="罐头食品",
                      cargo=Cargo(gross_kg=D(22000), boxes={"40HQ": 1})),
        carriers=3,
    ),
    "accepted": Story(
        "NORDWIND", "chen.li", "上海到鹿特丹 汽车零件",
        ShipmentFacts("sea", "CNSHA", "NLRTM", load="fcl", incoterm="FOB 上海", goods="汽车零件",
                      cargo=Cargo(gross_kg=D(18500), boxes={"40HQ": 2})),
    ),
    "pending": Story(
        "LONGTENG-NB", "wang.fang", "宁波到洛杉矶 家具",
        ShipmentFacts("sea", "CNNGB", "USLAX", load="fcl", incoterm="FOB 宁波", goods="实木家具",
                      cargo=Cargo(gross_kg=D(64000), boxes={"40HQ": 6})),
    ),
    "revised": Story(
        "JINGHE", "chen.li", "北京到法兰克福 空运样品",
        ShipmentFacts("air", "PEK", "FRA", goods="生物试剂（非危险品）", incoterm="EXW",
                      cargo=Cargo(gross_kg=D("86.2"), volume_m3=D("0.40"))),
    ),
    "draft": Story(
        "YUNSHANG", "wang.fang", "上海到新加坡 服装拼箱",
        ShipmentFacts("sea", "CNSHA", "SGSIN", load="lcl", goods="服装", incoterm="FOB 上海",
                      cargo=Cargo(gross_kg=D(1860), volume_m3=D("2.340"))),
    ),
    "declined": Story(
        "CHONGHE", "wang.fang", "上海到迪拜 机械设备",
        ShipmentFacts("sea", "CNSHA", "AEJEA", load="fcl", goods="小型机械", incoterm="CFR 杰贝阿里",
                      cargo=Cargo(gross_kg=D(9800), boxes={"20GP": 1})),
    ),
}  # fmt: skip


AGREED = Story(
    "HARBOUR", "chen.li", "上海到洛杉矶 冷冻食品 全年 24 柜",
    ShipmentFacts("sea", "CNSHA", "USLAX", load="fcl", incoterm="FOB 上海", goods="冷冻食品",
                  cargo=Cargo(gross_kg=D(480000), boxes={"40HQ": 24})),
)  # fmt: skip
"""The quotation of which a contract was made long since."""


def write_agreed(now: datetime, people: Mapping[str, Viewer]) -> QuotationVersion:
    """A quotation of last season, accepted by the customer."""
    quotation = _write(AGREED, people[AGREED.sales], now)
    _send(quotation, people[AGREED.sales], people["wu.mei"], now)
    version = _latest(quotation)
    answering.accept(version, Signature("林晓雯", "127.0.0.1"), people["lin"], now)
    return version


def write_quotations(now: datetime, people: Mapping[str, Viewer]) -> None:
    """Every story, brought to the state its name says."""
    written = {name: _write(story, people[story.sales], now) for name, story in STORIES.items()}
    sales, other, manager = people["chen.li"], people["wang.fang"], people["wu.mei"]
    for name in ("to_accept", "options", "accepted", "revised"):
        _send(written[name], sales, manager, now)
    _send(written["declined"], other, manager, now)
    answering.accept(
        _latest(written["accepted"]), Signature("Erik Nord", "127.0.0.1"), people["erik"], now
    )
    guest = _guest(written["declined"], other, now)
    reason = "船期晚于客户要求的到港日"
    answering.decline(_latest(written["declined"]), reason, Signature("冉淼"), guest, now)
    second = drafting.revise(written["revised"], sales, now)
    facts = STORIES["revised"].facts
    heavier = ShipmentFacts("air", "PEK", "FRA", goods=facts.goods, incoterm=facts.incoterm,
                            cargo=Cargo(gross_kg=D("118.0"), volume_m3=D("0.62")))  # fmt: skip
    drafting.change_facts(second, heavier, sales, now)
    _send(written["revised"], sales, manager, now)
    question = "目的港的免柜期可以申请到 14 天吗？"
    asked = answering.ask(written["to_accept"], 1, question, "林晓雯", people["lin"], now)
    text = "可以，我们已向船公司申请 14 天，书面确认后回复您。"
    answering.answer(asked, written["to_accept"], text, sales, now)
    _below_the_floor(written["pending"], other, now)


def _write(story: Story, sales: Viewer, now: datetime) -> Quotation:
    customer = db.session.scalars(select(Customer).where(Customer.code == story.customer)).one()
    contact = db.session.scalar(
        select(Contact.id).where(Contact.customer_id == customer.id, Contact.is_main.is_(True))
    )
    quotation = drafting.create(
        customer, story.title, sales, now, contact_id=contact, facts=story.facts
    )
    version = _latest(quotation)
    facts, boxes = story.facts, story.facts.cargo.boxes
    found = lane_prices(
        sales,
        customer,
        facts.origin,
        facts.destination,
        on=business_day(now),
        category=facts.category,
    )
    if facts.load:
        found = [price for price in found if price.load == facts.load]
    wanted = [price for price in found if not boxes or price.packaging in boxes]
    carriers = list(dict.fromkeys(price.carrier for price in wanted))[: story.carriers]
    for carrier in carriers:
        mine = _one_scheme([price for price in wanted if price.carrier == carrier])
        lines.add_prices(version, mine, sales, now, option=carrier if story.carriers > 1 else "")
    return quotation


def _one_scheme(prices: list[LanePrice]) -> list[LanePrice]:
    """The prices of the scheme that comes first in the order of picking (DOMAIN S2)."""
    first = prices[0].scheme_id if prices else None
    return [price for price in prices if price.scheme_id == first]


def _send(quotation: Quotation, sales: Viewer, manager: Viewer, now: datetime) -> None:
    version = _latest(quotation)
    if version.approval_reasons:
        approving.submit(version, "客户年内货量有保证", sales, now)
        approving.approve(version, manager, now)
    issuing.issue(version, print_version, sales, now)


def _below_the_floor(quotation: Quotation, sales: Viewer, now: datetime) -> None:
    version = _latest(quotation)
    if version.lines:
        lower = (version.lines[0].rate or D(0)) * D("0.9")
        edit = grid.LineEdit(
            version.lines[0].id, rate=lower.quantize(D(1)), reason="竞争对手报价更低"
        )
        grid.edit_lines(version, [edit], sales, now)
        approving.submit(version, "客户承诺全年 200 柜，申请特价", sales, now)


def _guest(quotation: Quotation, sales: Viewer, now: datetime) -> Viewer:
    version = _latest(quotation)
    link, _ = answering.make_link(version, "冉淼", "ran@chonghe.example", sales, now)
    db.session.flush()
    return answering.guest(link, None, "zh_CN")


def _latest(quotation: Quotation) -> QuotationVersion:
    return drafting.latest_version(quotation)
