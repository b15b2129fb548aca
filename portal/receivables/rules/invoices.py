"""What a tax invoice 发票 must be before it is registered, and its red-letter mirror (DOMAIN R7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES, format_money, round_money
from portal.kernel.text import Text, t
from portal.receivables.rules.kinds import InvoiceKind

ZERO = Decimal(0)
DIGITAL = re.compile(r"\d{20}\Z")
OLDER_NUMBER, OLDER_CODE = re.compile(r"\d{8}\Z"), re.compile(r"\d{12}\Z")
LONGEST_FREE_NUMBER = 20
REMARK_PARTS: Mapping[str, tuple[str, Text]] = {
    "origin": ("起运地", t("origin")),
    "destination": ("到达地", t("destination")),
    "vehicle": ("车种车号", t("vehicle")),
    "goods": ("货物", t("goods")),
}
"""What a transport invoice names in its remark: the label on the paper, and our word for it."""
_SPELLINGS = {
    "origin": "起运地|起运地点|始发地|origin|from",
    "destination": "到达地|到达地点|目的地|destination|to",
    "vehicle": "车种车号|车号|车牌|车牌号|船名|航次|vehicle|truck|vessel",
    "goods": "货物|货物名称|运输货物信息|运输货物|品名|goods|cargo",
}
_LABEL = re.compile(
    r"(?:^|(?<=[\s;；,，。|/]))(?:"
    + "|".join(f"(?P<{part}>{words})" for part, words in _SPELLINGS.items())
    + r")\s*[:：]",
    re.IGNORECASE,
)
_NOTHING = " \t\n;；,，。|/:：-"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What stands on an invoice. `covers`: statement id → gross of it that this invoice is for."""

    kind: InvoiceKind
    number: str
    issued_on: date
    title: str
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    covers: Mapping[int, Decimal]
    code: str = ""
    currency: str = "CNY"
    tax_number: str = ""
    remark: str = ""
    is_transport: bool = False


@dataclass(frozen=True, slots=True)
class Billable:
    """What an invoice may still be registered for: a statement's confirmed gross, and what is invoiced of it."""

    id: int
    number: str
    currency: str
    confirmed_amount: Decimal
    invoiced_amount: Decimal
    asked_amount: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """Confirmed and not yet invoiced."""
        return max(self.confirmed_amount - self.invoiced_amount, ZERO)

    @property
    def left_to_ask(self) -> Decimal:
        """The same without what open requests ask for already."""
        return max(self.confirmed_amount - self.invoiced_amount - self.asked_amount, ZERO)


def number_problems(kind: InvoiceKind, code: str, number: str) -> dict[str, Text]:
    """Field → what is wrong: 20 digits without a code, or a code of 12 and a number of 8 digits."""
    if kind is InvoiceKind.RECEIPT:
        if code:
            return {"code": t("Only older tax invoices have a code.")}
        if not number or len(number) > LONGEST_FREE_NUMBER:
            return {"number": t("From 1 to %(most)s characters.", most=LONGEST_FREE_NUMBER)}
        return {}
    if code:
        found = {}
        if not OLDER_CODE.match(code):
            found["code"] = t("The code of an older invoice has 12 digits.")
        if not OLDER_NUMBER.match(number):
            found["number"] = t("Beside a code the number has 8 digits.")
        return found
    if OLDER_NUMBER.match(number):
        return {"code": t("A number of 8 digits needs its code of 12 digits.")}
    if not DIGITAL.match(number):
        return {"number": t("A fully digital invoice has a number of 20 digits.")}
    return {}


def check(facts: InvoiceFacts, billable: Mapping[int, Billable], today: date) -> None:
    """Raise InvalidMany with everything that is wrong: number, sums, coverage (`covers-<statement id>`), remark."""
    wrong = number_problems(facts.kind, facts.code, facts.number)
    if facts.issued_on > today:
        wrong["issued_on"] = t("This day is still to come.")
    if not facts.title:
        wrong["title"] = t("This must be filled in.")
    if facts.kind is InvoiceKind.SPECIAL and not facts.tax_number:
        wrong["tax_number"] = t("A special VAT invoice needs the buyer's tax number.")
    wrong |= _wrong_sums(facts)
    if facts.is_transport and (missing := missing_in_remark(facts.remark)):
        names = ", ".join(REMARK_PARTS[part][0] for part in missing)
        wrong["remark"] = t("The remark of a transport invoice lacks: %(names)s.", names=names)
    for statement_id, amount in facts.covers.items():
        problem = coverage_problem(facts, amount, billable.get(statement_id))
        if problem is not None:
            wrong[f"covers-{statement_id}"] = problem
    if wrong:
        raise InvalidMany(wrong)


def coverage_problem(facts: InvoiceFacts, amount: Decimal, of: Billable | None) -> Text | None:
    """Why an invoice cannot cover so much of a statement; None when it can."""
    if of is None:
        return t("There is no such statement of this customer.")
    if of.currency != facts.currency:
        return t("This statement is in %(currency)s.", currency=of.currency)
    if amount <= 0:
        return t("The amount must be more than zero.")
    if amount > of.left:
        left = format_money(of.left, of.currency)
        return t("Of this statement %(left)s is confirmed and not yet invoiced.", left=left)
    return None


def _wrong_sums(facts: InvoiceFacts) -> dict[str, Text]:
    if facts.currency not in CURRENCIES:
        return {"currency": t("Unknown currency.")}
    wrong = {}
    for name in ("net_amount", "tax_amount", "gross_amount"):
        value: Decimal = getattr(facts, name)
        if value < 0:
            wrong[name] = t("It cannot be below zero.")
        elif round_money(value, facts.currency) != value:
            wrong[name] = t("%(currency)s has fewer decimals than that.", currency=facts.currency)
    if wrong:
        return wrong
    if facts.net_amount + facts.tax_amount != facts.gross_amount or not facts.gross_amount:
        return {"gross_amount": t("Net and tax do not add up to the gross amount.")}
    if sum(facts.covers.values(), ZERO) != facts.gross_amount:
        return {"gross_amount": t("The statements it covers do not add up to the gross amount.")}
    return {}


def missing_in_remark(remark: str) -> tuple[str, ...]:
    """Which of origin, destination, vehicle and goods a transport invoice's remark does not name."""
    labels = list(_LABEL.finditer(remark))
    ends = (*(each.start() for each in labels[1:]), len(remark))
    named = {
        label.lastgroup
        for label, end in zip(labels, ends, strict=False)
        if remark[label.end() : end].strip(_NOTHING)
    }
    return tuple(part for part in REMARK_PARTS if part not in named)


def transport_remark(origin: str, destination: str, vehicle: str, goods: str) -> str:
    """The remark as it is printed: `起运地:上海 到达地:成都 车种车号:沪A12345 货物:电子产品`."""
    told = (origin, destination, vehicle, goods)
    labels = (label for label, _ in REMARK_PARTS.values())
    return " ".join(
        f"{label}:{value.strip()}" for label, value in zip(labels, told, strict=True) if value.strip()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RedFacts:
    """A red-letter invoice: a number of its own, and the number of its confirmation sheet 红字信息确认单."""

    number: str
    issued_on: date
    sheet_number: str
    reason: str
    code: str = ""


def check_red(red: RedFacts, kind: InvoiceKind, blue_on: date, today: date) -> None:
    """Raise InvalidMany for a wrong number, a day before the blue one, no sheet or no reason."""
    wrong = number_problems(kind, red.code, red.number)
    if red.issued_on > today:
        wrong["issued_on"] = t("This day is still to come.")
    elif red.issued_on < blue_on:
        wrong["issued_on"] = t("The red invoice cannot be older than the blue one.")
    if kind is not InvoiceKind.RECEIPT and not red.sheet_number:
        wrong["sheet_number"] = t("Name the confirmation sheet of the red invoice.")
    if not red.reason:
        wrong["reason"] = t("Say why it is reversed.")
    if wrong:
        raise InvalidMany(wrong)
