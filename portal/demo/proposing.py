"""The demo's proposal: what Harbour Foods was offered for its second cold store, and its second version."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from portal.db.base import db
from portal.demo.chance_stories import PROJECT
from portal.demo.stage import Stage
from portal.opportunities.models import Opportunity
from portal.proposals.actions import drafting, issuing
from portal.proposals.actions.drafting import Written
from portal.proposals.actions.papers import print_version
from portal.proposals.models import Proposal
from portal.proposals.rules.sections import Part

SALES = "chen.li"
TITLE = "外高桥冷库二期仓配一体化方案"
PARTS = (
    Part("客户需求", "What you need",
         "二期冷库 3,000 个托盘位，2-8℃ 与 -18℃ 两个温区，明年四月启用。\n\n"
         "- 收货、贴标、换箱、出口装柜一体外包\n- 实时库存，按批次和效期先进先出\n- 旺季日出库 900 托"),
    Part("方案概述", "Our solution in brief",
         "由我司现场团队运营，系统与门户对接，**库存、温度、作业照片全部在门户可查**。\n\n"
         "1. 收货：预约到仓，30 分钟内卸车\n2. 贴标：双人复核，差错率 0.05% 以下\n3. 装柜：装前装后各三张照片"),
    Part("人员与分工", "People and their parts",
         "| 岗位 | 人数 | 班次 |\n|---|---|---|\n| 现场经理 | 1 | 白班 |\n| 收发货 | 12 | 两班 |\n| 叉车 | 6 | 两班 |"),
    Part("实施计划", "How and when we begin",
         "一月签约，二月招聘与系统对接，三月试运行一个温区，四月全部切换。"),
    Part("服务承诺", "What we promise",
         "收货 30 分钟、出库当日完成率 99.5%、温度异常 10 分钟内告知。达不到的按月扣减操作费。"),
)  # fmt: skip
MORE = Part("现场人员安排", "The people on site",
            "贵司现有仓库人员优先转入我司现场团队，工龄连续计算；第一年不裁减岗位。")  # fmt: skip


def tell_proposal(stage: Stage) -> None:
    """Written and issued, then written anew for what the customer was worried about."""
    days, made = stage.timeline, list[Proposal]()
    days.add(days.day(-16), "17:00", partial(_write, stage, made))
    days.add(days.day(-14), "10:00", partial(_issue, stage, made))
    days.add(days.day(-7), "15:00", partial(_write_anew, stage, made))
    days.add(days.day(-6), "11:00", partial(_issue, stage, made))


def _write(stage: Stage, made: list[Proposal], at: datetime) -> None:
    project = db.session.scalars(select(Opportunity).where(Opportunity.title == PROJECT)).one()
    sales = stage.people[SALES]
    proposal = drafting.create(project, TITLE, sales, at, language="zh")
    written = Written(TITLE, "zh", PARTS, contact_id=proposal.contact_id)
    drafting.change(drafting.latest_version(proposal), written, sales, at)
    made.append(proposal)


def _write_anew(stage: Stage, made: list[Proposal], at: datetime) -> None:
    proposal, sales = made[0], stage.people[SALES]
    version = drafting.revise(proposal, sales, at)
    written = Written(
        TITLE, "zh", (*PARTS, MORE), contact_id=proposal.contact_id, change_note="补充现场人员转岗安排"
    )  # fmt: skip
    drafting.change(version, written, sales, at)


def _issue(stage: Stage, made: list[Proposal], at: datetime) -> None:
    issuing.issue(drafting.latest_version(made[0]), print_version, stage.people[SALES], at)
