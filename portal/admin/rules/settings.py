"""The firm's settings as values, checked: what is wrong is told by field."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, TypeVar

from portal.documents.rules.firm import Colours
from portal.kernel.creditcode import credit_code_problem
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.receivables.rules.ageing import UP_TO

V = TypeVar("V")
PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,5}\Z")
MOST_VALID_DAYS = 180  # DOMAIN section 17, validity in days
MOST_TERMS = 20
MOST_ACCOUNTS = 10
MOST_GRANTED = Decimal(1_000_000)
LANGUAGES = ("zh", "en", "zh_en")


@dataclass(frozen=True, slots=True)
class FirmNames:
    """Who the firm is."""

    name_zh: str
    name_en: str = ""
    address_zh: str = ""
    address_en: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    licence: str = ""
    credit_code: str = ""
    currency: str = "CNY"

    def checked(self) -> FirmNames:
        """Itself; InvalidMany for no name, a wrong credit code or currency."""
        wrong: dict[str, Text] = {}
        if not self.name_zh:
            wrong["name_zh"] = t("The firm needs a name.")
        problem = credit_code_problem(self.credit_code) if self.credit_code else None
        if problem:
            wrong["credit_code"] = problem
        if self.currency not in CURRENCIES:
            wrong["currency"] = t("Unknown currency.")
        return _unless(wrong, self)


@dataclass(frozen=True, slots=True)
class Account:
    """One bank account; the names are those that `FirmProfile.banks` keeps."""

    holder_zh: str
    holder_en: str
    bank_zh: str
    bank_en: str
    number: str
    currency: str
    swift: str = ""
    clearing_number: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing typed: the empty row at the end of the form."""
        typed = (
            self.holder_zh,
            self.holder_en,
            self.bank_zh,
            self.bank_en,
            self.number,
            self.swift,
        )
        return not any(typed)


@dataclass(frozen=True, slots=True)
class Term:
    """One standing text of a quotation; printed in the order of `place`."""

    place: int
    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Quoting:
    """How quotations start: validity, number, language, floor."""

    valid_days: int
    number_prefix: str
    language: str
    floor_margin_percent: Decimal | None = None

    def checked(self) -> Quoting:
        """Itself; InvalidMany for days, prefix, language or floor out of range."""
        wrong: dict[str, Text] = {}
        if not 1 <= self.valid_days <= MOST_VALID_DAYS:
            wrong["valid_days"] = t("From 1 to %(most)s days.", most=MOST_VALID_DAYS)
        if not PREFIX.match(self.number_prefix):
            wrong["number_prefix"] = t("One to six capital letters or figures, a letter first.")
        if self.language not in LANGUAGES:
            wrong["language"] = t("Choose Chinese, English or both.")
        if self.floor_margin_percent is not None and not 0 <= self.floor_margin_percent <= 100:
            wrong["floor_margin_percent"] = t("From 0 to 100 percent.")
        return _unless(wrong, self)

    def to_json(self) -> dict[str, Any]:
        """As `FirmProfile.quoting` keeps it; the floor as text, so that it stays exact."""
        floor = self.floor_margin_percent
        return {**asdict(self), "floor_margin_percent": None if floor is None else str(floor)}


@dataclass(frozen=True, slots=True)
class Billing:
    """How bills are decided: up to `dispute_limit` (gross, the firm's currency) one person grants a credit alone.

    The ages of what is owed have columns up to `ageing_days` days, and one for what is older (DOMAIN R9).
    """

    dispute_limit: Decimal
    ageing_days: int = 90

    def checked(self) -> Billing:
        """Itself; InvalidMany for a limit below zero or out of reason."""
        wrong: dict[str, Text] = {}
        if not 0 <= self.dispute_limit <= MOST_GRANTED:
            wrong["dispute_limit"] = t("From 0 to %(most)s.", most=f"{MOST_GRANTED:,}")
        if self.ageing_days not in UP_TO:
            wrong["ageing_days"] = t("Choose 90, 180 or 365 days.")
        return _unless(wrong, self)

    def to_json(self) -> dict[str, Any]:
        """As `FirmProfile.billing` keeps it; the limit as text, so that it stays exact."""
        return {"dispute_limit": f"{self.dispute_limit:f}", "ageing_days": self.ageing_days}


def accounts_checked(accounts: list[Account]) -> list[Account]:
    """The accounts that were typed; Invalid (field "accounts") naming the row that lacks something."""
    kept = [account for account in accounts if not account.is_blank]
    if len(kept) > MOST_ACCOUNTS:
        raise Invalid(t("At most %(most)s accounts.", most=MOST_ACCOUNTS), "accounts")
    for row, account in enumerate(kept, start=1):
        if not (account.holder_zh and account.bank_zh and account.number):
            raise Invalid(
                t("Account %(row)s: holder, bank and number are needed.", row=row), "accounts"
            )
        if account.currency not in CURRENCIES:
            raise Invalid(t("Account %(row)s: unknown currency.", row=row), "accounts")
    return kept


def terms_in_order(terms: list[Term]) -> list[dict[str, str]]:
    """The texts that were typed, by place; Invalid (field "terms") for too many or English alone."""
    typed = [term for term in terms if term.zh or term.en]
    if len(typed) > MOST_TERMS:
        raise Invalid(t("At most %(most)s texts.", most=MOST_TERMS), "terms")
    if any(not term.zh for term in typed):
        raise Invalid(t("Each text needs its Chinese wording."), "terms")
    return [{"zh": term.zh, "en": term.en} for term in sorted(typed, key=lambda term: term.place)]


def accent_checked(colour: str) -> str:
    """`#rrggbb` in lower case; Invalid (field "accent") for anything else."""
    return Colours(colour).accent


def _unless(wrong: dict[str, Text], value: V) -> V:
    if wrong:
        raise InvalidMany(wrong)
    return value
