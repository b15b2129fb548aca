"""The words that stand in a file for what we keep as codes: Chinese, English, and what else people write."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
kind: organisation=企业|Organisation|公司;company;organization;corporate / group=集团|Group|集团公司
 / branch=分支机构|Branch|分公司;子公司;subsidiary
 / person=个人|Private person|个人客户;individual;person
segment: floating=零散|Floating|散户 / ordinary=普通|Ordinary|普通客户;standard
 / mid=中端|Mid|中端客户;中级 / vip=VIP|VIP|大客户;key account / project=项目|Project|项目客户
market: e_commerce=电商|E-commerce|电子商务;ecommerce / enterprise=企业客户|Enterprise|企业
 / scattered=散货|Scattered shippers|零散
area: professional_market=专业市场|Professional market|
 / business_district=商务区|Business district|写字楼
 / community=校园社区|Campus or community|社区;校园 / other=其他|Another area|其它;other
reach: local=区域内|Within the region|同城;本地;local / national=全国|Nationwide|国内;domestic
 / international=跨境|Across borders|国际;international
nature: company=企业|Company|公司
 / public=政府或公益机构|Government or non-profit|政府;事业单位;public
 / group=集团|Group of companies|group / person=个人|Private person|individual
source: visit=上门|Visit or counter|拜访;walk-in;visit / phone=电话|Telephone call|来电;phone;call
 / referral=客户推荐|Recommended by a customer|转介绍;推荐;referral
 / fair=展会|Trade fair|fair;exhibition / online=网络|Found us online|线上;官网;online;web;website
 / campaign=活动|Campaign|营销活动 / request=服务请求|Service request|request
 / portal=门户|The portal|portal / other=其他|Another way|其它;other
language: zh_en=中英文|Chinese and English|双语 / zh=中文|Chinese|chinese / en=英文|English|英语
influence: decides=决策人|Decides|决策者;decision maker
 / advises=建议者|Advises those who decide|顾问;influencer / uses=使用者|Uses our service|用户;user
 / guards=把关人|Guards the door|gatekeeper / none=无|No part in it|没有;none
attitude: for=支持|For us|拥护;supporter / neutral=中立|Neutral|一般
 / against=反对|Against us|抵触;opponent
opportunity_kind: new=新业务|New business|新签;new
 / expansion=增购|More of what they buy|扩大;upsell;expansion
 / renewal=续约|Renewal of a contract|续签;renewal / project=项目|Project|
rating: hot=热|Hot|高;high / warm=温|Warm|中;medium / cold=冷|Cold|低;low
note_kind: note=备注|Remark|记录;note / call=电话|Call|通话;phone / visit=拜访|Visit|上门
 / meeting=会议|Meeting|会面 / mail=邮件|Letter or mail|信函;email;mail;letter
 / chat=微信|WeChat or message|聊天;wechat;message;chat
outcome: won=赢单|Won|成交;已成交;closed won;赢
 / lost=输单|Lost|丢单;失败;closed lost;输;lost opportunity
 / open=进行中|Open|跟进中;open opportunity
"""


def _lists() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in _TABLE.replace("\n ", " ").strip().splitlines():
        name, _, words = line.partition(":")
        codes = (each.partition("=") for each in words.split(" / "))
        found[name] = {
            code.strip(): tuple(filter(None, said.strip().replace("|", ";").split(";")))
            for code, _, said in codes
        }
    return found


WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = _lists()
"""List → code → (Chinese word, English word, further spellings…)."""

_INDUSTRIES = (
    "technology;科技;software;软件;medical;医疗;retail;零售;finance;金融;marketing;营销;"
    "entertainment;娱乐;telecommunications;电信;services;服务;employment;人力资源;"
    "manufacturing;制造;automotive;汽车;electronics;电子;chemicals;化工;textiles;纺织;"
    "clothing;服装;food;食品;beverages;饮料;pharmaceuticals;医药;furniture;家具;"
    "construction;建筑;energy;能源;agriculture;农业;education;教育;logistics;物流;trade;贸易;"
    "machinery;机械;cosmetics;美妆;toys;玩具;e-commerce;电商;hospitality;酒店;insurance;保险;"
    "packaging;包装;paper;造纸;steel;钢铁;mining;矿业;media;传媒;aerospace;航空;consulting;咨询;"
    "government;政府"
)
INDUSTRIES = tuple(_INDUSTRIES.split(";"))
"""Usual words for industries; others are as good, unless they are nearly one of these."""
