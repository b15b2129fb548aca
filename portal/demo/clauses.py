"""The demo firm's clauses: what a new contract starts with, in both languages."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.contracts.actions import clauses
from portal.contracts.actions.clauses import ClauseFacts

CLAUSES: tuple[ClauseFacts, ...] = (
    ClauseFacts(
        "责任与声明价值",
        "乙方对其保管或运输期间货物的灭失、损坏承担责任。"
        "甲方未声明价值的，赔偿以实际损失为限，且每公斤不超过人民币 20 元；"
        "甲方书面声明价值并支付保价费的，按声明价值与实际损失中较低者赔偿。间接损失不在赔偿之列。",
        "Liability and declared value",
        "Party B is liable for loss of or damage to goods in its custody or carriage. Without a declared value "
        "compensation is the actual loss, at most CNY 20 per kilogram; with a value declared in writing and the "
        "charge for it paid, the lower of declared value and actual loss. Indirect loss is not compensated.",
    ),
    ClauseFacts(
        "危险品与限制品",
        "甲方托运危险品、易腐品或须特别许可的货物，应至少提前三个工作日书面申报并提交鉴定文件。"
        "未申报或申报不实造成的一切损失和行政处罚由甲方承担，乙方有权就地卸下并处置该货物。",
        "Dangerous and restricted goods",
        "Dangerous, perishable or licensed goods are declared in writing with their certificates at least three "
        "working days ahead. Loss and penalties that follow from a missing or false declaration are Party A's; "
        "Party B may unload and dispose of such goods where they are.",
    ),
    ClauseFacts(
        "付款与滞纳金",
        "甲方应在约定的付款期内付清对账单所列款项。逾期未付的，自逾期之日起按未付金额每日万分之五（0.05 %）计收滞纳金，"
        "累计不超过未付金额的 20 %。有争议的款项不影响无争议部分的支付。",
        "Payment and late fee",
        "Party A pays the amounts of the statement within the agreed term. From the first day after it a late fee of "
        "0.05 % a day accrues on what is unpaid, at most 20 % of it in all. What is in dispute does not delay "
        "the rest.",
    ),
    ClauseFacts(
        "对账单的核对",
        "乙方于每月五日前出具上月对账单。甲方应在收到后七日内核对并书面确认或提出异议；"
        "合同另有约定视为确认的期限的，从其约定。差异以双方签字的单据为准更正，更正列入下一期对账单。",
        "Checking of statements",
        "Party B issues the statement of a month by the fifth of the next. Party A checks it within seven days and "
        "confirms it or objects in writing; where the contract has a term after which silence confirms, that term "
        "holds. Differences are settled by the signed papers and corrected on the next statement.",
    ),
    ClauseFacts(
        "保密",
        "双方对因履行本合同知悉的价格、客户资料和商业信息负有保密义务，未经对方书面同意不得向第三方披露。"
        "本义务在合同终止后继续有效两年。",
        "Confidentiality",
        "Both parties keep prices, customer records and business matters that they learn through this contract to "
        "themselves and disclose them to nobody without written consent. This lasts two years beyond the contract.",
    ),
    ClauseFacts(
        "个人信息与数据保护",
        "双方仅为履行本合同之目的处理联系人、收发货人的个人信息，依法采取安全措施，不出境、不转售；"
        "合同终止后六个月内删除或匿名化，法律要求保存的除外。",
        "Data protection",
        "Personal data of contacts, senders and receivers is processed for this contract only, secured as the law "
        "asks, neither sold nor sent abroad, and erased or made anonymous within six months of its end unless the law "
        "has it kept.",
    ),
    ClauseFacts(
        "不可抗力",
        "因台风、疫情、罢工、港口封闭、政府行为等不能预见、不能避免且不能克服的情况不能履约的，"
        "受影响方应在三日内通知对方并提供证明，在影响范围内免除责任；持续超过六十日的，任一方可解除合同。",
        "Force majeure",
        "Who cannot perform because of what could not be foreseen, avoided or overcome (typhoon, epidemic, strike, "
        "closed ports, acts of government) tells the other within three days with proof and is excused as far as that "
        "reaches; after sixty days either party may end the contract.",
    ),
    ClauseFacts(
        "争议解决",
        "因本合同引起的或与本合同有关的任何争议，双方应友好协商；协商不成的，提交上海国际经济贸易仲裁委员会，"
        "按照申请仲裁时该会现行有效的仲裁规则在上海仲裁。仲裁裁决是终局的，对双方均有约束力。",
        "Disputes",
        "Disputes out of or about this contract are settled amicably; failing that, they go to the Shanghai "
        "International Economic and Trade Arbitration Commission for arbitration in Shanghai under the rules in force "
        "when it is applied for. The award is final and binds both parties.",
    ),
)  # fmt: skip


def write_clauses(actor: Viewer, now: datetime) -> None:
    """Every clause, in the order of the paper."""
    for facts in CLAUSES:
        clauses.add(facts, actor, now)
