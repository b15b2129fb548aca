"""Settlement terms 结算条款 as one value: checked, compared, and kept with an application (DOMAIN E8-E10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.exchange import RateRule
from portal.customers.rules.settlement import DueFrom, Rating, SettlementKind
from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES, round_money
from portal.kernel.text import Text, t

ZERO = Decimal(0)
MOST_DAYS = 365
MOST_LATE_FEE = Decimal(1)
"""Percent a day; 0.05 is usual."""


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What customers.models.SettlementTerms says, with its defaults; `late_fee_percent` is a day's."""

    kind: SettlementKind = SettlementKind.MONTHLY
    currency: str = "CNY"
    one_currency: bool = True
    rate_rule: RateRule = RateRule.STATEMENT_DAY
    agreed_rates: Mapping[str, Decimal] = field(default_factory=dict)
    payment_days: int | None = None
    due_from: DueFrom = DueFrom.STATEMENT
    next_working_day: bool = False
    reconciliation_day: int = 5
    reconciliation_contact_id: int | None = None
    confirm_days: int = 7
    grace_days: int = 15
    rating: str = ""
    credit_limit: Decimal | None = None
    late_fee_percent: Decimal = ZERO

    def to_json(self) -> dict[str, Any]:
        """As it is stored with an application; decimals as text."""
        found = asdict(self)
        found["agreed_rates"] = {code: str(rate) for code, rate in self.agreed_rates.items()}
        for name in ("credit_limit", "late_fee_percent"):
            found[name] = None if found[name] is None else str(found[name])
        for name in ("kind", "rate_rule", "due_from"):
            found[name] = str(found[name])
        return found

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TermsFacts:
        """What `to_json` wrote."""
        limit = stored.get("credit_limit")
        return cls(**{
            **stored,
            "kind": SettlementKind(stored["kind"]),
            "rate_rule": RateRule(stored["rate_rule"]),
            "due_from": DueFrom(stored["due_from"]),
            "agreed_rates": {code: Decimal(rate) for code, rate in stored["agreed_rates"].items()},
            "credit_limit": None if limit is None else Decimal(limit),
            "late_fee_percent": Decimal(stored["late_fee_percent"]),
        })  # fmt: skip


def check(terms: TermsFacts) -> None:
    """Raise InvalidMany with everything that is out of range."""
    wrong: dict[str, Text] = {}
    for name, low, high in (
        ("payment_days", 0, MOST_DAYS),
        ("reconciliation_day", 1, 28),
        ("confirm_days", 1, 90),
        ("grace_days", 0, MOST_DAYS),
    ):
        value = getattr(terms, name)
        if value is not None and not low <= value <= high:
            wrong[name] = t("From %(low)s to %(high)s.", low=low, high=high)
    if terms.currency not in CURRENCIES:
        wrong["currency"] = t("Unknown currency.")
    elif terms.credit_limit is not None and not _is_limit(terms.credit_limit, terms.currency):
        wrong["credit_limit"] = t("An amount from 0 up that this currency can pay out, or empty.")
    if terms.rating and terms.rating not in set(Rating):
        wrong["rating"] = t("Choose A, B, C or D.")
    if not 0 <= terms.late_fee_percent <= MOST_LATE_FEE:
        wrong["late_fee_percent"] = t("From 0 to %(most)s percent a day.", most=MOST_LATE_FEE)
    if terms.rate_rule is RateRule.AGREED and not terms.agreed_rates:
        wrong["agreed_rates"] = t("Say the agreed rates.")
    if any(code not in CURRENCIES or rate <= 0 for code, rate in terms.agreed_rates.items()):
        wrong["agreed_rates"] = t("Each agreed rate needs a currency and a rate above 0.")
    if wrong:
        raise InvalidMany(wrong)


def _is_limit(limit: Decimal, currency: str) -> bool:
    return limit >= 0 and round_money(limit, currency) == limit
