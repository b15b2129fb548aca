"""The five tiers that a firm starts with, each with its words and its service menu (REQUIREMENTS K2, DOMAIN K3)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.customers.rules.kinds import Segment
from portal.insights.rules.kinds import ServiceLevel as L

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FirstCard:
    """One tier in both languages; (Chinese, English) each."""

    definition: Words
    need: Words
    strategy: Words
    promise: Words
    channel: Words
    capacity: tuple[int, int] | None
    services: tuple[tuple[L, str, str], ...]


_BASIC = (
    (L.BASIC, "货物运输与在线下单", "Carriage, booked online"),
    (L.BASIC, "在线跟踪与电子对账单", "Tracking and electronic statements"),
)
_STORAGE = (L.BASIC, "仓储与配送", "Storage and delivery")
_VALUE = (
    (L.VALUE_ADDED, "包装、贴标与分拣", "Packing, labelling and sorting"),
    (L.VALUE_ADDED, "代理报关与单证", "Customs and documents"),
)
_EXCLUSIVE = (
    (L.EXCLUSIVE, "专属客服一对一跟进", "A service agent of your own"),
    (L.EXCLUSIVE, "优先订舱与派车", "Space and trucks first"),
)

FIRST_CARDS: dict[Segment, FirstCard] = {
    Segment.FLOATING: FirstCard(
        ("偶尔发货、没有固定业务量的客户", "Ships now and then, without a steady volume"),
        ("价格透明、手续简单", "Clear prices, little paperwork"),
        ("自助服务为主，用优惠引导稳定发货", "Self-service first; offers that lead to steady shipping"),
        ("价格公开透明，随时自助下单和查询", "Open prices; book and follow your goods at any time"),
        ("客服热线与在线客服", "Hotline and online service"),
        None,
        _BASIC,
    ),
    Segment.ORDINARY: FirstCard(
        ("有一定业务量的小客户", "A small customer with some volume"),
        ("时效稳定、出现问题有人处理", "Steady times, and somebody who deals with problems"),
        ("标准化服务，定期回访，推荐增值服务", "Standard services, regular calls, recommended extras"),
        ("标准服务稳定可靠，出现问题有人跟进到底", "Reliable standard services; problems are followed to their end"),
        ("客服热线与在线客服", "Hotline and online service"),
        None,
        (*_BASIC, _STORAGE),
    ),
    Segment.MID: FirstCard(
        ("业务量稳定、有成长空间的客户", "A steady volume with room to grow"),
        ("个性化组合、账期与增值服务", "Services put together for them, terms of payment, extras"),
        ("热线主管跟进，挖掘需求，向 VIP 培育", "Followed by the hotline's lead; needs are found, VIP is the aim"),
        ("热线主管跟进您的业务，可选增值服务", "The hotline's lead follows your business; extras to choose from"),
        ("热线主管", "The hotline's lead"),
        None,
        (*_BASIC, _STORAGE, *_VALUE),
    ),
    Segment.VIP: FirstCard(
        ("业务量大、对利润贡献高的重要客户", "A large volume and a high contribution"),
        ("专人服务、优先资源、快速响应", "A person of their own, first call on space, quick answers"),
        ("专属客服，每季度走访，定期业务回顾", "A specialist of their own, a visit each quarter, reviews"),
        (
            "专属客服一对一，优先安排舱位与车辆，响应时限更短",
            "A specialist of your own, space and trucks first, quicker answers",
        ),
        ("专属客服专员", "A specialist"),
        (30, 40),
        (*_BASIC, _STORAGE, *_VALUE, *_EXCLUSIVE),
    ),
    Segment.PROJECT: FirstCard(
        ("需要整体物流方案的项目型客户", "A project that needs a whole logistics solution"),
        ("定制流程、系统对接、现场支持", "Processes made for them, linked systems, people on site"),
        ("项目经理与高层共同维护，定制流程和方案", "Kept by a project lead and the management, made to measure"),
        (
            "专属项目负责人，为您定制流程与方案，最高优先级",
            "A project lead of your own, processes made to measure, first in every queue",
        ),
        ("专属项目负责人", "A project lead"),
        (1, 5),
        (
            *_BASIC, _STORAGE, *_VALUE, *_EXCLUSIVE,
            (L.BESPOKE, "定制物流方案与流程", "Logistics processes made to measure"),
            (L.BESPOKE, "系统对接与驻场服务", "Linked systems and people on site"),
        ),
    ),
}  # fmt: skip
"""By segment; the bounds are in `tiers.FIRST_BOUNDS`."""
