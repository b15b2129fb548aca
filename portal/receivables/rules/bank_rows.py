"""The rows of a bank's file as plain values: what came in, what is wrong by row and column, what went out counted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import shown
from portal.kernel.errors import Problem
from portal.kernel.money import round_money
from portal.kernel.tables import Cell, Row, Table
from portal.kernel.text import Text, t
from portal.receivables.rules.bank_columns import Columns, Place, Told, account_number

ZERO = Decimal(0)
LONGEST = {"reference": 80, "payer_name": 160, "payer_account": 80, "memo": 300, "account": 80}
_TOTALS = re.compile(
    r"^(?:合计|总计|小计|本[页期](?:小计|合计)|期[初末]余额|total|subtotal)", re.IGNORECASE
)
_SIGN = re.compile(r"^\s*(?:CNY|RMB|人民币|￥|¥)\s*", re.IGNORECASE)
_CREDIT_WORDS = frozenset(
    ["贷", "贷方", "收", "收入", "入账", "转入", "存入", "来账", "c", "cr", "credit", "in", "+"]
)
_DEBIT_WORDS = frozenset(
    ["借", "借方", "支", "支出", "付", "付款", "出账", "转出", "支取", "往账", "d", "dr", "debit", "out", "-"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BankRow:
    """Money that came in: one credit row of the file."""

    row: int
    account: str
    reference: str
    on: date
    currency: str
    amount: Decimal
    payer_name: str
    payer_account: str
    memo: str


@dataclass(slots=True)
class Reading:
    """What a file gave. `debits`: rows of money that went out, which nobody needs here."""

    rows: list[BankRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    debits: int = 0

    @property
    def errors(self) -> int:
        """How many problems keep the file out."""
        return sum(each.severity == "error" for each in self.problems)


def read(
    table: Table, columns: Columns, today: date, *, account: str = "", currency: str = "CNY"
) -> Reading:
    """Every credit row. `account` and `currency` count where the file does not say; a row with an error is left out."""
    reader = _Reader(columns, today, columns.account or account_number(account), currency)
    for number, row in _body(table, columns):
        reader.take(number, row)
    if not reader.reading.count:
        place = columns.first(Told.DAY)
        reader.wrong(columns.header_row + 1, place, None, t("at least one row below the header row"))  # fmt: skip
    return reader.reading


def _body(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    """(row number, cells) below the header, without empty lines and the bank's own totals."""
    for number, row in table.rows():
        if number <= columns.header_row or all(map(cells.is_blank, row)):
            continue
        first = next((text for text in map(cells.read_text, row) if text), "")
        if not _TOTALS.match(first):
            yield number, row


class _Reader:
    def __init__(self, columns: Columns, today: date, account: str, currency: str) -> None:
        self.columns, self.today = columns, today
        self.account, self.currency = account, currency
        self.reading = Reading()
        self._rows_of: dict[tuple[str, str], int] = {}
        self._alike: Counter[str] = Counter()

    def take(self, number: int, row: Row) -> None:
        self.reading.count += 1
        before = len(self.reading.problems)
        amount, place = self._amount(number, row)
        if amount is not None and amount <= 0 and len(self.reading.problems) == before:
            self.reading.debits += 1
            return
        on = self._day(number, row)
        currency = self._currency(number, row)
        account = self._account(number, row)
        if amount is not None and currency and round_money(amount, currency) != amount:
            expected = t("an amount with the decimals of %(currency)s", currency=currency)
            self.wrong(number, place, _cell(row, place), expected)
        if amount is None or on is None or len(self.reading.problems) > before:
            return
        payer, theirs = (self._words(row, told) for told in (Told.PAYER, Told.PAYER_ACCOUNT))
        memo = " ".join(dict.fromkeys(filter(None, self._all_words(row, Told.MEMO))))
        told = (account, on.isoformat(), currency, f"{amount:f}", payer, theirs, memo)
        reference = self._words(row, Told.REFERENCE) or self._made_up(row, told)
        if not self._is_new(number, row, account, reference):
            return
        self.reading.rows.append(
            BankRow(
                number, account, reference[: LONGEST["reference"]], on, currency, amount,
                payer[: LONGEST["payer_name"]], account_number(theirs)[: LONGEST["payer_account"]],
                memo[: LONGEST["memo"]],
            )
        )  # fmt: skip

    def wrong(self, number: int, place: Place | None, found: Cell, expected: Text) -> None:
        label = place.label if place else None
        self.reading.problems.append(Problem(number, label, shown(found), expected))

    def _amount(self, number: int, row: Row) -> tuple[Decimal | None, Place | None]:
        """What came in, with its column; zero or less: it went out. None where it cannot be read."""
        credit, debit = self.columns.first(Told.CREDIT), self.columns.first(Told.DEBIT)
        if credit is None:
            return self._signed(number, row)
        came, went = self._number(number, row, credit), self._number(number, row, debit)
        if came is None or went is None:
            return None, credit
        if came and went:
            self.wrong(number, credit, _cell(row, credit), t("money in or money out, not both"))
            return None, credit
        if not came and not went:
            self.wrong(number, credit, _cell(row, credit), t("an amount"))
            return None, credit
        return (came or -abs(went)), credit

    def _signed(self, number: int, row: Row) -> tuple[Decimal | None, Place | None]:
        """One column for both sides: a column beside it says which, or the sign does."""
        place, side = self.columns.first(Told.AMOUNT), self.columns.first(Told.SIDE)
        amount = self._number(number, row, place)
        if amount is None:
            return None, place
        if not amount:
            self.wrong(number, place, _cell(row, place), t("an amount"))
            return None, place
        if side is None:
            return amount, place
        word = cells.read_text(_cell(row, side)).casefold()
        if word in _DEBIT_WORDS:
            return -abs(amount), place
        if word not in _CREDIT_WORDS:
            self.wrong(
                number, side, _cell(row, side), t("money in or money out: 贷 or 借, 收入 or 支出")
            )
            return None, place
        return amount, place

    def _number(self, number: int, row: Row, place: Place | None) -> Decimal | None:
        """The number in a cell; 0 for a blank one or a missing column, None after telling a problem."""
        cell = _cell(row, place)
        try:
            return cells.read_number(_SIGN.sub("", cell) if isinstance(cell, str) else cell) or ZERO
        except cells.Unreadable as unreadable:
            self.wrong(number, place, cell, unreadable.expected)
            return None

    def _day(self, number: int, row: Row) -> date | None:
        place = self.columns.first(Told.DAY)
        cell = _cell(row, place)
        text = cells.read_text(cell)
        try:
            on = cells.read_day(text[:8] if re.fullmatch(r"\d{8}[ T]?[\d:]{4,8}", text) else cell)
        except cells.Unreadable as unreadable:
            self.wrong(number, place, cell, unreadable.expected)
            return None
        if on is None:
            self.wrong(number, place, cell, t("a date such as 2026-03-02"))
        elif on > self.today:
            self.wrong(number, place, cell, t("a day that is not still to come"))
        return on

    def _currency(self, number: int, row: Row) -> str:
        place = self.columns.first(Told.CURRENCY)
        try:
            return cells.read_currency(_cell(row, place)) or self.currency
        except cells.Unreadable as unreadable:
            self.wrong(number, place, _cell(row, place), unreadable.expected)
            return ""

    def _account(self, number: int, row: Row) -> str:
        account = account_number(self._words(row, Told.ACCOUNT)) or self.account
        if not account:
            self.wrong(
                number, None, None, t("which of our accounts this is: choose it beside the file")
            )
        return account[: LONGEST["account"]]

    def _is_new(self, number: int, row: Row, account: str, reference: str) -> bool:
        first = self._rows_of.setdefault((account, reference), number)
        if first != number:
            place = self.columns.first(Told.REFERENCE)
            expected = t("a reference that is used once; row %(row)s has it", row=first)
            self.wrong(number, place, reference, expected)
        return first == number

    def _made_up(self, row: Row, told: tuple[str, ...]) -> str:
        """A reference for a bank that gives none: the same row of the same file is always the same.

        Rows that are alike in everything, the balance too, are told apart by their order.
        """
        content = "\n".join((*told, self._words(row, Told.BALANCE)))
        self._alike[content] += 1
        content += f"\n{self._alike[content]}"
        return f"#{hashlib.sha256(content.encode()).hexdigest()[:24]}"

    def _words(self, row: Row, told: Told) -> str:
        return next(filter(None, self._all_words(row, told)), "")

    def _all_words(self, row: Row, told: Told) -> list[str]:
        words = [_cell(row, place) for place in self.columns.places.get(told, ())]
        return ["" if cells.is_blank(cell) else cells.read_text(cell) for cell in words]


def _cell(row: Row, place: Place | None) -> Cell:
    return row[place.index] if place is not None and place.index < len(row) else None
