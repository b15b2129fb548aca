"""What is known of a lead, what was done for it, and when that makes sense: pure, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.customers.rules.kinds import MARKETS, SOURCES
from portal.customers.rules.people import EMAIL, PHONE
from portal.kernel.creditcode import clean_credit_code, credit_code_problem
from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.pinyin import normalise, search_words
from portal.kernel.text import Text, t
from portal.leads.rules.kinds import KINDS, TOUCHES, LeadKind
from portal.opportunities.rules.kinds import RATINGS

LENGTHS: Mapping[str, int] = {
    "name": 120,
    "contact_name": 80,
    "position": 80,
    "phone": 40,
    "email": 254,
    "wechat": 60,
    "city": 60,
    "industry": 60,
}
LONGEST_NEED, LONGEST_TOUCH, LONGEST_REASON, LONGEST_SEARCH = 4000, 2000, 500, 800
AHEAD = timedelta(minutes=10)
"""Clocks differ: so much in the future is still now."""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """Everything that the form of a lead holds; empty text means not known."""

    name: str
    kind: str = LeadKind.COMPANY
    credit_code: str = ""
    contact_name: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""
    wechat: str = ""
    city: str = ""
    industry: str = ""
    market: str = ""
    source: str = ""
    rating: str = ""
    need: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class TouchFacts:
    """One call, visit, mail or message; `next_on`: when the next one was agreed for, of kind `next_kind`."""

    kind: str
    at: datetime
    reached: bool = True
    text: str = ""
    next_on: date | None = None
    next_kind: str = ""


def cleaned(facts: LeadFacts) -> LeadFacts:
    """The facts as they are stored. Raises InvalidMany by field."""
    half_width: dict[str, Any] = {name: normalise(getattr(facts, name)) for name in LENGTHS}
    tidy = replace(facts, **half_width)
    tidy = replace(tidy, email=tidy.email.lower(), need=facts.need.strip())
    tidy = replace(tidy, credit_code=facts.credit_code.strip())
    wrong = _too_long(tidy) | _unknown(tidy) | _identity(tidy)
    if not tidy.name:
        wrong["name"] = t("Say who it is.")
    if not (tidy.phone or tidy.email or tidy.wechat):
        wrong.setdefault("phone", t("Say how they are reached: telephone, mail or WeChat."))
    if tidy.amount is not None and tidy.amount < 0:
        wrong["amount"] = t("Not below nothing.")
    if wrong:
        raise InvalidMany(wrong)
    code = clean_credit_code(tidy.credit_code) if tidy.credit_code else ""
    return replace(tidy, credit_code=code)


def cleaned_touch(facts: TouchFacts, now: datetime, today: date) -> TouchFacts:
    """The facts as they are stored. Raises InvalidMany by field."""
    tidy = replace(facts, text=facts.text.strip())
    wrong: dict[str, Text] = {}
    if tidy.kind not in TOUCHES:
        wrong["kind"] = t("Choose one of the list.")
    if len(tidy.text) > LONGEST_TOUCH:
        wrong["text"] = t("At most %(most)s characters.", most=LONGEST_TOUCH)
    if tidy.reached and not tidy.text:
        wrong["text"] = t("Say in a few words what came of it.")
    if tidy.at > now + AHEAD:
        wrong["at"] = t("This lies in the future: put it down as the next touch instead.")
    if tidy.next_on is not None and tidy.next_on < today:
        wrong["next_on"] = t("This day is past.")
    if wrong:
        raise InvalidMany(wrong)
    known = tidy.next_kind if tidy.next_on and tidy.next_kind in TOUCHES else ""
    return replace(tidy, next_kind=known)


def search_text(facts: LeadFacts, number: str) -> str:
    """What a search looks in: names with pinyin and initials, city, telephone, number."""
    words = search_words(
        facts.name, facts.contact_name, facts.city, facts.phone, facts.credit_code, number
    )
    return words[:LONGEST_SEARCH]


def _too_long(facts: LeadFacts) -> dict[str, Text]:
    longest = {**LENGTHS, "need": LONGEST_NEED}
    return {
        name: t("At most %(most)s characters.", most=most)
        for name, most in longest.items()
        if len(getattr(facts, name)) > most
    }


def _unknown(facts: LeadFacts) -> dict[str, Text]:
    known: dict[str, Mapping[str, object]] = {
        "kind": KINDS,
        "market": {"": "", **MARKETS},
        "source": {"": "", **SOURCES},
        "rating": {"": "", **RATINGS},
        "currency": CURRENCIES,
    }
    return {
        name: t("Choose one of the list.")
        for name, words in known.items()
        if getattr(facts, name) not in words
    }


def _identity(facts: LeadFacts) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if facts.credit_code and facts.kind == LeadKind.PERSON:
        wrong["credit_code"] = t("A private person has no credit code.")
    elif facts.credit_code and (reason := credit_code_problem(facts.credit_code)):
        wrong["credit_code"] = reason
    if facts.email and not EMAIL.fullmatch(facts.email):
        wrong["email"] = t("This is not a mail address.")
    if facts.phone and not PHONE.fullmatch(facts.phone):
        wrong["phone"] = t("A telephone number holds digits, blanks and + - ( ).")
    return wrong
