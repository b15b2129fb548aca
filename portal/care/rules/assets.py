"""Things that customers have on loan: what is registered, lent, and given back: pure, checked (REQUIREMENTS K9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from portal.care.rules.kinds import ASSET_KINDS
from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.pinyin import normalise, search_words
from portal.kernel.text import Text, t

LONGEST_NUMBER, LONGEST_NAME, LONGEST_SERIAL = 40, 120, 60
LONGEST_CONDITION, LONGEST_NOTE, LONGEST_SEARCH = 300, 500, 600


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """One thing; `number` as it stands on its label, `worth` what it would cost to replace."""

    number: str
    name: str
    kind: str
    serial: str = ""
    worth: Decimal | None = None
    currency: str = "CNY"
    condition: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """One thing goes to one customer, in which condition, until when, against what deposit."""

    customer_id: int
    lent_on: date
    due_on: date | None
    condition_out: str = ""
    deposit: Decimal = Decimal(0)
    currency: str = "CNY"
    contact_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """It comes back. `is_deposit_back`: the deposit was given back the same day."""

    returned_on: date
    condition_in: str = ""
    is_deposit_back: bool = True


def cleaned_asset(facts: AssetFacts) -> AssetFacts:
    """The thing as it is stored. Raises InvalidMany by field."""
    tidy = replace(
        facts,
        number=normalise(facts.number).upper(),
        name=normalise(facts.name),
        serial=normalise(facts.serial),
        condition=normalise(facts.condition),
        note=facts.note.strip(),
    )
    wrong = _too_long(
        tidy,
        (
            ("number", LONGEST_NUMBER), ("name", LONGEST_NAME), ("serial", LONGEST_SERIAL),
            ("condition", LONGEST_CONDITION), ("note", LONGEST_NOTE),
        ),
    )  # fmt: skip
    if not tidy.number:
        wrong["number"] = t("Give it a number, as it stands on its label.")
    if not tidy.name:
        wrong["name"] = t("Say what it is.")
    if tidy.kind not in ASSET_KINDS:
        wrong["kind"] = t("Choose one of the list.")
    if tidy.currency not in CURRENCIES:
        wrong["currency"] = t("Choose one of the list.")
    if tidy.worth is not None and tidy.worth < 0:
        wrong["worth"] = t("Not below nothing.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def cleaned_loan(facts: LoanFacts, today: date) -> LoanFacts:
    """The loan as it is stored. Raises InvalidMany by field."""
    tidy = replace(facts, condition_out=normalise(facts.condition_out))
    wrong = _too_long(tidy, (("condition_out", LONGEST_CONDITION),))
    if not tidy.condition_out:
        wrong["condition_out"] = t("Say in which condition it goes out.")
    if tidy.lent_on > today:
        wrong["lent_on"] = t("This lies in the future.")
    if tidy.due_on is None:
        wrong["due_on"] = t("Say until when.")
    elif tidy.due_on < tidy.lent_on:
        wrong["due_on"] = t("It is due after it was lent.")
    if tidy.deposit < 0:
        wrong["deposit"] = t("Not below nothing.")
    if tidy.currency not in CURRENCIES:
        wrong["currency"] = t("Choose one of the list.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def cleaned_return(facts: ReturnFacts, lent_on: date, today: date) -> ReturnFacts:
    """The return as it is stored. Raises InvalidMany by field."""
    tidy = replace(facts, condition_in=normalise(facts.condition_in))
    wrong = _too_long(tidy, (("condition_in", LONGEST_CONDITION),))
    if not tidy.condition_in:
        wrong["condition_in"] = t("Say in which condition it came back.")
    if tidy.returned_on > today:
        wrong["returned_on"] = t("This lies in the future.")
    if tidy.returned_on < lent_on:
        wrong["returned_on"] = t("It went out only after that.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def asset_words(facts: AssetFacts) -> str:
    """What a search looks in."""
    return search_words(facts.name, facts.number, facts.serial)[:LONGEST_SEARCH]


def _too_long(facts: object, fields: Iterable[tuple[str, int]]) -> dict[str, Text]:
    return {
        name: t("At most %(most)s characters.", most=most)
        for name, most in fields
        if len(getattr(facts, name)) > most
    }
