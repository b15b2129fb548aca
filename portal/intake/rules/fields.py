"""What a column of a file may say, by kind of file: its name in both languages, how its cells are read.

Reading: `text` with its longest length, `near` the same with known words around (a near miss is named), `word` one of
a list (`intake.rules.words`), `day`, `instant`, `amount`, `currency`, `percent`, `flag`, `customer`, `staff`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.rules.sheets.meaning import squeeze
from portal.intake.rules.kinds import IntakeKind

ASIDE = "aside"
"""A column whose cells are kept in the note, behind its head."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a file may say. `detail`: the longest text, or the list of words."""

    code: str
    reading: str
    detail: str
    zh: str
    en: str
    spellings: tuple[str, ...]

    @property
    def longest(self) -> int:
        """Characters that the record holds."""
        return int(self.detail) if self.detail.isdecimal() else 0


_CUSTOMERS = """
code|text 24|客户代码|Customer code|客户编号;客户编码;customer id;account id;account code;代码
name|text 120|客户名称|Customer|客户;名称;name;customer name;account;account name;company;company name;公司名称;客户全称
name_zh|text 120|中文名称|Chinese name|中文名
name_en|text 160|英文名称|English name|英文名
short_name|text 40|简称|Short name|客户简称;abbreviation
kind|word kind|客户类型|Kind|customer kind;customer type;类型
parent|customer|所属集团|Group|上级客户;母公司;集团;subsidiary of;parent;parent account;group name
credit_code|text 24|统一社会信用代码|Credit code|信用代码;社会信用代码;uscc;unified social credit code
tax_number|text 40|税号|Tax number|纳税人识别号;tax id;vat number
segment|word segment|客户等级|Segment|等级;客户级别;level
industry|near 60|行业|Industry|sector;所属行业;industry sector;branch
market|word market|市场类型|Market|market type
area|word area|区域类型|Area|area type
reach|word reach|业务范围|Reach|
nature|word nature|客户性质|Nature|企业性质;性质
source|word source|客户来源|Source|来源;lead source
country|near 40|国家|Country|国别;国家地区;office location;location;country region
address|text 240|地址|Address|注册地址;registered address;street
phone|text 40|电话|Telephone|联系电话;公司电话;phone;tel;phone number
owner|staff|客户经理|Account manager|负责人;业务员;销售;owner;sales agent;sales;account owner
currency|currency|币种|Currency|货币;default currency
language|word language|单据语言|Language of documents|language
bank_name|text 120|开户行|Bank|开户银行;bank name
bank_account|text 60|银行账号|Bank account|账号;iban
note|text 2000|备注|Note|说明;remark;remarks;comment;notes;description
"""
_CONTACTS = """
customer|customer|客户|Customer|客户代码;客户名称;customer code;customer name;account;account name;company;公司
name|text 80|联系人|Name|姓名;联系人姓名;contact;contact name;full name;person
position|text 80|职务|Position|职位;岗位;title;job title;role
email|text 254|邮箱|Mail|电子邮箱;邮件;email;e-mail;mail address;email address
phone|text 40|电话|Telephone|手机;手机号;联系电话;phone;mobile;tel;phone number
wechat|text 60|微信|WeChat|微信号
is_main|flag|主要联系人|Main contact|是否主要;首要联系人;main;primary;primary contact
influence|word influence|影响力|Influence|决策影响;role in decision
attitude|word attitude|态度|Attitude|
left_on|day|离职日期|Left on|离职日
note|text 500|备注|Note|说明;remark;remarks;comment;notes
"""
_OPPORTUNITIES = """
reference|text 80|商机编号|Reference|外部编号;编号;opportunity id;opportunity number;id;deal id;number;opportunity
customer|customer|客户|Customer|客户代码;客户名称;客户编号;customer code;customer name;account;account name;company
title|text 160|商机名称|Title|主题;名称;opportunity name;deal name;name;subject
item|near 160|服务项目|Service item|产品;服务;item;product;service;product name;service item code
kind|word opportunity_kind|商机类型|Kind|类型;deal type;type
method|stage|销售方法|Sales method|method;pipeline
stage|stage|阶段|Stage|销售阶段;deal stage;状态;state;status
owner|staff|负责人|Owner|客户经理;业务员;销售;sales agent;agent;account manager;sales rep
amount|amount|金额|Amount|预计金额;成交金额;close value;value;deal value;合同金额
currency|currency|币种|Currency|货币
likelihood|percent|成交概率|Likelihood|概率;probability;可能性
opened_on|day|开始日期|Opened on|立项日期;创建日期;engage date;created;created on;open date;opened
close_on|day|预计成交日期|Expected on|预计日期;预计成交;expected close;expected close date;forecast date
closed_on|day|成交日期|Closed on|关闭日期;结束日期;close date;closed;closed date
reason|text 1000|输赢原因|Reason|原因;丢单原因;赢单原因;loss reason;win reason;outcome reason
competitor|near 80|竞争对手|Competitor|输给;lost to
contact|text 80|联系人|Contact|contact name
rating|word rating|评级|Rating|热度
source|word source|来源|Source|商机来源;lead source
category|near 40|商机分类|Category|分类
note|text 4000|说明|Note|备注;描述;description;remark;comment;notes;text
"""
_HISTORY = """
reference|text 100|记录编号|Reference|编号;id;activity id;number
customer|customer|客户|Customer|客户代码;客户名称;客户编号;customer code;customer name;account;account name;company
happened_at|instant|时间|When|日期;发生时间;发生日期;date;time;happened;activity date;day
kind|word note_kind|方式|Kind|类型;沟通方式;type;activity type;channel
contact|text 80|联系人|Contact|contact name;person
subject|text 160|主题|Subject|标题;title;topic
text|text 20000|内容|Text|记录;详情;沟通内容;note;notes;description;body;details;remark
written_by|staff|记录人|Written by|跟进人;owner;author;by;sales agent;user
"""


def _table(lines: str) -> dict[str, Field]:
    found = {}
    for line in lines.strip().splitlines():
        code, reading, zh, en, others = line.split("|")
        kind, _, detail = reading.partition(" ")
        spellings = tuple(filter(None, others.split(";")))
        found[code] = Field(code, kind, detail, zh, en, spellings)
    return found


FIELDS: Mapping[str, Mapping[str, Field]] = {
    IntakeKind.CUSTOMERS: _table(_CUSTOMERS),
    IntakeKind.CONTACTS: _table(_CONTACTS),
    IntakeKind.OPPORTUNITIES: _table(_OPPORTUNITIES),
    IntakeKind.HISTORY: _table(_HISTORY),
}
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    IntakeKind.CUSTOMERS: (("name", "name_zh", "name_en"),),
    IntakeKind.CONTACTS: (("customer",), ("name",)),
    IntakeKind.OPPORTUNITIES: (("reference",), ("customer",), ("stage",)),
    IntakeKind.HISTORY: (("customer",), ("happened_at",), ("subject", "text")),
}
"""Of each of these a file needs one column."""


def known_heads(kind: str) -> dict[str, str]:
    """Head without case and blanks → the field that it most likely means; the fields' own names come first."""
    fields = FIELDS[kind].values()
    own = {squeeze(word): each.code for each in fields for word in (each.zh, each.en, each.code)}
    others = {squeeze(word): each.code for each in fields for word in each.spellings}
    return others | own


def heads_of(kind: str) -> list[tuple[str, str]]:
    """The heads of the template, each in Chinese and English."""
    return [(each.zh, each.en) for each in FIELDS[kind].values()]
