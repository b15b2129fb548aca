"""The demo's news to customers: who agreed to get them, a campaign that was sent, notices, recommended services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.campaigns.actions import (
    consenting,
    delivering,
    interest,
    links,
    notices,
    offers,
    sending,
    writing,
)
from portal.campaigns.actions.notices import NoticeFacts
from portal.campaigns.actions.offers import OfferFacts
from portal.campaigns.actions.writing import CampaignFacts
from portal.campaigns.models import Campaign, CampaignMail, Notice, Offer
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.campaigns.rules.segments import Segment
from portal.campaigns.rules.writing import Written
from portal.catalogue.models import Bundle
from portal.customers.models import Contact
from portal.customers.rules.kinds import Market
from portal.customers.rules.kinds import Segment as Tier
from portal.db.base import db
from portal.demo.stage import Stage

WRITER, MANAGER = "chen.li", "wu.mei"
OWNERS = {"HARBOUR": "chen.li", "NORDWIND": "chen.li", "JINGHE": "chen.li"}
AGREED = "客户拜访时签署的资讯订阅单"
SENT = "欧线旺季保舱方案"
WRITTEN = Written(
    "欧线旺季保舱方案：提前四周锁舱", "Peak season to Europe: space guaranteed four weeks ahead",
    "圣诞和春节前的欧线舱位今年更早紧张。\n\n- **锁舱**：提前四周书面订舱，保证装船\n"
    "- **价格**：锁舱当日价格，四周内不变\n- **赔付**：甩柜一次，免下一柜文件费\n\n"
    "感兴趣请点下面的链接，客户经理当天与您联系。",
    "Space to Europe is short earlier this year.\n\n- **Guaranteed**: booked four weeks ahead, loaded for sure\n"
    "- **Price**: that of the day of booking\n- **If rolled**: no document fee on the next box",
)  # fmt: skip
DRAFT = Written(
    "跨境退货仓：退货 48 小时内重新上架", "",
    "直播和平台退货，质检、换包装、重新上架一次完成。\n\n开仓前三个月操作费八折。",
)  # fmt: skip
INTERESTED = {
    "沈昕": "我们一月有三票空运改海运，想了解锁舱怎么操作。",
    "方堃": "请报一下上海到费利克斯托的锁舱价。",
}
LEFT = "冉淼"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A notice or an offer: from and until so many days from today."""

    days: int
    until: int | None
    written: Written
    tiers: tuple[str, ...] = ()
    is_pinned: bool = False
    charge: str = ""
    item: Mapping[str, str] | None = None


NOTICES = (
    _Shown(-150, -90, Written("台风期间外高桥冷库收货安排", "Receiving at Waigaoqiao during the typhoon",
        "台风预警期间冷库暂停收货，恢复时间另行通知。", "Receiving stops while the warning is in force.")),
    _Shown(-12, 60, Written("年末至春节服务安排", "Our services from year end to the Spring Festival",
        "- 元旦：1 月 1 日休息，在途跟踪照常\n- 春节前最后一班北美、欧洲截关见附表\n- 冷库与电商仓全年无休",
        "- 1 January: closed, tracking goes on\n- Cold store and e-commerce warehouse work every day"), is_pinned=True),
    _Shown(-4, 40, Written("VIP 客户专享：春节前舱位预留", "For our key customers: space before the Spring Festival",
        "即日起可为您预留节前四周的舱位，请在门户订舱时注明“节前预留”，或联系客户经理。",
        "Book now and write “holiday space” in the remarks; we keep it for you."), (Tier.VIP, Tier.PROJECT)),
)  # fmt: skip
OFFERS = (
    _Shown(-45, 90, Written("恒温仓储：15-25℃，按天计费", "Storage at 15-25 °C, charged by the day",
        "巧克力、酱料和保健品适用，与冷库同一园区，一次入仓分区存放。",
        "For chocolate, sauces and supplements; on the same site as the cold store."),
        charge="STG", item={"qualifier": "恒温"}),
    _Shown(-20, 120, Written("原产地证代办：两个工作日出证", "Certificates of origin in two working days",
        "RCEP、中国—东盟和一般原产地证，资料齐全两个工作日。", "RCEP, ASEAN and general certificates."), charge="C/O"),
    _Shown(-10, 120, Written("整箱出口全套：一个价格包到船", "Everything for a full box, at one price",
        "拖车、报关、码头费和文件费一次报清，月结对账只有一行。",
        "Truck, customs, terminal and papers in one line of your bill."),
        (Tier.MID, Tier.VIP, Tier.PROJECT)),
)  # fmt: skip


def tell_campaigns(stage: Stage) -> None:
    """Consent first, then what was written, sent, answered and shown."""
    days, sent = stage.timeline, list[int]()
    days.add(days.day(-130), "15:00", partial(_consents, stage))
    days.add(days.day(-18), "10:00", partial(_write, stage, sent))
    days.add(days.day(-17), "09:20", partial(_approve, stage, sent))
    days.add(days.day(-17), "09:30", partial(_send, sent))
    days.add(days.day(-16), "11:00", partial(_answers, sent))
    days.add(days.day(-3), "16:10", partial(_draft, stage))
    for notice in NOTICES:
        days.add(days.day(notice.days), "08:40", partial(_notice, stage, notice))
    days.add(days.day(-3), "08:15", partial(_read, stage))
    for offer in OFFERS:
        days.add(days.day(offer.days), "09:05", partial(_offer, stage, offer))
    days.add(days.day(-7), "10:25", partial(_wanted, stage))


def _consents(stage: Stage, at: datetime) -> None:
    people = select(Contact).where(Contact.email != "").order_by(Contact.id)
    for contact in db.session.scalars(people).all():
        who = stage.people[OWNERS.get(contact.customer.code, "wang.fang")]
        if contact.is_main:
            consenting.record(contact, Consent.GIVEN, ConsentWay.PAPER, AGREED, who, at)


def _write(stage: Stage, sent: list[int], at: datetime) -> None:
    row = writing.write(CampaignFacts(SENT, WRITTEN), stage.people[WRITER], at)
    db.session.flush()
    sent.append(row.id)


def _approve(stage: Stage, sent: list[int], at: datetime) -> None:
    row = db.session.get_one(Campaign, sent[0])
    writing.approve(row, row.version, stage.people[MANAGER], at)
    db.session.flush()


def _send(sent: list[int], at: datetime) -> None:
    """What the job does, and the other side took every mail."""
    while sending.send_batch(sent[0], sending.BATCH, at).more:
        db.session.flush()
    for mail_id in _mails(sent):
        delivering.went({"mail_id": mail_id}, at)
    db.session.flush()
    sending.send_batch(sent[0], sending.BATCH, at)


def _mails(sent: list[int]) -> list[int]:
    wanted = select(CampaignMail.id).where(CampaignMail.campaign_id == sent[0])
    return list(db.session.scalars(wanted.order_by(CampaignMail.id)))


def _answers(sent: list[int], at: datetime) -> None:
    """Two want to hear more, one no more at all."""
    for mail_id in _mails(sent):
        mail = db.session.get_one(CampaignMail, mail_id)
        if mail.name in INTERESTED:
            interest.by_mail(mail, INTERESTED[mail.name], SYSTEM, at)
        elif mail.name == LEFT:
            links.unsubscribe(mail, ConsentWay.ONE_CLICK, SYSTEM, at)


def _draft(stage: Stage, at: datetime) -> None:
    facts = CampaignFacts("退货仓推广（电商客户）", DRAFT, Segment(markets=(Market.E_COMMERCE,)))
    writing.write(facts, stage.people["wang.fang"], at)


def _notice(stage: Stage, shown: _Shown, at: datetime) -> None:
    days, manager = stage.timeline, stage.people[MANAGER]
    until = None if shown.until is None else days.day(shown.until)
    facts = NoticeFacts(shown.written, days.day(shown.days), until, shown.tiers, shown.is_pinned)
    notices.publish(notices.write(facts, manager, at), manager, at)


def _read(stage: Stage, at: datetime) -> None:
    row = db.session.scalars(select(Notice).where(Notice.pinned.is_(True))).one()
    for who in ("lin", "erik", "huang"):
        notices.mark_read(row, stage.people[who], at)


def _offer(stage: Stage, shown: _Shown, at: datetime) -> None:
    days, manager = stage.timeline, stage.people[MANAGER]
    bundle = (
        None if shown.charge else db.session.scalars(select(Bundle.id).order_by(Bundle.id)).first()
    )
    item = stage.item(shown.charge, **(shown.item or {})).id if shown.charge else None
    until = None if shown.until is None else days.day(shown.until)
    facts = OfferFacts(shown.written, days.day(shown.days), until, item, bundle, shown.tiers)
    offers.publish(offers.write(facts, manager, at), manager, at)


def _wanted(stage: Stage, at: datetime) -> None:
    """Harbour Foods wants to hear more of the first."""
    row = db.session.scalars(
        select(Offer).where(Offer.title_zh == OFFERS[0].written.title_zh)
    ).one()
    interest.in_offer(
        row, "圣诞巧克力礼盒约 60 托，一月到货，想先了解价格。", stage.people["lin"], at
    )
