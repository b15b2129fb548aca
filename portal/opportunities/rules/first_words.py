"""What a firm starts with: two ways of selling, categories, reasons for win and loss (REQUIREMENTS O4, O15, O16)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.opportunities.rules.kinds import EntryRule, ForecastCategory

R, F = EntryRule, ForecastCategory


@dataclass(frozen=True, slots=True)
class FirstTask:
    """A task that a stage begins with, due so many working days later."""

    zh: str
    en: str
    days: int


@dataclass(frozen=True, slots=True)
class FirstStage:
    """A stage with the likelihood (percent) and the forecast category that it gives."""

    code: str
    name_zh: str
    name_en: str
    likelihood: int
    category: ForecastCategory = F.PIPELINE
    rules: tuple[EntryRule, ...] = ()
    tasks: tuple[FirstTask, ...] = ()
    stuck_days: int = 0


@dataclass(frozen=True, slots=True)
class FirstMethod:
    """A way of selling; the first of them is the usual one."""

    code: str
    name_zh: str
    name_en: str
    stages: tuple[FirstStage, ...]


METHODS: tuple[FirstMethod, ...] = (
    FirstMethod("lane", "航线业务", "Lane business", (
        FirstStage("enquiry", "询价", "Enquiry", 10, F.OMITTED,
                   tasks=(FirstTask("致电客户，问清货量与航线", "Call: which lanes, how much cargo", 2),),
                   stuck_days=10),
        FirstStage("need", "需求确认", "Need confirmed", 30, rules=(R.CONTACT, R.CLOSE_ON), stuck_days=14),
        FirstStage("quoted", "已报价", "Quoted", 50, F.BEST_CASE, (R.AMOUNT, R.CLOSE_ON, R.QUOTATION),
                   (FirstTask("跟进报价", "Follow up the quotation", 3),), 14),
        FirstStage("negotiation", "谈判", "Negotiation", 75, F.COMMIT, (R.AMOUNT, R.CLOSE_ON, R.COMPETITOR), (), 10),
        FirstStage("trial", "试单", "Trial shipment", 90, F.COMMIT, (R.AMOUNT, R.SITE),
                   (FirstTask("回访试单体验", "Ask how the trial went", 5),), 30),
    )),
    FirstMethod("project", "项目", "Project", (
        FirstStage("found", "发现项目", "Project found", 5, F.OMITTED,
                   tasks=(FirstTask("了解决策流程与时间表", "Learn who decides, and when", 5),), stuck_days=30),
        FirstStage("qualified", "立项", "Qualified", 20, rules=(R.CONTACT, R.AMOUNT, R.CLOSE_ON), stuck_days=30),
        FirstStage("solution", "方案设计", "Solution", 40, rules=(R.ITEMS, R.DECIDER, R.SITE),
                   tasks=(FirstTask("勘察现场", "See the site", 5),
                          FirstTask("编写解决方案", "Write the proposal", 10)), stuck_days=45),
        FirstStage("offer", "方案与报价", "Proposal and quotation", 55, F.BEST_CASE,
                   (R.PROPOSAL, R.QUOTATION, R.TASKS_DONE), stuck_days=30),
        FirstStage("bid", "投标", "Tender", 65, F.BEST_CASE, (R.COMPETITOR,),
                   (FirstTask("准备投标文件", "Prepare the tender papers", 10),), 30),
        FirstStage("contract", "合同谈判", "Contract negotiation", 85, F.COMMIT, (R.TASKS_DONE,), (), 30),
    )),
)  # fmt: skip

CATEGORIES: tuple[tuple[str, str], ...] = (
    ("海运", "Sea freight"),
    ("空运", "Air freight"),
    ("陆运", "Road freight"),
    ("仓储", "Warehousing"),
    ("综合物流", "Several services"),
    ("快递", "Express"),
)

WON_BECAUSE: tuple[tuple[str, str], ...] = (
    ("价格合适", "Price"),
    ("服务质量", "Quality of service"),
    ("时效", "Transit time"),
    ("关系与信任", "Relationship and trust"),
    ("方案更好", "Better solution"),
)

LOST_BECAUSE: tuple[tuple[str, str], ...] = (
    ("价格过高", "Price too high"),
    ("时效不符", "Transit time does not fit"),
    ("选择竞争对手", "Chose a competitor"),
    ("项目取消", "Project was called off"),
    ("客户无回应", "Customer no longer answers"),
    ("服务范围不符", "We do not offer what is needed"),
)
