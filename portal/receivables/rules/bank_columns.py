"""Which column of a bank's file says what: the spellings of Chinese banks, and English ones, in any order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import header_texts, positions, wrong_header
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Row, Table, column_letter
from portal.kernel.text import t

SEARCHED = 60
LEAST = 3
"""So many known headers make a header row: a preamble names accounts and days too."""


class Told(StrEnum):
    """What a column says."""

    DAY = "day"
    CREDIT = "credit"
    DEBIT = "debit"
    AMOUNT = "amount"
    SIDE = "side"
    CURRENCY = "currency"
    PAYER = "payer"
    PAYER_ACCOUNT = "payer_account"
    MEMO = "memo"
    REFERENCE = "reference"
    ACCOUNT = "account"
    BALANCE = "balance"


_SPELLINGS = {
    Told.DAY: "入账日期;记账日期;记账日;交易日期;交易日;交易时间;入账时间;交易日期时间;日期;起息日;"
    "Posting date;Booking date;Transaction date;Value date;Date",
    Told.CREDIT: "贷方发生额;贷方金额;贷方发生金额;贷方;收入金额;收入;收入元;存入金额;转入金额;贷方发生额收入;"
    "贷方发生额元;收款金额;Credit;Credit amount;Deposit;Money in;Paid in",
    Told.DEBIT: "借方发生额;借方金额;借方发生金额;借方;支出金额;支出;支出元;支取金额;转出金额;借方发生额支取;"
    "借方发生额元;付款金额;Debit;Debit amount;Withdrawal;Money out;Paid out",
    Told.AMOUNT: "交易金额;发生额;发生金额;金额;交易额;Amount;Transaction amount",
    Told.SIDE: "借贷标志;借贷标识;借贷方向;收支标志;收支类型;收支方向;交易方向;借贷;收支;借/贷;收/支;"
    "交易类型;Debit/credit;Dr/Cr;D/C;C/D;Direction",
    Told.CURRENCY: "币种;货币;交易币种;账户币种;Currency;CCY",
    Told.PAYER: "对方户名;对方名称;对方账户名称;对方账户名;对方单位名称;对方单位;付款人名称;付款方户名;"
    "付款方名称;付款人户名;付款人;收付方名称;对手户名;交易对手名称;对手方名称;Counterparty name;Counterparty;"
    "Payer name;Payer;Remitter;Ordering customer",
    Told.PAYER_ACCOUNT: "对方账号;对方账户;对方卡号;付款人账号;付款方账号;收付方账号;对手账号;交易对手账号;对方帐号;"
    "Counterparty account;Payer account;Remitter account",
    Told.MEMO: "摘要;用途;附言;交易附言;交易摘要;摘要内容;备注;交易用途;客户附言;汇款附言;Memo;Remark;Remarks;"
    "Description;Narrative;Purpose;Details;Payment details",
    Told.REFERENCE: "交易流水号;流水号;银行流水号;核心流水号;账户明细编号;交易序号;明细序号;业务流水号;业务编号;"
    "交易编号;企业流水号;回单编号;凭证号;凭证号码;Transaction ID;Transaction reference;Bank reference;"
    "Reference;Reference no;Serial no;Serial number",
    Told.ACCOUNT: "本方账号;我方账号;账号;帐号;账户;查询账号;本方账户;Own account;Account;Account number;Account no",
    Told.BALANCE: "余额;账户余额;交易后余额;可用余额;本次余额;Balance;Running balance",
}
"""Of several columns that say the same the one named first counts; memos are joined."""

KNOWN = {
    squeeze(word): (told, place)
    for told, words in _SPELLINGS.items()
    for place, word in enumerate(words.split(";"))
}
HEADERS: Mapping[Told, tuple[str, str]] = {
    told: (words.split(";")[0], next(w for w in words.split(";") if w.isascii()))
    for told, words in _SPELLINGS.items()
}
"""Each column's usual name in Chinese and English."""
_ACCOUNT_LINE = re.compile(
    r"(?:本方账号|我方账号|查询账号|账\s*号|帐\s*号|账户|account(?: number| no\.?)?)\s*[:：]?\s*([\d\s*-]{6,40})?",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"[\d\s-]{6,40}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: its index from 0, and its letter and header for messages."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The header row's number, the column of each meaning (memos may be several), our account if the head names it."""

    header_row: int
    places: Mapping[Told, tuple[Place, ...]]
    account: str = ""

    def first(self, told: Told) -> Place | None:
        """The column that counts for a meaning."""
        found = self.places.get(told)
        return found[0] if found else None


def find_columns(table: Table) -> Columns:
    """The columns by the row with the most known headers; FileProblems naming what is missing or doubled."""
    head = table.head(SEARCHED)
    number, header = _header(head)
    if not header:
        listed = ", ".join(HEADERS[told][0] for told in (Told.DAY, Told.CREDIT, Told.PAYER))
        expected = t("a header row with columns such as: %(headers)s", headers=listed)
        raise FileProblems([Problem(None, None, "", expected)])
    problems: list[Problem] = []
    ranked: dict[Told, list[tuple[int, Place]]] = {}
    for word, where in positions(header).items():
        if word not in KNOWN:
            continue
        told, rank = KNOWN[word]
        shown = str(header[where[0]]).strip()
        if len(where) > 1:
            problems.append(wrong_header(shown, where, number, header))
        place = Place(where[0], f"{column_letter(where[0] + 1)} · {shown}")
        ranked.setdefault(told, []).append((rank, place))
    places = {
        told: tuple(place for _, place in sorted(found, key=lambda each: each[0]))
        for told, found in ranked.items()
    }
    problems += _missing(places, number, header)
    if problems:
        raise FileProblems(problems)
    return Columns(number, places, _account_above(head, number))


def _missing(places: Mapping[Told, tuple[Place, ...]], number: int, header: Row) -> list[Problem]:
    problems = []
    if Told.DAY not in places:
        problems.append(wrong_header(" / ".join(HEADERS[Told.DAY]), [], number, header))
    if Told.CREDIT not in places and Told.AMOUNT not in places:
        problems.append(wrong_header(" / ".join(HEADERS[Told.CREDIT]), [], number, header))
    if not {Told.PAYER, Told.PAYER_ACCOUNT, Told.MEMO} & set(places):
        problems.append(wrong_header(" / ".join(HEADERS[Told.PAYER]), [], number, header))
    return problems


def _header(head: list[tuple[int, Row]]) -> tuple[int, Row]:
    best: tuple[int, Row] = (0, [])
    most = LEAST - 1
    for number, row in head:
        known = {KNOWN[w][0] for w in map(squeeze, header_texts(row)) if w in KNOWN}
        if len(known) > most:
            best, most = (number, row), len(known)
    return best


def _account_above(head: list[tuple[int, Row]], header_row: int) -> str:
    """Our account where a line above the header names it: `账号:6222…`, or the number in the next cell."""
    for number, row in head:
        if number >= header_row:
            break
        texts = header_texts(row)
        for place, text in enumerate(texts):
            found = _ACCOUNT_LINE.match(text)
            if found is None:
                continue
            told = found[1] or (texts[place + 1] if place + 1 < len(texts) else "")
            if _ACCOUNT.fullmatch(cells.read_text(told)):
                return account_number(told)
    return ""


def account_number(text: str) -> str:
    """An account number without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text)
