"""What is known of a customer, and when it makes sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from stdnum import iban

from portal.customers.rules import naming
from portal.customers.rules.kinds import (
    AREAS,
    BILLINGS,
    DOCUMENT_LANGUAGES,
    KINDS,
    MARKETS,
    NATURES,
    REACHES,
    SEGMENTS,
    SOURCES,
    Billing,
    CustomerKind,
    DocumentLanguage,
    Segment,
)
from portal.kernel.creditcode import clean_credit_code, credit_code_problem
from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.pinyin import normalise, search_words
from portal.kernel.text import Text, t

LENGTHS: Mapping[str, int] = {
    "code": 24,
    "name_zh": 120,
    "name_en": 160,
    "short_name": 40,
    "tax_number": 40,
    "industry": 60,
    "address": 240,
    "phone": 40,
    "bank_name": 120,
    "bank_account": 60,
    "note": 2000,
}
FIELDS: Mapping[str, Text] = {
    "kind": t("Kind"),
    "name_zh": t("Chinese name"),
    "name_en": t("English name"),
    "short_name": t("Short name"),
    "code": t("Customer code"),
    "credit_code": t("Credit code"),
    "tax_number": t("Tax number"),
    "parent_id": t("Group"),
    "segment": t("Segment"),
    "industry": t("Industry"),
    "billing": t("Billing"),
    "default_currency": t("Currency"),
    "document_language": t("Language of documents"),
    "address": t("Registered address"),
    "phone": t("Telephone"),
    "bank_name": t("Bank"),
    "bank_account": t("Bank account"),
    "note": t("Note"),
    "market": t("Market"),
    "area": t("Area"),
    "reach": t("Reach"),
    "nature": t("Nature"),
    "source": t("Came to us by"),
    "is_foreign": t("Foreign customer"),
}
SORTED_BY: Mapping[str, Mapping[str, Text]] = {
    "market": MARKETS,
    "area": AREAS,
    "reach": REACHES,
    "nature": NATURES,
    "source": SOURCES,
}
"""What a customer is sorted by beside its tier, each with its words; empty: not known (REQUIREMENTS K3)."""
SEARCH_LENGTH = 1000
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Everything that the form of a customer holds; empty text means not known."""

    kind: str = CustomerKind.ORGANISATION
    name_zh: str = ""
    name_en: str = ""
    short_name: str = ""
    code: str = ""
    credit_code: str = ""
    tax_number: str = ""
    parent_id: int | None = None
    segment: str = Segment.ORDINARY
    industry: str = ""
    billing: str = Billing.OWN
    default_currency: str = "CNY"
    document_language: str = DocumentLanguage.ZH_EN
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""
    note: str = ""
    market: str = ""
    area: str = ""
    reach: str = ""
    nature: str = ""
    source: str = ""
    is_foreign: bool = False


def cleaned(facts: CustomerFacts) -> CustomerFacts:
    """The facts as they are stored: half-width, without needless blanks, codes in capitals.

    A missing Chinese name takes the other one. Raises `InvalidMany` with a message for each wrong field.
    """
    half_width: dict[str, Any] = {name: normalise(getattr(facts, name)) for name in LENGTHS}
    half_width["note"] = facts.note.strip()
    tidy = replace(facts, **half_width, credit_code=facts.credit_code.strip())
    tidy = replace(tidy, code=tidy.code.upper(), name_zh=tidy.name_zh or tidy.name_en)
    if tidy.kind != CustomerKind.BRANCH:
        tidy = replace(tidy, parent_id=None, billing=Billing.OWN)
    problems = problems_of(tidy)
    if problems:
        raise InvalidMany(problems)
    return replace(
        tidy, credit_code=clean_credit_code(tidy.credit_code) if tidy.credit_code else ""
    )


def problems_of(facts: CustomerFacts) -> dict[str, Text]:
    """What is wrong with each field of tidied facts."""
    found: dict[str, Text] = {}
    for name, length in LENGTHS.items():
        if len(getattr(facts, name)) > length:
            found[name] = t("At most %(count)s characters.", count=length)
    found.update(_unknown_words(facts))
    if not facts.name_zh:
        found["name_zh"] = t("A customer needs a name.")
    if facts.code and not naming.CODE_PATTERN.fullmatch(facts.code):
        found["code"] = t("A code has 2 to 24 capitals, digits and dashes.")
    found.update(_identity_problems(facts))
    if facts.kind == CustomerKind.BRANCH and facts.parent_id is None:
        found["parent_id"] = t("Say which group this branch belongs to.")
    return found


def _unknown_words(facts: CustomerFacts) -> dict[str, Text]:
    known: dict[str, Mapping[str, object]] = {
        "kind": KINDS,
        "segment": SEGMENTS,
        "billing": BILLINGS,
        "document_language": DOCUMENT_LANGUAGES,
        "default_currency": CURRENCIES,
    }
    return {
        name: t("Choose one of the list.")
        for name, choices in known.items()
        if getattr(facts, name) not in choices
    } | {
        name: t("Choose one of the list.")
        for name, choices in SORTED_BY.items()
        if getattr(facts, name) not in ("", *choices)
    }


def _identity_problems(facts: CustomerFacts) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if facts.credit_code and facts.kind == CustomerKind.PERSON:
        found["credit_code"] = t("A private person has no credit code.")
    elif facts.credit_code and (reason := credit_code_problem(facts.credit_code)):
        found["credit_code"] = reason
    account = facts.bank_account.replace(" ", "").upper()
    if _IBAN.fullmatch(account) and not iban.is_valid(account, check_country=False):
        found["bank_account"] = t("This looks like an IBAN, but its check digits do not fit.")
    return found


def kind_change_problem(old: str, new: str, *, has_branches: bool) -> Text | None:
    """Why a customer of kind `old` cannot become `new`; None when it can.

    Organisation and group may turn into each other; a group with branches stays one; the others stay what they are.
    """
    if old == new:
        return None
    movable = {CustomerKind.ORGANISATION, CustomerKind.GROUP}
    if old not in movable or new not in movable:
        return t("This kind of customer cannot be changed into another.")
    if has_branches:
        return t("A group that has branches stays a group.")
    return None


def search_text(facts: CustomerFacts, people: tuple[str, ...] = ()) -> str:
    """What a search looks in: names with pinyin and initials, codes, telephone, and the contacts."""
    names = (facts.name_zh, facts.name_en, facts.short_name, facts.code, facts.credit_code)
    words = search_words(*names, facts.phone, *people)
    return words[:SEARCH_LENGTH]
