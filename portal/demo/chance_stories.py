"""What the demo's sales people work on, won and lost; days are counted from today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.customers.rules.kinds import Source
from portal.opportunities.rules.kinds import OpportunityKind, PartyRole, Rating, Threat

D = Decimal
AT_LAST = (1, "00:00")
"""After everything else: the quotations of today are there by then."""
COMPETITORS = (
    ("远洋通", "Ocean Link Forwarding", "欧洲线价格低，账期长", "旺季不保舱，查询无门户"),
    ("顺达国际", "Shunda International", "项目物流经验多，东南亚有网点", "冷链弱，对账慢"),
    ("云速仓配", "Cloudspeed Fulfilment", "电商仓系统好，租金有补贴", "不做进出口"),
)


@dataclass(frozen=True, slots=True)
class Chance:
    """One opportunity, opened so many days from today by its owner; `values` None: it came from a lead or a campaign.

    Steps: day, hour, verb, who ("": the owner), and what the verb needs.
    """

    title: str
    owner: str
    customer: str = ""
    days: int = 0
    values: Mapping[str, Any] | None = None
    steps: tuple[tuple[Any, ...], ...] = ()


PROJECT = "外高桥冷库二期 仓配一体化项目"

STORIES: tuple[Chance, ...] = (
    Chance("上海—洛杉矶 冷冻食品年度约运", "chen.li", "HARBOUR", -98, {
        "amount": D(300_000), "close": -60, "category": "海运", "rating": Rating.HOT, "source": Source.PHONE,
        "text": "全年 24 柜，要求固定价格和保舱。"}, (
        (-90, "10:30", "move", "", "need", "林经理确认全年 24 个 40HQ，旺季每月 3 柜。"),
        (-75, "10:05", "link", "", "上海到洛杉矶 冷冻食品 全年 24 柜"),
        (-75, "10:10", "move", "", "quoted"),
        (-74, "15:00", "rival", "", "远洋通", Threat.MIDDLE, "", "每柜低 40 美元，但不保舱"),
        (-74, "15:10", "move", "", "negotiation", "客户接受报价，合同在走流程。"),
        (-69, "11:00", "win", "", "服务质量", "保舱承诺和冷链记录是决定因素。"),
    )),
    Chance("上海—纽约 冷冻调味品 旺季加量", "chen.li", "HARBOUR", -30, {
        "kind": OpportunityKind.EXPANSION, "amount": D(96_000), "close": 12, "category": "海运",
        "rating": Rating.HOT, "source": Source.REFERRAL}, (
        (-27, "14:20", "move", "", "need", "纽约新客户，节前 6 柜，直航优先。"),
        (-26, "16:00", "share", "", "wang.fang", "宁波港备选方案"),
        (-12, "09:30", "rival", "", "远洋通", Threat.HIGH, "1980", "报 40HQ 1,980 美元，转船 38 天"),
        (-3, "17:00", "task", "", "向船公司书面确认免柜期 14 天", "2"),
        (*AT_LAST, "link", "", "上海到纽约 冷冻调味品"),
        (*AT_LAST, "move", "", "quoted"),
        (*AT_LAST, "next", "", "周三前电话跟进报价，确认免柜期", "3"),
    )),
    Chance(PROJECT, "chen.li", "HARBOUR", -52, {
        "kind": OpportunityKind.PROJECT, "method": "project", "close": 95, "category": "综合物流", "rating": Rating.HOT,
        "source": Source.VISIT, "contact": "顾振华", "lines": (
            ("冷库收货与上架", 36_000, "XPX", "11"), ("贴标与换箱", 900_000, "H87", "0.14"),
            ("出口装柜", 480, "40HQ", "650")),
        "text": "二期 3,000 个托盘位，收货、贴标、装柜一体外包，合同期三年。"}, (
        (-45, "10:00", "move", "", "qualified", "顾总决策，林晓雯评估，十二月定方案，三月签约。"),
        (-31, "09:40", "move", "", "solution"),
        (-30, "11:00", "share", "", "wu.mei", "方案与报价把关"),
        (-30, "11:10", "party", "", PartyRole.CONSULTANT, "冷联冷库设计院", "尹工", "021-5555 7788"),
        (-28, "15:00", "rival", "", "顺达国际", Threat.MIDDLE, "", "已提交初步方案，无冷链业绩"),
        (-20, "18:00", "note", "", "邵勇担心外包后岗位不保，建议方案写明现场人员优先转岗。"),
        (-9, "10:30", "task", "", "请仓储部核算二期人力与叉车配置", "-3"),
        (-5, "17:30", "next", "", "带方案第二版去见顾总", "4"),
    )),
    Chance("上海—鹿特丹 刹车盘 首批试单", "chen.li", "NORDWIND", -44, {
        "amount": D(4_000), "currency": "USD", "close": 25, "category": "海运",
        "rating": Rating.WARM, "source": Source.PHONE}, (
        (-40, "15:30", "move", "", "need", "Erik wants a second carrier and a guarantee against rolling."),
        (-19, "10:50", "rival", "", "远洋通", Threat.HIGH, "1630", "USD 60 a box less"),
        (*AT_LAST, "link", "", "上海到鹿特丹 汽车零件"),
        (*AT_LAST, "move", "", "trial"),
        (*AT_LAST, "next", "", "首票试单订舱，盯装船", "5"),
    )),
    Chance("越南新工厂 设备搬迁", "wu.mei", "LONGTENG", -38, {
        "kind": OpportunityKind.PROJECT, "method": "project", "amount": D(1_850_000), "close": 150,
        "category": "综合物流", "rating": Rating.WARM, "source": Source.VISIT, "contact": "梁伟东",
        "text": "两条生产线，含 4 件超限设备，佛山到海防。"}, (
        (-34, "14:00", "share", "", "wang.fang", "客户日常联系"),
        (-34, "14:05", "party", "", PartyRole.CARRIER, "华港特种运输", "毛经理", "0757-5555 9100"),
        (-20, "10:20", "move", "", "qualified", "梁总拍板，一季度招标，三家入围。"),
        (-13, "10:00", "rival", "", "顺达国际", Threat.HIGH, "", "海防有办事处，已带客户看港"),
        (-6, "16:00", "task", "", "约佛山现场勘察，带项目组", "8"),
    )),
    Chance("宁波—洛杉矶 家具年度 200 柜", "wang.fang", "LONGTENG-NB", -57, {
        "kind": OpportunityKind.EXPANSION, "amount": D(344_000), "currency": "USD", "close": -5, "category": "海运",
        "rating": Rating.WARM, "source": Source.PHONE}, (
        (-52, "11:15", "move", "", "need", "集团要求三家比价，价格权重七成。"),
        (-33, "15:20", "rival", "", "顺达国际", Threat.MIDDLE, "1650", "报 1,650 美元，不含旺季附加费"),
        (-10, "10:10", "task", "", "特价审批结果回复徐喆", "-2"),
    )),
    Chance("北京—法兰克福 生物样品 2-8℃ 试运", "chen.li", "JINGHE", -35, {
        "amount": D(3_500), "close": 20, "category": "空运", "rating": Rating.HOT, "source": Source.VISIT}, (
        (-31, "10:40", "move", "", "need", "先试运两票，2-8℃ 全程温控，通过后每月 8 票。"),
        (-15, "14:30", "rival", "", "远洋通", Threat.LOW, "", "空运只做普货"),
        (*AT_LAST, "link", "", "北京到法兰克福 空运样品"),
        (*AT_LAST, "move", "", "negotiation"),
        (*AT_LAST, "did", "", "沈昕已收到第二版报价，周五前答复。"),
    )),
    Chance("余杭退货中心仓", "wang.fang", "YUNSHANG", -78, {
        "amount": D(420_000), "close": -48, "category": "仓储", "rating": Rating.COLD, "source": Source.ONLINE}, (
        (-72, "16:00", "move", "", "need", "日均退货 600 件，要余杭本地仓。"),
        (-70, "10:00", "rival", "", "云速仓配", Threat.HIGH, "", "本地仓现成，租金有补贴"),
        (-50, "15:40", "lose", "", "选择竞争对手", "云速仓配", "余杭本地仓当月可用，我们最快三个月。"),
    )),
    Chance("双十二临时仓与爆单支援", "wang.fang", "YUNSHANG", -66, {
        "kind": OpportunityKind.EXPANSION, "amount": D(95_000), "close": -40, "category": "仓储", "rating": Rating.WARM,
        "source": Source.PHONE}, (
        (-58, "11:10", "move", "", "need", "预计日均 6,000 单，连续五天。"),
        (-45, "17:00", "lose", "", "价格过高", "云速仓配", "对方每单低 0.6 元，还免仓租。"),
    )),
    Chance("达曼港整箱：小型机械", "wang.fang", "CHONGHE", -3, {
        "amount": D(160_000), "close": 55, "category": "海运", "rating": Rating.COLD, "source": Source.CAMPAIGN}),
    Chance("春季家居展 上海展会配送", "wang.fang", "LONGTENG-SH", -11, {
        "kind": OpportunityKind.PROJECT, "method": "project", "amount": D(68_000), "close": 40, "category": "陆运",
        "rating": Rating.WARM, "source": Source.PHONE}, (
        (-4, "11:30", "did", "", "展位图已拿到，撤展当晚要返仓。"),
    )),
    Chance("北京—法兰克福 空运（首年框架）", "chen.li", "JINGHE", -190, {
        "amount": D(180_000), "close": -140, "category": "空运", "rating": Rating.WARM, "source": Source.PHONE}, (
        (-180, "10:00", "move", "", "need", "首年 60 票。"),
        (-141, "16:00", "win", "", "时效", "温控记录完整，航班时效稳定。"),
    )),
    Chance("佛山—洛杉矶 集团框架续签", "wang.fang", "LONGTENG", -160, {
        "kind": OpportunityKind.RENEWAL, "amount": D(118_000), "currency": "USD", "close": -120, "category": "海运",
        "rating": Rating.HOT, "source": Source.VISIT}, (
        (-150, "10:00", "move", "", "need", "六十柜起，旺季加量。"),
        (-118, "11:00", "win", "", "关系与信任", "续签，并把宁波集港一并交给我们。"),
    )),
    Chance("重庆—汉堡 中欧班列", "wang.fang", "CHONGHE", -130, {
        "amount": D(210_000), "close": -100, "category": "陆运", "rating": Rating.COLD, "source": Source.FAIR}, (
        (-101, "15:00", "lose", "", "服务范围不符", "", "班列订舱我们没有自有份额。"),
    )),
    Chance("上海—汉堡 智能装备 月度框架箱", "wang.fang", steps=(
        (-47, "10:20", "move", "", "need", "苏总要到门价格，设备超高 0.3 米。"),
        (-6, "15:00", "task", "", "向船公司询框架箱舱位与超高附加费", "1"),
    )),
    Chance("恒温仓储：15-25℃，按天计费", "chen.li", steps=(
        (-5, "10:40", "did", "", "林晓雯：约 60 托，一月到货，先报价。"),
    )),
)  # fmt: skip
