"""How quickly who gets what (DOMAIN T6, section 17), the limits of law (T5, T7), and who hears of a breach.

The firm changes all of it on the page of service settings; these are the values that it begins with. Minutes count in
time of work, days as they pass. "Accept" has no figure in DOMAIN: half of the first answer's, to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.customers.rules.kinds import Segment
from portal.service_requests.rules.clock_kinds import ClockKind, Duty, Mode, TimeUnit
from portal.service_requests.rules.clocks import Span

SEVERITIES = (1, 2, 3, 4)
TARGET_CLOCKS = (ClockKind.ACCEPT, ClockKind.FIRST_REPLY, ClockKind.PLAN, ClockKind.RESOLVE)
WARN_PERCENT = 75
RAISED = frozenset({Segment.VIP, Segment.PROJECT})
"""Customers who are served as if it were one degree worse."""
MINUTES, DAYS = TimeUnit.WORKING_MINUTES, TimeUnit.NATURAL_DAYS
MOST: Mapping[TimeUnit, int] = {
    TimeUnit.WORKING_MINUTES: 60 * 24 * 60,
    TimeUnit.NATURAL_MINUTES: 60 * 24 * 60,
    TimeUnit.WORKING_DAYS: 366,
    TimeUnit.NATURAL_DAYS: 366 * 5,
}

FIRST_TARGETS: Mapping[int, Mapping[ClockKind, Span]] = {
    1: {
        ClockKind.ACCEPT: Span(15, MINUTES),
        ClockKind.FIRST_REPLY: Span(30, MINUTES),
        ClockKind.PLAN: Span(120, MINUTES),
        ClockKind.RESOLVE: Span(1, DAYS),
    },
    2: {
        ClockKind.ACCEPT: Span(60, MINUTES),
        ClockKind.FIRST_REPLY: Span(120, MINUTES),
        ClockKind.PLAN: Span(480, MINUTES),
        ClockKind.RESOLVE: Span(3, DAYS),
    },
    3: {
        ClockKind.ACCEPT: Span(120, MINUTES),
        ClockKind.FIRST_REPLY: Span(240, MINUTES),
        ClockKind.PLAN: Span(1, DAYS),
        ClockKind.RESOLVE: Span(5, DAYS),
    },
    4: {
        ClockKind.ACCEPT: Span(240, MINUTES),
        ClockKind.FIRST_REPLY: Span(480, MINUTES),
        ClockKind.PLAN: Span(2, DAYS),
        ClockKind.RESOLVE: Span(7, DAYS),
    },
}

ESCALATES_AFTER: Mapping[int, Span | None] = {
    1: Span(0, TimeUnit.NATURAL_MINUTES),
    2: Span(240, MINUTES),
    3: Span(1, DAYS),
    4: None,
}
"""How long after a breach the service managers hear of it, by severity; None: only the daily digest tells them."""


@dataclass(frozen=True, slots=True)
class FirstTarget:
    """One row of the table that the firm begins with."""

    tier: Segment
    severity: int
    clock: ClockKind
    span: Span


@dataclass(frozen=True, slots=True)
class FirstDeadline:
    """A limit of law as it stood when this was written; `until_on` where a later text took its place."""

    code: str
    duty: Duty
    mode: Mode | None
    name_zh: str
    name_en: str
    days: int
    source: str
    from_on: date
    until_on: date | None = None
    variant: str = ""


def first_targets() -> Iterator[FirstTarget]:
    """Every tier, severity and clock."""
    for tier in Segment:
        for severity in SEVERITIES:
            raised = max(1, severity - 1) if tier in RAISED else severity
            for clock, span in FIRST_TARGETS[raised].items():
                yield FirstTarget(tier, severity, clock, span)


_REGULATION = "快递暂行条例"
_POST_LAW = "邮政法（2015）"
_SEA_LAW = "海商法（1992）"
_CIVIL_CODE = "民法典"
_MONTREAL = "蒙特利尔公约（1999）"

FIRST_DEADLINES: tuple[FirstDeadline, ...] = (
    FirstDeadline(
        "express_complaint_2018", Duty.COMPLAINT_ANSWER, Mode.EXPRESS,
        "快件投诉：处理并告知用户", "Express complaint: treat it and tell the user",
        7, f"{_REGULATION}（2018）第二十八条", date(2018, 5, 1), date(2025, 5, 31),
    ),
    FirstDeadline(
        "express_complaint_2025", Duty.COMPLAINT_ANSWER, Mode.EXPRESS,
        "快件投诉：处理并告知用户", "Express complaint: treat it and tell the user",
        7, f"{_REGULATION}（2025 修订）第二十九条", date(2025, 6, 1),
    ),
    FirstDeadline(
        "express_appeal", Duty.APPEAL_ANSWER, Mode.EXPRESS,
        "邮政管理部门答复用户申诉", "Postal authority answers the user's appeal",
        30, f"{_POST_LAW}第六十五条；快递市场管理办法（2023）第三十条", date(2015, 4, 24),
    ),
    FirstDeadline(
        "express_enquiry", Duty.PARCEL_ENQUIRY, Mode.EXPRESS,
        "快件查询答复（国内，参照邮件）", "Where a parcel is: domestic express, as for mail",
        30, f"参照{_POST_LAW}第四十九条", date(2015, 4, 24), None, "domestic",
    ),
    FirstDeadline(
        "express_enquiry_abroad", Duty.PARCEL_ENQUIRY, Mode.EXPRESS,
        "快件查询答复（国际或边远地区，参照邮件）", "Where a parcel is: abroad or remote, as for mail",
        60, f"参照{_POST_LAW}第四十九条", date(2015, 4, 24), None, "abroad_or_remote",
    ),
    FirstDeadline(
        "post_enquiry", Duty.PARCEL_ENQUIRY, Mode.POST,
        "邮件查询答复（国内）", "Where a piece of mail is: domestic",
        30, f"{_POST_LAW}第四十九条", date(2015, 4, 24), None, "domestic",
    ),
    FirstDeadline(
        "post_enquiry_abroad", Duty.PARCEL_ENQUIRY, Mode.POST,
        "邮件查询答复（国际或边远地区）", "Where a piece of mail is: abroad or remote",
        60, f"{_POST_LAW}第四十九条", date(2015, 4, 24), None, "abroad_or_remote",
    ),
    FirstDeadline(
        "sea_notice", Duty.CLAIM_NOTICE, Mode.SEA,
        "海运货损（不明显）书面通知", "Sea cargo damage that is not apparent: notice",
        7, f"{_SEA_LAW}第八十一条", date(1993, 7, 1), None, "loose",
    ),
    FirstDeadline(
        "sea_notice_container", Duty.CLAIM_NOTICE, Mode.SEA,
        "海运集装箱货损（不明显）书面通知", "Sea container damage that is not apparent: notice",
        15, f"{_SEA_LAW}第八十一条", date(1993, 7, 1), None, "container",
    ),
    FirstDeadline(
        "sea_suit", Duty.CLAIM_SUIT, Mode.SEA,
        "海运货物赔偿请求权时效（一年）", "Claims against a sea carrier: one year",
        365, f"{_SEA_LAW}第二百五十七条", date(1993, 7, 1), None, "claim",
    ),
    FirstDeadline(
        "sea_recourse", Duty.CLAIM_SUIT, Mode.SEA,
        "海运追偿请求时效", "Recourse against a third party, sea",
        90, f"{_SEA_LAW}第二百五十七条", date(1993, 7, 1), None, "recourse",
    ),
    FirstDeadline(
        "air_notice", Duty.CLAIM_NOTICE, Mode.AIR,
        "国际空运货物损失书面异议", "International air cargo damage: notice",
        14, f"{_MONTREAL}第三十一条", date(2005, 7, 31), None, "damage",
    ),
    FirstDeadline(
        "air_notice_delay", Duty.CLAIM_NOTICE, Mode.AIR,
        "国际空运货物延误书面异议", "International air cargo delay: notice",
        21, f"{_MONTREAL}第三十一条", date(2005, 7, 31), None, "delay",
    ),
    FirstDeadline(
        "air_suit", Duty.CLAIM_SUIT, Mode.AIR,
        "国际空运诉讼时效（两年）", "Suit against an air carrier: two years",
        730, f"{_MONTREAL}第三十五条", date(2005, 7, 31), None, "claim",
    ),
    FirstDeadline(
        "civil_suit", Duty.CLAIM_SUIT, None,
        "一般诉讼时效（三年）", "General limitation of action: three years",
        1095, f"{_CIVIL_CODE}第一百八十八条", date(2021, 1, 1), None, "claim",
    ),
)  # fmt: skip
"""T5 and T7; limits of sea and air beyond DOMAIN are of the texts named. The Maritime Code was revised in 2025: its
owner enters the new articles with their from-date."""
