"""A credit note, dunning letters and accounts with everything on them, as values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from portal.billing.rules.credit_paper import CreditPaper
from portal.billing.rules.paper_words import CREDIT_NOTES
from portal.billing.rules.statement_paper import Verification
from portal.documents.rules.words import PaperLanguage, Words, same
from portal.kernel.capitals import capital_amount, english_amount
from portal.receivables.rules.ageing import headings
from portal.receivables.rules.paper import (
    AccountPaper,
    AccountRow,
    AccountSection,
    AgeingCell,
    DunningPaper,
    OpenBill,
)
from portal.receivables.rules.paper_words import CHECK_BALANCES, DISPUTED_APART, PAID_ALREADY
from tests.documents.samples import firm
from tests.documents.statement_samples import BRANCHES, CONTACT, CUSTOMER, a_line

D = Decimal
BOTH = PaperLanguage.BOTH
BILL, MONEY = Words("对账单", "Statement"), Words("收款", "Receipt")
PROOF = Verification("7K2M-94QX", "https://portal.farhaven.example/v/7K2M-94QX")
AT = datetime(2026, 5, 15, 2, tzinfo=UTC)


@cache
def credit(language: PaperLanguage = BOTH) -> CreditPaper:
    """A line billed twice is given back."""
    return CreditPaper(
        number="CN-2026-000007", issued_on=date(2026, 4, 8), created_at=AT, currency="CNY", firm=firm(),
        customer=CUSTOMER, contact=CONTACT, name=Words("贷项：重复计收文件费", "Credit: documentation billed twice"),
        reason="同一提单文件费重复计收，经核对属实，全额退回。", tax_label=same("6%"), net=D("424.53"), tax=D("25.47"),
        gross=D("450.00"), statement="ST-2026-000009", line=a_line(4), dispute="DP-2026-000003",
        placed_on="ST-2026-000012", served=BRANCHES[1],
        in_words=Words(capital_amount(D("450.00")), english_amount(D("450.00"), "CNY")),
        notes=CREDIT_NOTES,
        verification=PROOF, is_sealed=True, language=language,
    )  # fmt: skip


@cache
def letter(language: PaperLanguage = BOTH) -> DunningPaper:
    """The letter with seal of the fifteenth day: three bills, one of them partly disputed."""
    bills = (
        OpenBill("ST-2026-000004", date(2026, 3, 1), date(2026, 3, 31), 45, D("86420.50"), D("36420.50")),
        OpenBill("ST-2026-000009", date(2026, 4, 1), date(2026, 4, 30), 15, D("434453.22"), D("434453.22"), D("8450")),
        OpenBill("ST-2026-000017", date(2026, 5, 1), date(2026, 5, 30), 0, D("120300.00"), D("120300.00")),
    )  # fmt: skip
    asked = sum((bill.asked for bill in bills), D(0))
    return DunningPaper(
        number="DN-2026-000005", level=Words("催款函", "Letter of demand"), issued_on=date(2026, 5, 15), created_at=AT,
        pay_until=date(2026, 5, 22), currency="CNY", firm=firm(), customer=CUSTOMER, contact=CONTACT,
        text=Words(
            "以下款项经提醒仍未收到。请于收函之日起七日内付清，否则我司将暂停接受新的委托。",
            "In spite of our reminders the following has not been paid. Please settle it within seven days; otherwise "
            "we shall take no new orders.",
        ),
        bills=bills, in_words=Words(capital_amount(asked), english_amount(asked, "CNY")),
        notes=(DISPUTED_APART, PAID_ALREADY),
        accounts=firm().accounts[:1], verification=PROOF, is_sealed=True, language=language,
    )  # fmt: skip


@cache
def account(count: int = 12, language: PaperLanguage = BOTH) -> AccountPaper:
    """A quarter in two currencies: `count` movements in yuan, three in dollars."""
    first = date(2026, 1, 1)
    yuan = [
        (BILL, f"ST-2026-{k:06}", D(1000 + 37 * k)) if k % 3 else (MONEY, f"RC-2026-{k:06}", D(-900 - 11 * k))
        for k in range(1, count + 1)
    ]  # fmt: skip
    dollars = [
        (BILL, "ST-2026-000021", D("5600.00")),
        (BILL, "ST-2026-000033", D("4100.00")),
        (MONEY, "RC-2026-000050", D("-5600.00")),
    ]
    return AccountPaper(
        number="C0001-20260331", from_on=first, until_on=date(2026, 3, 31), issued_on=date(2026, 4, 2), created_at=AT,
        firm=firm(), customer=CUSTOMER, contact=CONTACT,
        sections=(_section("CNY", D("86420.50"), yuan), _section("USD", D(0), dollars)),
        notes=(CHECK_BALANCES,),
        verification=PROOF, is_sealed=True, language=language,
    )  # fmt: skip


def _section(
    currency: str, opening: Decimal, moves: list[tuple[Words, str, Decimal]]
) -> AccountSection:
    rows, balance = [], opening
    for place, (what, reference, change) in enumerate(moves):
        on, balance = date(2026, 1, 1) + timedelta(days=place * 89 // len(moves)), balance + change
        due_on = on + timedelta(days=30) if change > 0 else None
        rows.append(AccountRow(on, what, reference, change, balance, due_on))
    disputed = D("450.00") if currency == "CNY" else D(0)
    shares = (balance - disputed - D("1200.00"), D("900.00"), D("300.00"), D(0), D(0))
    cells = tuple(AgeingCell(*each) for each in zip(headings(), shares, strict=True))
    place = ("CNY", "USD").index(currency)
    return AccountSection(
        currency, opening, tuple(rows), cells, disputed, accounts=firm().accounts[place : place + 1]
    )
