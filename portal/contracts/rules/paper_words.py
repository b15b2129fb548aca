"""The articles that a contract's own terms make, in both languages; the firm's clauses follow them.

A paper may show both languages at once, so the sentences stand here side by side. Sources: DOMAIN E7 (renewal),
E9 and E10 (payment), R4 (silence), REQUIREMENTS C6 (promises).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.contracts.rules.checks import TermsFacts
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.paper import Article
from portal.documents.rules.words import NO_WORDS, Words, same

WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PAID_FROM = {
    "statement": Words("对账单日期", "the date of the statement"),
    "invoice": Words("开票日期", "the date of the invoice"),
    "sailing": Words("开航日期", "the date of sailing"),
}
ALLOWANCES: Mapping[str, Words] = {
    Allowance.CONTRACT: Words("合同期内", "in all"),
    Allowance.MONTH: Words("每月", "a month"),
    Allowance.QUARTER: Words("每季度", "a quarter"),
    Allowance.YEAR: Words("每年", "a year"),
}
BEYOND: Mapping[str, Words] = {
    Overage.STOP: Words("额度用完即止", "none beyond the quantity"),
    Overage.SAME_PRICE: Words("超额按同价计", "the same price beyond it"),
    Overage.OVERAGE_PRICE: Words("超额按超额价计", "the overage price beyond it"),
}
PREAMBLE = Words(
    "甲乙双方在平等自愿、协商一致的基础上，就乙方为甲方提供物流服务事宜订立本合同，共同遵守。",
    "Party A and Party B, acting freely and as equals, agree as follows on the logistics services "
    "that Party B renders to Party A.",
)
AMENDING = Words(
    "甲乙双方经协商一致，对合同 {number} 作如下变更，自 {day} 起生效；未变更的条款继续有效。",
    "The parties agree to change contract {number} as follows, with effect from {day}; all other terms stay in force.",
)


def articles(starts_on: date, promises: TermsFacts) -> tuple[Article, ...]:
    """Term, payment, promises, then the firm's clauses and the note, in that order; none is empty."""
    own = (
        Article(Words("合同期限", "Term"), _term(starts_on, promises)),
        Article(Words("结算与付款", "Statements and payment"), _payment(promises)),
        Article(Words("服务承诺", "Service promises"), _service(promises)),
    )
    clauses = tuple(
        Article(
            Words(each["title_zh"], each.get("title_en", "")),
            (Words(each["body_zh"], each.get("body_en", "")),),
        )
        for each in promises.clauses
    )
    note = (
        (Article(Words("其他约定", "Other terms"), (same(promises.note),)),)
        if promises.note
        else ()
    )
    return tuple(each for each in (*own, *clauses, *note) if each.paragraphs)


def amending(number: str, from_on: date) -> Words:
    """The sentence that an amendment opens with."""
    day = from_on.isoformat()
    return Words(
        AMENDING.zh.format(number=number, day=day), AMENDING.en.format(number=number, day=day)
    )


def _term(starts_on: date, promises: TermsFacts) -> tuple[Words, ...]:
    start, end = starts_on.isoformat(), promises.ends_on.isoformat()
    days = promises.notice_days
    span = Words(f"本合同自 {start} 起至 {end} 止。", f"This contract runs from {start} to {end}.")
    if promises.renews_automatically:
        renewal = Words(
            f"期满前 {days} 天内任何一方未书面提出异议的，自动续期一年，价格按续期时双方确认的价格执行。",
            f"Unless a party objects in writing {days} days before it ends, it is renewed for one year "
            "at the prices then agreed.",
        )
    else:
        renewal = Words(
            f"期满前 {days} 天双方协商续约；未续约的，期满终止。",
            f"The parties discuss a renewal {days} days before it ends; without one it ends.",
        )
    return span, renewal


def _payment(promises: TermsFacts) -> tuple[Words, ...]:
    start = PAID_FROM[promises.payment_from]
    days = promises.payment_days
    paid = Words(
        f"甲方应自{start.zh}起 {days} 天内付清款项。",
        f"Party A pays within {days} days of {start.en}.",
    )
    silence = promises.deemed_confirmation_days
    if silence is None:
        confirmed = Words(
            "对账单以甲方明示确认为准，逾期未答复不视为确认。",
            "A statement counts as confirmed only when Party A says so; silence is no confirmation.",
        )
    else:
        confirmed = Words(
            f"甲方应在收到对账单之日起 {silence} 天内确认或逐行提出异议；逾期未答复的，视为确认。",
            f"Party A confirms a statement or disputes its lines within {silence} days of receipt; "
            "without an answer by then it counts as confirmed.",
        )
    return paid, confirmed


def _service(promises: TermsFacts) -> tuple[Words, ...]:
    found = [_pickup(promises), _response(promises)]
    if promises.no_minimum_order:
        found.append(Words("无最低起订量要求。", "There is no minimum order."))
    elif promises.minimum_order:
        found.append(
            Words(f"最低起订：{promises.minimum_order}", f"Minimum order: {promises.minimum_order}")
        )
    return tuple(each for each in found if each)


def _pickup(promises: TermsFacts) -> Words:
    if not (promises.pickup_from and promises.pickup_until):
        return NO_WORDS
    days = sorted(set(promises.pickup_days)) or list(range(1, 8))
    zh = "每天" if len(days) == 7 else "周" + "、".join(WEEKDAYS[day - 1] for day in days)
    en = "daily" if len(days) == 7 else ", ".join(WEEKDAYS_EN[day - 1] for day in days)
    span = f"{promises.pickup_from}–{promises.pickup_until}"
    return Words(f"提货时段：{zh} {span}。", f"Pick-up window: {en} {span}.")


def _response(promises: TermsFacts) -> Words:
    if promises.response_hours is None:
        return NO_WORDS
    hours = f"{promises.response_hours.normalize():f}"
    return Words(
        f"乙方在收到甲方请求后 {hours} 个工作小时内首次答复。",
        f"Party B gives a first answer within {hours} working hours of a request.",
    )
