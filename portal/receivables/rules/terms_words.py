"""Settlement terms in words, and what a change of them changes (DOMAIN E8-E10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.exchange import RateRule
from portal.customers.rules.settlement import DUE_FROM_WORDS, SETTLEMENT_WORDS
from portal.kernel.money import format_money
from portal.kernel.text import Text, t
from portal.receivables.rules.settlement import TermsFacts

RATE_RULE_WORDS: Mapping[RateRule, Text] = {
    RateRule.STATEMENT_DAY: t("of the statement's last day"),
    RateRule.MONTH_FIXED: t("of the first day of the service's month"),
    RateRule.SAILING_DAY: t("of the sailing day"),
    RateRule.AGREED: t("as agreed"),
}
FIELD_WORDS: Mapping[str, Text] = {
    "kind": t("Settlement"),
    "payment_days": t("Days to pay"),
    "due_from": t("Days counted from"),
    "next_working_day": t("Due day on a holiday"),
    "credit_limit": t("Credit limit"),
    "grace_days": t("Days overdue before credit is held"),
    "rating": t("Rating"),
    "late_fee_percent": t("Late fee"),
    "currency": t("Currency"),
    "one_currency": t("Statements"),
    "rate_rule": t("Rate of exchange"),
    "agreed_rates": t("Agreed rates"),
    "reconciliation_day": t("Reconciliation day of the month"),
    "reconciliation_contact_id": t("Reconciliation contact"),
    "confirm_days": t("Days to answer a statement"),
}
"""The terms in the order in which people read them."""
INNER = frozenset({"grace_days", "rating"})
"""What the firm keeps to itself."""
NOTHING = t("—")
ASKED = (
    "kind", "payment_days", "due_from", "credit_limit", "currency", "reconciliation_day", "reconciliation_contact_id"
)  # fmt: skip
"""What an application asks for; everything else stays as it is on the day of the decision."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term in words, before and after."""

    name: Text
    before: Text | str
    after: Text | str


def in_words(
    terms: TermsFacts, contacts: Mapping[int, str], *, for_customer: bool = False, only_asked: bool = False
) -> list[tuple[Text, Text | str]]:  # fmt: skip
    """(name, value) of every term, or of those that an application asks for; `contacts`: id → name."""
    return [
        (words, _told(name, terms, contacts))
        for name, words in FIELD_WORDS.items()
        if not (for_customer and name in INNER) and (name in ASKED or not only_asked)
    ]


def changes(
    before: TermsFacts,
    after: TermsFacts,
    contacts: Mapping[int, str],
) -> list[Term]:
    """The terms that differ."""
    return [
        Term(words, _told(name, before, contacts), _told(name, after, contacts))
        for name, words in FIELD_WORDS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _told(name: str, terms: TermsFacts, contacts: Mapping[int, str]) -> Text | str:
    value: Any = getattr(terms, name)
    teller = _TELLERS.get(name)
    if teller is not None:
        told: Text | str = teller(terms)
        return told
    if name == "reconciliation_contact_id":
        return contacts.get(value, NOTHING)
    return NOTHING if value in (None, "") else str(value)


def _days(value: int | None) -> Text:
    if value is None:
        return t("as the contract says")
    return t("%(days)s days", days=value)


def _limit(terms: TermsFacts) -> Text | str:
    if terms.credit_limit is None:
        return t("none agreed")
    return format_money(terms.credit_limit, terms.currency)


def _late_fee(terms: TermsFacts) -> Text:
    if terms.late_fee_percent <= Decimal(0):
        return t("none")
    return t("%(percent)s percent a day", percent=f"{terms.late_fee_percent.normalize():f}")


def _rates(terms: TermsFacts) -> Text | str:
    found = sorted(terms.agreed_rates.items())
    return "; ".join(f"{code} {rate.normalize():f}" for code, rate in found) or NOTHING


_TELLERS: Mapping[str, Any] = {
    "kind": lambda terms: SETTLEMENT_WORDS[terms.kind],
    "payment_days": lambda terms: _days(terms.payment_days),
    "due_from": lambda terms: DUE_FROM_WORDS[terms.due_from],
    "next_working_day": lambda terms: (
        t("the next working day") if terms.next_working_day else t("unchanged")
    ),
    "credit_limit": _limit,
    "grace_days": lambda terms: _days(terms.grace_days),
    "late_fee_percent": _late_fee,
    "one_currency": lambda terms: (
        t("one, everything converted") if terms.one_currency else t("one for each currency")
    ),
    "rate_rule": lambda terms: RATE_RULE_WORDS[terms.rate_rule],
    "agreed_rates": _rates,
    "confirm_days": lambda terms: _days(terms.confirm_days),
}
