"""The demo's leads: in the pool, in hand, about to fall back, become a customer, come to nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.rules.kinds import Market, Source
from portal.db.base import db
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.leads.actions import converting, pool, recording, touching
from portal.leads.actions.converting import Conversion
from portal.leads.models import Lead
from portal.leads.rules.facts import LeadFacts, TouchFacts
from portal.leads.rules.kinds import LeadKind, TouchKind
from portal.opportunities.rules.kinds import Rating

D = Decimal
MANAGER = "wu.mei"
Step = tuple[int, str, str, str]
"""Days after it was written down, verb, who, words."""


@dataclass(frozen=True, slots=True)
class LeadStory:
    """One lead: written down so many days before today, by whom, and what was done for it."""

    days: int
    by: str
    facts: LeadFacts
    steps: tuple[Step, ...] = ()
    is_pooled: bool = False


STORIES = (
    LeadStory(-64, "wang.fang", LeadFacts(
        "瑞朗智能装备（无锡）有限公司", contact_name="苏敏", position="采购总监", phone="0510-5555 1280",
        email="su@ruilang.example", city="无锡", industry="机械", market=Market.ENTERPRISE, source=Source.FAIR,
        rating=Rating.HOT, need="每月 3-4 个 40HQ 到汉堡，含到门配送，希望固定价格。", amount=D(420_000),
    ), (
        (1, "call", "wang.fang", "苏总在展会上聊过，愿意见面，要汉堡到门价格。"),
        (6, "visit", "wang.fang", "看了产线，设备超高 0.3 米，需要框架箱方案。"),
        (13, "convert", "wang.fang", "上海—汉堡 智能装备 月度框架箱"),
    )),
    LeadStory(-41, "wang.fang", LeadFacts(
        "嘉禾园艺工具厂", contact_name="冯春", phone="136 0000 7720", city="嘉兴", industry="五金",
        market=Market.SCATTERED, source=Source.ONLINE, rating=Rating.COLD, need="偶尔拼箱到费利克斯托。",
    ), ((1, "missed", "wang.fang", ""), (15, "recycle", "wang.fang", ""))),
    LeadStory(-26, "wu.mei", LeadFacts(
        "澜海户外用品（宁波）有限公司", contact_name="贺蓓", position="外贸经理", phone="0574-5555 3390",
        email="he.bei@lanhai.example", city="宁波", industry="户外用品", market=Market.E_COMMERCE,
        source=Source.CAMPAIGN, rating=Rating.WARM, need="亚马逊美西仓备货，旺季每周 2 柜，要海派整柜价格。",
        amount=D(600_000),
    ), (
        (1, "assign", "chen.li", ""),
        (2, "call", "chen.li", "要美西 LGB8 到仓价格，时效 25 天内。"),
        (20, "wechat", "chen.li", "已发参考价，贺经理周四开会后回复。"),
    ), is_pooled=True),
    LeadStory(-12, "chen.li", LeadFacts(
        "晨光玻璃制品有限公司", contact_name="车锋", phone="0516-5555 6601", city="徐州", industry="玻璃制品",
        market=Market.ENTERPRISE, source=Source.PHONE, rating=Rating.WARM, need="中东玻璃瓶整箱，每月 6 柜。",
        amount=D(180_000),
    )),
    LeadStory(-9, "wang.fang", LeadFacts(
        "蓝杉科技", contact_name="罗茜", position="行政", phone="021-5555 2047", city="上海", industry="电子",
        market=Market.ENTERPRISE, source=Source.REFERRAL, need="办公室搬家，仅一次国内运输。",
    ), (
        (1, "call", "wang.fang", "只有一次搬家需求，预算很低。"),
        (2, "discard", "wang.fang", "一次性搬家，不属于我们的服务范围"),
    )),
    LeadStory(-5, "wu.mei", LeadFacts(
        "新禾种业（合肥）有限公司", contact_name="丁洁", position="进口部", phone="0551-5555 8123",
        email="ding@xinhe.example", city="合肥", industry="农业", market=Market.ENTERPRISE, source=Source.PHONE,
        rating=Rating.WARM, need="种子进口，需要恒温仓储与熏蒸代办。", amount=D(150_000),
    ), is_pooled=True),
    LeadStory(-3, "chen.li", LeadFacts(
        "王思远", kind=LeadKind.PERSON, phone="139 0000 8866", wechat="wsy-8866", city="上海",
        market=Market.SCATTERED, source=Source.ONLINE, need="私人物品搬运到温哥华，约 5 立方米。",
    ), ((1, "call", "chen.li", "一月底搬，先要一个大概价格。"),)),
)  # fmt: skip


@dataclass(slots=True)
class _Told:
    """A lead with the stage it is played on."""

    stage: Stage
    story: LeadStory
    lead_id: int = 0

    @property
    def row(self) -> Lead:
        """The lead as it stands now."""
        return db.session.scalars(select(Lead).where(Lead.id == self.lead_id)).one()


def tell_leads(stage: Stage) -> None:
    """Every lead, step by step; tonight who holds one too long is warned."""
    days = stage.timeline
    for story in STORIES:
        told, first = _Told(stage, story), days.day(story.days)
        days.add(first, "11:40", partial(_record, told))
        for after, verb, who, words in story.steps:
            day = first + timedelta(days=after)
            days.add(day, "15:50", partial(_step, told, verb, who, words))
    days.add(days.today, "06:00", _warn)


def _record(told: _Told, at: datetime) -> None:
    story = told.story
    row = recording.record(story.facts, told.stage.people[story.by], at, to_pool=story.is_pooled)
    db.session.flush()
    told.lead_id = row.id


def _step(told: _Told, verb: str, who: str, words: str, at: datetime) -> None:
    STEPS[verb](told, who, words, at)


def _touch(kind: TouchKind, reached: bool = True) -> Callable[[_Told, str, str, datetime], None]:
    def touch(told: _Told, who: str, words: str, at: datetime) -> None:
        days = told.stage.timeline
        ahead = business_day(at) + timedelta(days=5)
        next_on = ahead if ahead >= days.today else None
        facts = TouchFacts(kind, at, reached, words, next_on, TouchKind.CALL if next_on else "")
        touching.touch(told.row, facts, told.stage.people[who], at)

    return touch


def _assign(told: _Told, who: str, _words: str, at: datetime) -> None:
    to = told.stage.people[who].user_id or 0
    pool.assign(told.row, to, told.stage.people[MANAGER], at, "跨境电商由陈立统一跟进")


def _recycle(told: _Told, _who: str, _words: str, at: datetime) -> None:
    pool.recycle(told.row, SYSTEM, at)


def _discard(told: _Told, who: str, words: str, at: datetime) -> None:
    pool.discard(told.row, words, told.stage.people[who], at)


def _convert(told: _Told, who: str, words: str, at: datetime) -> None:
    wish = Conversion(
        words, is_new_for_sure=True, amount=told.story.facts.amount,
        close_on=business_day(at) + timedelta(days=90),
    )  # fmt: skip
    converting.convert(told.row, wish, told.stage.people[who], at)


STEPS: dict[str, Callable[[_Told, str, str, datetime], None]] = {
    "call": _touch(TouchKind.CALL),
    "missed": _touch(TouchKind.CALL, reached=False),
    "visit": _touch(TouchKind.VISIT),
    "wechat": _touch(TouchKind.WECHAT),
    "assign": _assign,
    "recycle": _recycle,
    "discard": _discard,
    "convert": _convert,
}


def _warn(at: datetime) -> None:
    """What the nightly job does for those that fall back soon."""
    for lead in db.session.scalars(select(Lead).where(Lead.state == "held").order_by(Lead.id)):
        pool.warn(lead, SYSTEM, at)
