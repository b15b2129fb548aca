"""Statements with everything on them, as values: of one firm, of a group with branches, of thousands of lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from portal.billing.rules.paper_sums import named_by, originals, summed
from portal.billing.rules.statement_paper import (
    Balance,
    LedgerParty,
    PaperLine,
    PaperSection,
    ReceivedRow,
    StatementPaper,
    Verification,
)
from portal.catalogue.rules.tax import TaxKind, TaxTerms, tax_line
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.capitals import capital_amount, english_amount
from portal.kernel.money import round_money
from tests.documents.samples import firm

D = Decimal
SIX = (same("6%"), TaxTerms(TaxKind.TAXED, D(6), inclusive=True))
NINE = (same("9%"), TaxTerms(TaxKind.TAXED, D(9), inclusive=True))
EXEMPT = (Words("免税", "Exempt"), TaxTerms(TaxKind.EXEMPT))
USD_RATE = D("7.1260")
SERVICES = (
    ("海运费 上海–纽约 40HQ", "Ocean freight Shanghai–New York 40HQ", "USD", "3850", "柜", "box", EXEMPT),
    ("码头操作费 40′", "Terminal handling 40′", "CNY", "886", "柜", "box", SIX),
    ("报关费", "Customs declaration", "CNY", "250", "票", "declaration", SIX),
    ("拖车费 上海至洋山", "Haulage Shanghai to Yangshan", "CNY", "1450", "车", "truck", NINE),
    ("文件费", "Documentation", "CNY", "450", "票", "bill", SIX),
    ("入库装卸费", "Inbound handling", "CNY", "28.5", "托", "pallet", SIX),
    ("贴标费", "Labelling", "CNY", "0.566976", "件", "piece", SIX),
)  # fmt: skip
BRANCHES = (
    Words("海港食品有限公司", "Harbour Foods Ltd."),
    Words("海港食品苏州分公司", "Harbour Foods Suzhou Branch"),
    Words("海港食品宁波分公司", "Harbour Foods Ningbo Branch"),
)
CUSTOMER = LedgerParty(
    BRANCHES[0],
    "91310109MA1FL0XX1A",
    Words("上海市杨浦区军工路 1 号"),
    same("林晓雯"),
    ("021-6666 0101", "lin@harbour.example"),
)
CONTACT = LedgerParty(
    firm().name, person=Words("周敏 财务", "Zhou Min, accounts"), contacts=("021-5555 0166", "billing@farhaven.example")
)  # fmt: skip
DEEMED = Words(
    "按合同约定，2026年4月12日前未提出异议的，视为确认本对账单。",
    "By the contract this statement counts as confirmed unless disputed by 2026-04-12.",
)
ASKED = Words(
    "请于 2026-04-07 前核对并确认；有异议的请逐笔说明。",
    "Please check and answer by 2026-04-07; disputes are stated line by line.",
)


def a_line(serial: int) -> PaperLine:
    """The line with that number: services, days, quantities and references in turn."""
    name_zh, name_en, currency, rate, unit_zh, unit_en, (label, tax) = SERVICES[serial % 7]
    quantity = D(serial % 9 + 1) * (120 if name_zh == "贴标费" else 1)
    amount = round_money(quantity * D(rate), currency)
    converted = round_money(amount * USD_RATE, "CNY") if currency == "USD" else amount
    taxed = tax_line(converted, tax)
    on = date(2026, 3, 1) + timedelta(days=serial % 31)
    return PaperLine(
        serial=serial,
        starts_on=on,
        ends_on=on,
        name=Words(name_zh, name_en),
        reference=f"SH-2026-{serial * 7 % 100000:06}",
        contract="CT-2026-000012" if serial % 5 else "CT-2025-000087",
        quantity=quantity,
        unit=Words(unit_zh, unit_en),
        rate=D(rate),
        currency=currency,
        amount=amount,
        exchange_rate=USD_RATE if currency == "USD" else None,
        converted=converted,
        tax_label=label,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        is_late=serial % 29 == 4,
    )


def storage_line(serial: int) -> PaperLine:
    """A month of stock, priced by bands: no one rate."""
    taxed = tax_line(D("18462.37"), SIX[1])
    return replace(
        a_line(5), serial=serial, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31), is_late=False,
        name=Words("仓储费 外高桥仓", "Storage, Waigaoqiao warehouse"), reference="", quantity=D("21720.438"),
        unit=Words("m³·天", "m³·day"), rate=None, amount=taxed.gross, converted=taxed.gross, net=taxed.net,
        tax=taxed.tax, gross=taxed.gross,
    )  # fmt: skip


def credit_line(serial: int) -> PaperLine:
    """What came back of a dispute."""
    taxed = tax_line(D("-450.00"), SIX[1])
    return replace(
        a_line(4), serial=serial, name=Words("贷项：重复计收文件费", "Credit: documentation billed twice"),
        reference="CN-2026-000007", quantity=D(1), rate=D("-450"), amount=taxed.gross, converted=taxed.gross,
        net=taxed.net, tax=taxed.tax, gross=taxed.gross, is_late=False,
    )  # fmt: skip


def section(name: Words, lines: tuple[PaperLine, ...]) -> PaperSection:
    """A branch's lines with their sums."""
    return PaperSection(
        name, lines, summed(lines), named_by(lines, lambda each: each.tax_label), originals(lines)
    )


@cache
def statement(
    count: int = 18, language: PaperLanguage = PaperLanguage.BOTH, branches: int = 1
) -> StatementPaper:
    """A statement of `count` lines over one firm or a group's branches."""
    lines = [a_line(serial) for serial in range(1, count - 1)]
    lines += [storage_line(count - 1), credit_line(count)]
    share = -(-count // branches)
    parts = [tuple(lines[start : start + share]) for start in range(0, count, share)]
    sections = tuple(section(BRANCHES[k % 3], part) for k, part in enumerate(parts))
    sums = summed(lines)
    return StatementPaper(
        number="ST-2026-000012",
        revision=1,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
        issued_on=date(2026, 4, 1),
        created_at=datetime(2026, 4, 1, 2, tzinfo=UTC),
        currency="CNY",
        firm=firm(),
        customer=CUSTOMER,
        contact=CONTACT,
        balance=Balance(D("86420.50"), D("80000.00"), sums.gross),
        sums=sums,
        sections=sections,
        by_service=named_by(lines, lambda each: each.name),
        by_tax=named_by(lines, lambda each: each.tax_label),
        by_currency=originals(lines),
        measured=(same("21,720.438 m³·天"), same("48 TEU")),
        receipts=(
            ReceivedRow(date(2026, 3, 9), "RC-2026-000031", D("50000.00")),
            ReceivedRow(date(2026, 3, 25), "RC-2026-000040", D("30000.00")),
        ),
        accounts=firm().accounts[:1],
        in_words=Words(capital_amount(sums.gross), english_amount(sums.gross, "CNY")),
        notes=(ASKED, DEEMED),
        due_on=date(2026, 4, 30),
        is_sealed=True,
        verification=Verification("7K2M-94QX", "https://portal.farhaven.example/v/7K2M-94QX"),
        language=language,
    )


def revised() -> StatementPaper:
    """The second revision, with its reason, without a note on deemed confirmation."""
    return replace(
        statement(), revision=2, revision_reason="第 3 行数量更正为 4 票", notes=(ASKED,), mark=NO_WORDS
    )  # fmt: skip
