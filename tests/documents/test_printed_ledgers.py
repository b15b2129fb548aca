"""What a printed credit note, a dunning letter and a statement of account show."""

from __future__ import annotations

import io
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pypdf
import pytest

from portal.documents.filters import amount
from portal.documents.render import PrintedPaper
from portal.documents.rules.words import PaperLanguage
from portal.receivables.rules import paper as values
from portal.receivables.rules.paper import LONG_ACCOUNT
from tests.documents import ledger_samples as samples

ZH, EN, BOTH = PaperLanguage
CREDIT, LETTER, ACCOUNT = "credit_note.html", "dunning.html", "account.html"


def pages_of(paper: PrintedPaper) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages]


@pytest.fixture(scope="module")
def text(printed):
    def read(facts, template):
        return "".join(pages_of(printed(facts, facts.language, template)))

    return read


def test_a_credit_note_names_the_line_that_it_corrects_the_reason_and_the_tax(text):
    whole = text(samples.credit(ZH), CREDIT)
    for shown in (
        "贷项通知单", "CN-2026-000007", "ST-2026-000009", "DP-2026-000003", "ST-2026-000012", "文件费", "2,250.00",
        "同一提单文件费重复计收", "424.53", "6%", "25.47", "CNY 450.00", "人民币肆佰伍拾元整", "苏州分公司",
    ):  # fmt: skip
        assert shown in whole, shown


def test_a_credit_that_stands_for_itself_names_no_line(text):
    goodwill = replace(samples.credit(ZH), line=None, statement="", dispute="", placed_on="")
    whole = text(goodwill, CREDIT)
    assert "原对账明细" not in whole and "异议编号" not in whole and "CNY 450.00" in whole


def test_a_letter_names_every_bill_its_days_what_to_pay_where_and_until_when(text):
    whole = text(samples.letter(ZH), LETTER)
    for shown in (
        "催款函", "DN-2026-000005", "2026年5月22日", "七日内付清", "ST-2026-000004", "36,420.50", "45", "8,450.00",
        "CNY 582,723.72", "人民币伍拾捌万贰仟柒佰贰拾叁元柒角贰分", "4550 0000 0000 0001", "不在本次催款之内",
    ):  # fmt: skip
        assert shown in whole, shown


def test_a_letter_asks_for_nothing_that_is_disputed():
    letter = samples.letter()
    assert letter.asked == letter.open - letter.disputed == Decimal("582723.72")


def test_an_account_shows_every_movement_with_its_balance_and_the_age_of_what_is_open(text):
    facts = samples.account(12, ZH)
    whole = text(facts, ACCOUNT)
    for section in facts.sections:
        for row in section.rows:
            assert row.reference in whole and amount(row.balance, section.currency) in whole
        assert f"{section.currency} {amount(section.closing, section.currency)}" in whole
    for shown in ("往来对账单", "期初余额", "账龄", "异议中", "450.00", "回执", "USD 4,100.00"):
        assert shown in whole


def test_an_account_adds_up():
    for section in samples.account().sections:
        assert section.opening + section.debit - section.credit == section.closing
        aged = sum((cell.amount for cell in section.ageing), section.disputed)
        assert aged - section.prepaid == section.closing


def test_a_long_account_has_light_rows_with_heads_on_every_page(printed):
    facts = samples.account(LONG_ACCOUNT + 200, ZH)
    found = pages_of(printed(facts, ZH, ACCOUNT))
    with_rows = [each for each in found if each.count("2026-0") > 12]
    assert len(with_rows) >= 7
    for each in with_rows:
        assert "摘要" in each and "余额" in each
    assert "".join(found).count("RC-2026-") == (LONG_ACCOUNT + 200) // 3 + 1


@pytest.mark.parametrize(
    ("facts", "template"),
    [(samples.credit, CREDIT), (samples.letter, LETTER), (samples.account, ACCOUNT)],
)
def test_each_is_bilingual_english_only_and_archivable(printed, text, facts, template):
    english = text(facts(language=EN), template)
    for chinese in ("贷项", "催款", "往来", "账龄", "未清", "回执", "出单方"):
        assert chinese not in english
    paper = printed(facts(), BOTH, template)
    assert len(paper) < 70_000
    catalog = pypdf.PdfReader(io.BytesIO(paper)).trailer["/Root"]
    assert b'pdfaid:part="2"' in catalog["/Metadata"].get_object().get_data()


def test_no_value_of_these_papers_can_hold_what_is_ours_alone():
    words = ("cost", "margin", "internal", "rating", "limit", "promise", "called")
    classes = [each for each in vars(values).values() if is_dataclass(each)]
    names = [field.name for each in classes for field in fields(each)]
    assert len(names) > 40
    assert not [name for name in names if any(word in name for word in words) or name == "note"]
