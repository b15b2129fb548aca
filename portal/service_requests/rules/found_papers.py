"""Everything that the printed registers of complaints and the customer feedback sheet show, and nothing else (S12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.service_requests.rules.registers import Complaint, Statistics

STATISTICS_TITLE = Words("客户投诉案件统计表", "Complaint statistics")
TRACKING_TITLE = Words("客户投诉登记追踪表", "Complaint tracking register")
SHEET_TITLE = Words("客户信息反馈单", "Customer feedback sheet")

WORDS: Mapping[str, Words] = {
    key: Words(zh, en)
    for key, zh, en in (
        ("number", "编号", "Number"),
        ("received_on", "受理日期", "Received"),
        ("customer", "客户", "Customer"),
        ("content", "投诉内容", "Content"),
        ("reason", "投诉原因", "Reason"),
        ("cause", "原因分析", "Cause"),
        ("responsible", "责任方", "Responsible"),
        ("measure", "处理措施", "Measure"),
        ("due_on", "要求完成", "Due"),
        ("done_on", "完成日期", "Done"),
        ("satisfaction", "满意度", "Satisfied"),
        ("closed_on", "结案日期", "Closed"),
        ("by_kind", "按投诉类别", "By kind"),
        ("by_reason", "按投诉原因", "By reason"),
        ("by_responsible", "按责任方", "By responsible party"),
        ("by_month", "按月份", "By month"),
        ("count", "件数", "Complaints"),
        ("late", "超时件数", "Late"),
        ("is_late", "超时", "late"),
        ("resolved", "已解决", "Solved"),
        ("open", "未解决", "Open"),
        ("days", "平均解决天数", "Days to solve"),
        ("share", "占比", "Share"),
        ("period", "统计期间", "Period"),
        ("printed_on", "制表日期", "Printed"),
        ("prepared_by", "制表人", "Prepared by"),
        ("checked_by", "审核人", "Checked by"),
        ("nothing", "本期间无投诉", "No complaints in this period"),
        ("department", "接收部门", "Department"),
        ("recipient", "接收人", "Recipient"),
        ("sender", "发出人", "Sent by"),
        ("sent_on", "发出日期", "Sent"),
        ("answer_by", "要求回复日期", "Answer by"),
        ("request", "服务请求", "Service request"),
        ("requester", "联系人", "Asked by"),
        ("said", "客户反馈内容", "What the customer said"),
        ("answer", "处理意见及结果", "Answer and result"),
        ("answered_by", "回复人", "Answered by"),
        ("answered_on", "回复日期", "Answered"),
        ("signature", "签字", "Signature"),
        ("continued", "（续）", "(continued)"),
    )
}
"""The fixed words of these papers; a paper may show both languages at once."""


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """A register over some days: the sums, the rows, or both."""

    title: Words
    firm: Firm
    from_on: date
    until_on: date
    printed_on: date
    prepared_by: str
    created_at: datetime
    sums: Statistics | None = None
    rows: tuple[Complaint, ...] = ()
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH
    words: Mapping[str, Words] = field(default_factory=lambda: WORDS)


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """One feedback sheet: what the customer said, to whom it goes, by when, and the answer once there is one."""

    number: str
    firm: Firm
    department: str
    recipient: str
    sender: str
    sent_on: date
    due_on: date
    created_at: datetime
    customer: Words
    requester: str
    request_number: str
    request_title: str
    received_on: date
    text: str
    title: Words = SHEET_TITLE
    answer: str = ""
    answered_by: str = ""
    answered_on: date | None = None
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH
    words: Mapping[str, Words] = field(default_factory=lambda: WORDS)
