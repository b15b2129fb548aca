"""The demo's customers: invented firms, people and places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.access.permissions import Power
from portal.customers.rules.kinds import (
    Area,
    CustomerKind,
    Market,
    Nature,
    Reach,
    Segment,
    Source,
)
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.customers.rules.profile import CustomerFacts

ALL = frozenset(Power)
LOOK_ONLY = frozenset({Power.SEE_QUOTATIONS})
CLERK = frozenset({Power.SEE_CONTRACTS, Power.BOOK, Power.RAISE_REQUESTS})


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A customer's user: sign-in name before the @, name, powers, whether branches are included."""

    login: str
    name: str
    powers: frozenset[Power]
    covers_branches: bool = False
    locale: str = "zh_CN"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer with its people and places; `owner` is the sales person's sign-in name, `group` another's code."""

    facts: CustomerFacts
    owner: str
    contacts: tuple[ContactFacts, ...] = ()
    sites: tuple[SiteFacts, ...] = ()
    members: tuple[DemoMember, ...] = ()
    group: str = ""
    domain: str = field(default="")


def _sorted(market: Market, reach: Reach, source: Source, nature: Nature = Nature.COMPANY,
            area: Area = Area.OTHER, **more: Any) -> dict[str, Any]:  # fmt: skip
    """What a customer is sorted by beside its tier."""
    return {
        "market": market,
        "reach": reach,
        "source": source,
        "nature": nature,
        "area": area,
        **more,
    }


def _firm(code: str, zh: str, en: str, short: str, industry: str, segment: str = Segment.ORDINARY,
          kind: str = CustomerKind.ORGANISATION, **more: Any) -> CustomerFacts:  # fmt: skip
    return CustomerFacts(kind=kind, code=code, name_zh=zh, name_en=en, short_name=short, industry=industry,
                         segment=segment, **more)  # fmt: skip


CUSTOMERS: tuple[DemoCustomer, ...] = (
    DemoCustomer(
        _firm("HARBOUR", "海港食品有限公司", "Harbour Foods Ltd.", "海港食品", "食品进出口", Segment.VIP,
              address="上海市浦东新区外高桥保税区富特北路 88 号", phone="021-5555 6001",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.REFERRAL)),
        "chen.li",
        (ContactFacts("林晓雯", "物流经理", "lin@harbour.example", "138 0000 0000", "linxiaowen"),
         ContactFacts("周倩", "财务", "zhou@harbour.example", "138 0000 0001")),
        (SiteFacts("外高桥冷库", "上海市浦东新区外高桥保税区富特北路 88 号 3 库"),),
        (DemoMember("lin", "林晓雯", ALL), DemoMember("zhou", "周倩", LOOK_ONLY), DemoMember("tang", "唐宁", CLERK)),
        domain="harbour.example",
    ),
    DemoCustomer(
        _firm("NORDWIND", "北风零件（苏州）有限公司", "Nordwind Parts (Suzhou) Co., Ltd.", "北风零件", "汽车零部件",
              Segment.MID, document_language="zh_en", address="苏州工业园区星湖街 218 号", phone="0512-5555 7100",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.FAIR, is_foreign=True)),
        "chen.li",
        (ContactFacts("Erik Nord", "Supply chain director", "erik@nordwind.example", "0512-5555 7101"),),
        (SiteFacts("苏州工厂", "苏州工业园区星湖街 218 号"),),
        (DemoMember("erik", "Erik Nord", ALL, locale="en"),),
        domain="nordwind.example",
    ),
    DemoCustomer(
        _firm("LONGTENG", "龙腾家居集团有限公司", "Longteng Home Group Co., Ltd.", "龙腾家居", "家具", Segment.PROJECT,
              CustomerKind.GROUP, address="广东省佛山市顺德区乐从大道 1 号", phone="0757-5555 2200",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.VISIT, Nature.GROUP, Area.PROFESSIONAL_MARKET)),
        "wang.fang",
        (ContactFacts("黄镕", "集团物流总监", "huang@longteng.example", "139 0000 2200"),),
        (),
        (DemoMember("huang", "黄镕", ALL, covers_branches=True),),
        domain="longteng.example",
    ),
    DemoCustomer(
        _firm("LONGTENG-NB", "龙腾家居宁波分公司", "Longteng Home Ningbo Branch", "龙腾宁波", "家具", Segment.PROJECT,
              CustomerKind.BRANCH, address="宁波市北仑区明州路 66 号", phone="0574-5555 2201",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.VISIT, Nature.GROUP)),
        "wang.fang",
        (ContactFacts("徐喆", "关务主管", "xu@longteng.example", "139 0000 2201"),),
        (),
        (DemoMember("xu", "徐喆", ALL), DemoMember("he", "何冰", CLERK)),
        group="LONGTENG",
        domain="longteng.example",
    ),
    DemoCustomer(
        _firm("LONGTENG-SH", "龙腾家居上海分公司", "Longteng Home Shanghai Branch", "龙腾上海", "家具", Segment.PROJECT,
              CustomerKind.BRANCH, address="上海市闵行区申长路 990 号", phone="021-5555 2202",
              **_sorted(Market.ENTERPRISE, Reach.LOCAL, Source.VISIT, Nature.GROUP)),
        "wang.fang",
        group="LONGTENG",
    ),
    DemoCustomer(
        _firm("JINGHE", "京禾生物科技有限公司", "Jinghe Biotech Co., Ltd.", "京禾生物", "医药", Segment.VIP,
              address="北京市大兴区生物医药产业基地永兴路 5 号", phone="010-5555 3300",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.PHONE)),
        "chen.li",
        (ContactFacts("沈昕", "采购主管", "shen@jinghe.example", "137 0000 3300"),),
    ),
    DemoCustomer(
        _firm("YUNSHANG", "云裳服饰（杭州）有限公司", "Yunshang Apparel (Hangzhou) Co., Ltd.", "云裳服饰", "服装电商",
              Segment.MID, address="杭州市余杭区良渚路 128 号", phone="0571-5555 4400",
              **_sorted(Market.E_COMMERCE, Reach.NATIONAL, Source.ONLINE)),
        "wang.fang",
        (ContactFacts("方堃", "仓储经理", "fang@yunshang.example", "136 0000 4400"),),
        (SiteFacts("良渚直播基地", "杭州市余杭区良渚路 128 号 2 栋"),),
        (DemoMember("fang", "方堃", ALL),),
        domain="yunshang.example",
    ),
    DemoCustomer(
        _firm("CHONGHE", "重庆重禾机械有限公司", "Chongqing Chonghe Machinery Co., Ltd.", "重禾机械", "机械",
              address="重庆市渝北区空港大道 320 号", phone="023-5555 5500",
              **_sorted(Market.ENTERPRISE, Reach.INTERNATIONAL, Source.CAMPAIGN, area=Area.PROFESSIONAL_MARKET)),
        "wang.fang",
        (ContactFacts("冉淼", "外贸经理", "ran@chonghe.example", "135 0000 5500"),),
    ),
    DemoCustomer(
        CustomerFacts(kind=CustomerKind.PERSON, code="P-WEIZHI", name_zh="韦之", segment=Segment.FLOATING,
                      phone="133 0000 6600", address="上海市徐汇区天平路 9 号",
                      **_sorted(Market.SCATTERED, Reach.LOCAL, Source.VISIT, Nature.PERSON, Area.COMMUNITY)),
        "chen.li",
    ),
)  # fmt: skip
