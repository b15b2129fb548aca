"""What a column of a rate sheet can mean, its name in both languages, and how others write it (S9).

The Chinese and English names are the headers of the product's own sheet; the further
spellings are those met in carriers' and customers' files.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from portal.kernel.boxes import BOX_LENGTHS, find_box_type


class Meaning(StrEnum):
    """The meaning of one column, or of one constant of a profile."""

    # which price it is (the natural key)
    CATEGORY = "category"
    LOAD = "load"
    CHARGE_CODE = "charge_code"
    CHARGE_NAME = "charge_name"
    RECEIPT = "receipt"
    ORIGIN = "origin"
    DESTINATION = "destination"
    DELIVERY = "delivery"
    PROVINCE = "province"
    CITY = "city"
    CARRIER = "carrier"
    QUALIFIER = "qualifier"
    SERVICE = "service"
    MODE = "mode"
    COMMODITY = "commodity"
    PACKAGING = "packaging"
    # how it is computed
    ALTERNATIVE = "alternative"
    CALCULATION = "calculation"
    UNIT = "unit"
    EACH = "each"
    CURRENCY = "currency"
    PRICE = "price"
    BOX = "box"
    BAND = "band"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MINIMUM_QUANTITY = "minimum_quantity"
    FREE_QUANTITY = "free_quantity"
    STEP = "step"
    ROUNDING = "rounding"
    VOLUME_DIVISOR = "volume_divisor"
    VOLUME_SHARE = "volume_share"
    WEIGHT_RATIO = "weight_ratio"
    PER_PIECE = "per_piece"
    FIRST_QUANTITY = "first_quantity"
    FIRST_AMOUNT = "first_amount"
    CONTINUED_STEP = "continued_step"
    CONTINUED_AMOUNT = "continued_amount"
    COMMISSION_FIRST = "commission_first"
    COMMISSION_CONTINUED = "commission_continued"
    PERCENT = "percent"
    BASE_CODES = "base_codes"
    PERCENT_ON = "percent_on"
    QUANTITY_OF = "quantity_of"
    IS_REBATE = "is_rebate"
    STEP_UP = "step_up"
    BOUND = "bound"
    BAND_ON = "band_on"
    # one band of a schedule
    OVER = "over"
    UP_TO = "up_to"
    BAND_KIND = "band_kind"
    BAND_PRICE = "band_price"
    BAND_FLAT = "band_flat"
    BAND_RATE = "band_rate"
    BAND_MINIMUM = "band_minimum"
    BAND_STEP = "band_step"
    BAND_BEYOND = "band_beyond"
    BAND_COMMISSION = "band_commission"
    BAND_COMMISSION_RATE = "band_commission_rate"
    # what belongs to it
    TRANSIT_DAYS = "transit_days"
    FREE_DAYS = "free_days"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"
    INCLUSIVE = "inclusive"
    COST_BASE = "cost_base"
    COST_REBATE = "cost_rebate"
    COST_STICKER = "cost_sticker"
    COST_SURCHARGE = "cost_surcharge"
    COST_OTHER = "cost_other"
    NOTE = "note"


# meaning | 中文表头 | English header | further spellings, separated by ; (a line with + goes on)
_TABLE = """
category|业务类别|Category|类别;业务类型;service category
load|装载方式|Load|整拼;load type
charge_code|费用代码|Charge code|charge;费用编码;code
charge_name|费用名称|Charge name|费用;费用项目;charge description;description;项目
receipt|收货地|Place of receipt|receipt;place of receipt;por
origin|起运地|Origin|启运港;起运港;装货港;始发港;始发地;出发地;load port;loading port;pol;port of loading
+|发货地;from;orig port
destination|目的地|Destination|目的港;卸货港
+|discharge port;discharging port;pod;port of discharge;to;dest port;到达地;目的站;zone
delivery|交货地|Place of delivery|delivery;final destination;fnd;place of delivery
province|省份|Province|省;目的省;dest province;到达省;目的省份
city|城市|City|市;目的城市;dest city;到达市;目的市
carrier|承运人|Carrier|船公司;航空公司;航司;快递公司;carrier name;scac;承运商
qualifier|附加条件|Qualifier|
service|服务|Service|产品;服务产品;product;航线;route
mode|运输条款|Service mode|服务方式;mode;service type;运输方式
commodity|品名|Commodity|货物;货类;commodity name;cargo
packaging|箱型|Box type|柜型;container type;equipment;box;size;size type;包装
alternative|择一|Alternative|
calculation|计费方式|Calculation|计价方式;basis type
unit|计费单位|Unit|单位;rate basis;basis;计价单位;计费依据;uom
each|每|Each|
currency|币种|Currency|币别;货币;cur;curr;ccy
price|单价|Price|价格;运价;费率;rate;amount;金额;ocean freight;海运费;pricegp;运费
minimum|最低收费|Minimum|最低;最低消费;min;min charge;minimum cost;m;起步价;保底;最低运费
maximum|最高收费|Maximum|max;封顶
minimum_quantity|最低计费量|Minimum quantity|最低计费吨
free_quantity|免费量|Free quantity|
step|进位|Step|rounding step;进位单位
rounding|取整方式|Rounding|
volume_divisor|体积系数|Volume divisor|泡比;材积除数;divisor
volume_share|分泡比例|Volume share|
weight_ratio|吨方比|Weight ratio|
per_piece|逐件计泡|Per piece|
first_quantity|首重|First quantity|首重kg;首重重量;first kg;first weight
first_amount|首重价|First amount|首重价格;首重费;first price;first kg price;首重金额
continued_step|续重单位|Continued step|
continued_amount|续重价|Continued amount|续重价格;续重;续重费;add per kg;additional per kg;续重金额
commission_first|首重抽成|First commission|commission first
commission_continued|续重抽成|Continued commission|commission per kg
percent|百分比|Percent|percentage;比例
base_codes|计费基数|Percent of|基数
percent_on|折扣口径|Percent on|
quantity_of|取量自|Quantity of|
is_rebate|退佣项|Rebate|
step_up|靠级|Step up|
bound|档位界限|Band bound|
band_on|定档重量|Band by|
over|大于|Over|over kg;min weight;重量起;起始重量;下限;from kg;重量下限
up_to|至|Up to|up to kg;max weight;重量止;截止重量;上限;to kg;重量上限
band_kind|档位计价|Band kind|kind
band_price|档位价格|Band price|
band_flat|档位一口价|Band flat|flat price;一口价;base price
band_rate|档位单价|Band rate|per kg;每公斤
band_minimum|档位最低|Band minimum|
band_step|档位进位|Band step|weight rounding
band_beyond|档位起算|Band beyond|
band_commission|档位抽成|Band commission|
band_commission_rate|档位单位抽成|Band commission rate|
transit_days|航程|Transit days|时效;运输时间;transit time;t/t;tt;transit;lead time;航程天数
free_days|免箱期|Free days|免用箱;free time;免堆期;free detention
valid_from|生效日期|Valid from|effective date;有效期起;开始日期;effective;start date;生效
valid_to|失效日期|Valid to|expiry date;有效期至;有效期;截止日期;expiry;end date;valid until;失效;validity
inclusive|已含费用|Inclusive|inclusive surcharges;包含附加费;included
cost_base|基础成本|Base cost|成本;底价;cost
cost_rebate|退佣|Rebate amount|rebate;返佣;佣金
cost_sticker|箱贴|Container sticker|sticker;箱贴费
cost_surcharge|附加费成本|Surcharge cost|
cost_other|其他成本|Other cost|
note|备注|Note|说明;remark;remarks;notes;附加费;开航日;离港;班期
"""

_NOISE = re.compile(r"[\s_:：*（）()\[\]【】]+")


def squeeze(header: str) -> str:
    """A header without case, width, blanks and brackets, so that spellings can be compared."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).casefold()


def _read() -> tuple[dict[Meaning, tuple[str, str]], dict[str, Meaning]]:
    names: dict[Meaning, tuple[str, str]] = {}
    words: dict[str, Meaning] = {}
    for line in _TABLE.strip().splitlines():
        *head, others = line.split("|")
        if head[0] != "+":
            meaning = Meaning(head[0])
            names[meaning] = (head[1], head[2])
        for spelling in (*head[1:], *filter(None, others.split(";"))):
            words.setdefault(squeeze(spelling), meaning)
    return names, words


HEADERS, _WORDS = _read()
"""Meaning → (Chinese header, English header) of the product's own sheet."""

_BAND = re.compile(r"[+≥>q]?(\d{2,5})\+?(kgs?)?", re.IGNORECASE)
_SMALLEST = frozenset({"n", "-45", "<45", "45-", "normal", "-45kg"})


def own_meaning(header: str) -> Meaning | None:
    """The meaning of a header of the product's own sheet, in either language; None for another."""
    return _OWN.get(squeeze(header))


_OWN = {squeeze(name): meaning for meaning, both in HEADERS.items() for name in both}


def usual_meaning(header: str) -> tuple[Meaning, str] | None:
    """What a header usually means, with the box type or the band's start; None when unknown."""
    word = squeeze(header)
    if not word:
        return None
    if word in _SMALLEST:
        return Meaning.BAND, "0"
    band = _BAND.fullmatch(word)
    if band is not None and int(band[1]) >= 45:
        return Meaning.BAND, band[1]
    box = find_box_type(word.removesuffix("柜").removesuffix("箱"))
    if box is not None:
        return Meaning.BOX, box.code
    if word.upper() in BOX_LENGTHS:
        return Meaning.BOX, word.upper()
    found = _WORDS.get(word)
    return (found, "") if found is not None else None
