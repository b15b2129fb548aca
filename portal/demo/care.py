"""The demo's care of customers: visits with their sheets, watch notes, things lent, news of the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.care.actions import assets, notes, plans, visits
from portal.care.models import Asset, Visit
from portal.care.queries.plans import care_settings, targets, wanted_now, wanting
from portal.care.rules.assets import AssetFacts, LoanFacts
from portal.care.rules.kinds import (
    AssetKind,
    Importance,
    MarketKind,
    Mood,
    NextKind,
    Reliability,
    VisitKind,
    WatchSubject,
)
from portal.care.rules.notes import MarketFacts, WatchFacts
from portal.care.rules.visits import Promise, Sheet, VisitPlan
from portal.db.base import db
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.opportunities.models import Competitor

D = Decimal
DESK, BUYER = "zhao.min", "gu.xin"
PLANNED = 5
"""So many days before it a visit is planned."""


@dataclass(frozen=True, slots=True)
class VisitStory:
    """A visit so many days from today; without a sheet it was planned and not made (yet)."""

    days: int
    customer: str
    by: str
    kind: VisitKind
    purpose: str
    sheet: Mapping[str, Any] = field(default_factory=dict)
    next_step: tuple[NextKind, str, int] | None = None
    promises: tuple[tuple[str, int], ...] = ()


VISITS = (
    VisitStory(-95, "JINGHE", "chen.li", VisitKind.ON_SITE, "了解新厂投产计划", {
        "met": "沈昕、质量部两位同事", "mood": Mood.GOOD,
        "summary": "新厂明年一季度投产，空运量预计翻倍；现有两家货代，对我们的温控记录满意。",
        "needs": "2-8℃ 全程温控，到法兰克福门到门。"}),
    VisitStory(-62, "YUNSHANG", "wang.fang", VisitKind.TELEPHONE, "双十一备货沟通", {
        "mood": Mood.NEUTRAL, "summary": "备货量和去年持平；对上月错发两单不满，要求复核照片留存 30 天。"}),
    VisitStory(-40, "LONGTENG", "wu.mei", VisitKind.MANAGEMENT, "高层拜访：明年框架合作", {
        "met": "梁伟东、黄镕", "mood": Mood.GOOD,
        "summary": "集团明年在越南建厂，设备搬迁和半成品运输会招标；希望我们参与前期方案。",
        "needs": "项目物流、超限件运输、越南本地报关。",
        "competitor": "顺达国际", "competitor_words": "已经带客户看过海防港"},
        (NextKind.VISIT, "带项目组去佛山做现场勘察", 55), (("发一份我们做过的搬厂案例", 45),)),
    VisitStory(-33, "HARBOUR", "chen.li", VisitKind.ON_SITE, "冷库二期需求调研", {
        "met": "顾振华、林晓雯、邵勇", "mood": Mood.GOOD,
        "summary": "二期 3,000 个托盘位明年四月启用，想把收货、贴标、出口装柜一起外包。邵勇担心人员安置。",
        "needs": "仓配一体化方案、信息系统对接、WMS 实时库存。"},
        (NextKind.CALL, "约顾总看方案初稿", 36),
        (("提供两家同类冷库客户的联系方式", 35), ("十二月底前给出方案初稿", 40))),
    VisitStory(-18, "NORDWIND", "chen.li", VisitKind.VIDEO, "Quarterly review", {
        "met": "Erik Nord, 陆晨", "mood": Mood.BAD,
        "summary": "Two rolled sailings in autumn. They want to be told before they notice, and a second carrier.",
        "competitor": "远洋通", "competitor_words": "offers USD 60 a box less, no space guarantee"}),
    VisitStory(-4, "CHONGHE", "wang.fang", VisitKind.TELEPHONE, "确认四季度出货计划"),
    VisitStory(0, "HARBOUR", "chen.li", VisitKind.ON_SITE, "冷库二期方案沟通"),
    VisitStory(2, "JINGHE", "chen.li", VisitKind.ON_SITE, "新厂路线勘察"),
)  # fmt: skip
WATCH: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (-80, "HARBOUR", "chen.li", {"subject": WatchSubject.PERSON, "contact": "顾振华", "importance": Importance.HIGH,
     "text": "顾总每年十一月去洛杉矶看客户，重大合同都在回来后的两周内定。", "source": "林晓雯"}),
    (-30, "YUNSHANG", "wang.fang", {"subject": WatchSubject.FIRM, "importance": Importance.HIGH,
     "text": "平台回款周期拉长，九月起付款变慢，续约前先看应收。", "source": "财务钱伟", "days": 120}),
    (-15, "CHONGHE", "wang.fang", {"subject": WatchSubject.INDUSTRY, "importance": Importance.MIDDLE,
     "text": "沙特工程机械进口需 SABER 证书，客户还没有办理经验。", "source": "冉淼"}),
)  # fmt: skip
MARKET: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (-21, BUYER, {"kind": MarketKind.PRICE, "title": "远洋通上海到汉堡 40HQ 报 1,630 美元", "competitor": "远洋通",
     "origin": "上海", "destination": "汉堡", "price": D(1630), "currency": "USD", "unit": "40HQ",
     "source": "北风零件转来的报价单", "reliability": Reliability.SURE, "days": 60}),
    (-14, "chen.li", {"kind": MarketKind.MOVE, "title": "顺达国际在海防设立办事处", "competitor": "顺达国际",
     "destination": "海防", "industry": "家具", "text": "五名员工，主攻搬厂项目和半成品回运。", "source": "龙腾黄镕",
     "reliability": Reliability.LIKELY}),
    (-8, BUYER, {"kind": MarketKind.RULE, "title": "船公司下月起征收欧线旺季附加费 300 美元/柜", "origin": "上海",
     "destination": "鹿特丹", "source": "承运人通知", "reliability": Reliability.SURE, "days": 45}),
    (-2, "wang.fang", {"kind": MarketKind.NEWS, "title": "杭州综保区退货中心仓开放第三方入驻", "industry": "服装电商",
     "text": "首批三家，租金有补贴。", "source": "行业群", "reliability": Reliability.RUMOUR}),
)  # fmt: skip
ASSETS = (
    ("FH-PR-014", "斑马热敏标签打印机 ZT411", AssetKind.PRINTER, "24J1806", 9_800),
    ("FH-SC-031", "无线扫描枪（6 把）", AssetKind.SCANNER, "DS8178-31", 7_200),
    ("FH-SC-032", "电子台秤 300 kg", AssetKind.SCALE, "TCS-300-32", 1_600),
)
LENT = (
    (-64, 120, "HARBOUR", "FH-PR-014", "九成新，配两卷碳带", 2_000),
    (-100, -10, "YUNSHANG", "FH-SC-031", "六把完好，含充电座", 3_000),
)


def tell_care(stage: Stage) -> None:
    """Visits, notes, loans and news, each on its day; tonight the plan plans the visits that are due."""
    days = stage.timeline
    for story in VISITS:
        _visit(stage, story)
    for later, code, who, note in WATCH:
        days.add(days.day(later), "17:40", partial(_watch, stage, code, who, note))
    for later, who, news in MARKET:
        days.add(days.day(later), "09:50", partial(_market, stage, who, news))
    days.add(days.day(-110), "10:20", partial(_register, stage))
    for later, due, code, number, condition, deposit in LENT:
        lent = partial(_lend, stage, code, number, (due, condition, deposit))
        days.add(days.day(later), "13:30", lent)
    days.add(days.today, "05:30", _plan_the_rest)


def _visit(stage: Stage, story: VisitStory) -> None:
    days, told = stage.timeline, list[Visit]()

    def plan(at: datetime) -> None:
        customer = stage.customer(story.customer)
        contact = customer.contacts[0]
        facts = VisitPlan(
            story.kind, customer.id, stage.people[story.by].user_id or 0, days.day(story.days),
            story.purpose, contact_id=contact.id, place=customer.address,
        )  # fmt: skip
        told.append(visits.plan(facts, stage.people[story.by], at).visit)
        db.session.flush()

    days.add(days.day(min(story.days, 0) - PLANNED), "16:40", plan)
    if story.sheet:
        finish = partial(_finish, stage, story, told)
        days.add(days.day(story.days), "18:10", finish)


def _finish(stage: Stage, story: VisitStory, told: list[Visit], at: datetime) -> None:
    days, values = stage.timeline, dict(story.sheet)
    if "competitor" in values:
        values["competitor_id"] = _competitor(values.pop("competitor"))
    if story.next_step is not None:
        kind, words, after = story.next_step
        values |= {"next_as": kind, "next_step": words, "next_on": days.day(story.days + after)}
    promises = tuple(
        Promise(words, days.day(story.days + after)) for words, after in story.promises
    )
    sheet = Sheet(business_day(at), promises=promises, **values)
    visits.finish(told[0], sheet, stage.people[story.by], at)


def _competitor(name: str) -> int:
    return db.session.scalars(select(Competitor.id).where(Competitor.name_zh == name)).one()


def _until(at: datetime, lasts: int | None) -> date | None:
    return business_day(at) + timedelta(days=lasts) if lasts else None


def _watch(stage: Stage, code: str, who: str, note: Mapping[str, Any], at: datetime) -> None:
    customer, values = stage.customer(code), dict(note)
    name, lasts = values.pop("contact", None), values.pop("days", None)
    person = next((each.id for each in customer.contacts if each.name == name), None)
    facts = WatchFacts(contact_id=person, expires_on=_until(at, lasts), **values)
    notes.write(customer, facts, stage.people[who], at)


def _market(stage: Stage, who: str, news: Mapping[str, Any], at: datetime) -> None:
    values = dict(news)
    lasts, rival = values.pop("days", None), values.pop("competitor", None)
    facts = MarketFacts(
        observed_on=business_day(at), competitor_id=_competitor(rival) if rival else None,
        expires_on=_until(at, lasts), **values,
    )  # fmt: skip
    notes.note_market(facts, stage.people[who], at)


def _register(stage: Stage, at: datetime) -> None:
    for number, name, kind, serial, worth in ASSETS:
        facts = AssetFacts(number, name, kind, serial, D(worth), condition="完好")
        assets.register(facts, stage.people[DESK], at)


def _lend(stage: Stage, code: str, number: str, terms: tuple[int, str, int], at: datetime) -> None:
    customer, (due, condition, deposit) = stage.customer(code), terms
    asset = db.session.scalars(select(Asset).where(Asset.number == number)).one()
    loan = LoanFacts(
        customer.id, business_day(at), stage.timeline.day(due), condition, D(deposit),
        contact_id=customer.contacts[0].id, site_id=customer.sites[0].id,
    )  # fmt: skip
    assets.lend(asset, loan, stage.people[DESK], at)


def _plan_the_rest(at: datetime) -> None:
    """What the nightly job does: the visits that the plan of the tiers wants."""
    today, horizon = business_day(at), care_settings().horizon_days
    for target in wanted_now(targets()):
        for wanted in wanting(target, today, horizon, 50):
            plans.plan_next(target, wanted, at)
            db.session.flush()
