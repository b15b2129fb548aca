"""What a printed statement shows: every line, every sum, in three languages, however long it is."""

from __future__ import annotations

import io
import re
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pypdf
import pytest

from portal.billing.rules import credit_paper, statement_paper
from portal.billing.rules.statement_paper import LARGE_STATEMENT, period_words
from portal.documents import page
from portal.documents.filters import amount
from portal.documents.render import PrintedPaper
from portal.documents.rules.words import PaperLanguage
from tests.documents import statement_samples as samples

ZH, EN, BOTH = PaperLanguage
TEMPLATE = "statement.html"


def pages_of(paper: PrintedPaper) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages]


@pytest.fixture(scope="module")
def text(printed):
    """The text of a statement: count, language, branches."""

    def read(count=18, language=BOTH, branches=1):
        return "".join(
            pages_of(printed(samples.statement(count, language, branches), language, TEMPLATE))
        )

    return read


def test_a_chinese_statement_says_whose_it_is_what_is_owed_and_until_when(text):
    for shown in (
        "对账单", "ST-2026-000012", "海港食品有限公司", "91310109MA1FL0XX1A", "2026-03", "2026年4月30日", "周敏",
        "期初余额", "86,420.50", "本期收款", "80,000.00", "RC-2026-000031", "期末余额", "440,873.72",
        "人民币肆拾叁万肆仟肆佰伍拾叁元贰角贰分", "4550 0000 0000 0001", "视为确认", "7K2M-94QX", "第 1 页 / 共 2 页",
    ):  # fmt: skip
        assert shown in text(18, ZH), shown


def test_a_bilingual_statement_says_chinese_first_and_english_beside_it(text):
    for shown in (
        "STATEMENT",
        "期末余额 Closing balance",
        "报关费",
        "Customs declaration",
        "2026-04-30",
    ):
        assert shown in text()
    assert "SAY CHINESE YUAN FOUR HUNDRED" in text()


def test_an_english_statement_has_no_chinese_word_of_ours(text):
    for chinese in ("对账单", "期初", "小计", "回执", "报关费", "人民币", "视为确认"):
        assert chinese not in text(18, EN)
    assert "We find differences, as follows:" in text(18, EN)


def test_a_line_names_its_day_reference_contract_quantity_price_and_tax(text):
    for shown in (
        "2026-03-03",
        "SH-2026-000014",
        "CT-2025-000087",
        "600 件",
        "0.566976",
        "340.19",
        "9%",
        "免税",
    ):
        assert shown in text(18, ZH)


def test_a_converted_line_shows_its_own_currency_and_the_rate(text):
    for shown in ("USD 30,800.00", "7.1260", "219,480.80", "53,900.00", "384,091.40"):
        assert shown in text(18, ZH)


def test_a_late_line_says_so_and_a_stretch_of_days_is_one(text):
    assert "补录" in text(18, ZH) and "2026-03-01/31" in text(18, ZH)


def test_the_slip_to_be_returned_has_room_for_yes_and_for_differences(text):
    whole = text(18, ZH)
    for shown in ("回执", "我司确认以上金额无误", "差异", "客户（盖章）", "经办人", "日期"):
        assert shown in whole


def test_one_contract_is_named_in_the_head_and_not_on_every_line(printed):
    facts = samples.statement(18, ZH)
    (own,) = facts.sections
    lines = tuple(replace(line, contract="CT-2026-000012") for line in own.lines)
    paper = replace(facts, sections=(replace(own, lines=lines),))
    assert "".join(pages_of(printed(paper, ZH, TEMPLATE))).count("CT-2026-000012") == 1


@pytest.mark.parametrize("count", [40, 200])
def test_the_sums_on_paper_are_those_of_the_lines(text, count):
    facts = samples.statement(count, ZH, 3)
    whole = text(count, ZH, 3)
    lines = [line for section in facts.sections for line in section.lines]
    assert len(lines) == count == facts.sums.lines
    total = sum((line.net + line.tax for line in lines), Decimal(0))
    for each in (total, *(row.sums.gross for row in facts.by_service + facts.by_tax)):
        assert amount(each, "CNY") in whole
    for section in facts.sections:
        assert amount(sum((line.gross for line in section.lines), Decimal(0)), "CNY") in whole


def test_up_to_sixty_lines_are_rows_of_the_table_and_above_come_in_an_annex(printed):
    small = printed(samples.statement(LARGE_STATEMENT, ZH), ZH, TEMPLATE)
    large = printed(samples.statement(LARGE_STATEMENT + 1, ZH), ZH, TEMPLATE)
    sides = [pypdf.PdfReader(io.BytesIO(each)).pages[-1].mediabox for each in (small, large)]
    assert sides[0].width < sides[0].height and sides[1].width > sides[1].height
    assert "逐笔明细见附件" in "".join(pages_of(large)) not in pages_of(small)


@pytest.mark.parametrize("count", [40, 200, 2000])
def test_the_head_row_stands_on_every_page_of_lines_and_every_line_is_there_once(printed, count):
    found = pages_of(printed(samples.statement(count, ZH, 3), ZH, TEMPLATE))
    references = [f"SH-2026-{n * 7 % 100000:06}" for n in range(1, count - 1)]
    with_lines = [each for each in found if any(name in each for name in references[::9])]
    assert len(with_lines) >= count // 60
    for each in with_lines:
        assert "价税合计" in each and "业务编号" in each
    printed_names = re.findall(r"SH-2026-\d{6}", "".join(found))
    assert sorted(printed_names) == sorted(references)


def test_two_thousand_lines_have_moderate_size_and_number_of_pages(printed):
    paper = printed(samples.statement(2000, ZH, 3), ZH, TEMPLATE)
    assert len(paper) < 320_000 and paper.pages < 50


def test_its_typefaces_are_embedded_subsets_of_ours(printed):
    paper = printed(samples.statement(200, BOTH, 3), BOTH, TEMPLATE)
    names = set()
    for each in pypdf.PdfReader(io.BytesIO(paper)).pages:
        for font in each["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in below["/FontDescriptor"]
            names.add(str(font.get_object()["/BaseFont"]))
    assert len(names) == 2 and all(re.match(r"/[A-Z]{6}\+Portal-Sans-SC", each) for each in names)


def test_the_file_is_archivable_tagged_and_titled(printed):
    paper = printed(samples.statement(200, BOTH, 3), BOTH, TEMPLATE)
    reader = pypdf.PdfReader(io.BytesIO(paper))
    assert b'pdfaid:part="2"' in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "对账单 Statement ST-2026-000012-R1"


def test_a_revision_says_that_it_is_one_and_why(printed):
    whole = "".join(pages_of(printed(samples.revised(), BOTH, TEMPLATE)))
    assert "第 3 行数量更正为 4 票" in whole and "视为确认" not in whole


def test_the_browser_gets_a_table_where_the_press_gets_light_rows():
    facts = samples.statement(200, ZH)
    screen = page.preview(TEMPLATE, replace(facts, is_for_screen=True), ZH)
    paper = page.preview(TEMPLATE, facts, ZH)
    assert 'class="light' not in screen and screen.count("<tr") > 200
    assert paper.count('<p class="light') > 200


def test_typed_words_are_printed_as_typed(printed):
    facts = samples.statement(18, ZH)
    (own,) = facts.sections
    odd = replace(own.lines[0], reference="<b>{{ 7*7 }}</b>")
    paper = replace(facts, sections=(replace(own, lines=(odd, *own.lines[1:])),))
    assert "<b>{{ 7*7 }}</b>" in "".join(pages_of(printed(paper, ZH, TEMPLATE))).replace("\n", "")


def test_a_whole_month_is_called_by_its_name():
    one, last = samples.statement().starts_on, samples.statement().ends_on
    assert period_words(one, last) == "2026-03"
    assert period_words(one, one) == "2026-03-01–2026-03-01"
    assert period_words(one.replace(month=2), last) == "2026-02-01–2026-03-31"


def test_no_value_of_the_paper_can_hold_a_cost_or_an_internal_note():
    words = ("cost", "margin", "rebate", "internal", "working", "floor", "profit", "credit_limit")
    classes = {
        each
        for module in (statement_paper, credit_paper)
        for each in vars(module).values()
        if is_dataclass(each)
    }
    names = [field.name for each in classes for field in fields(each)]
    assert len(names) > 60
    assert not [name for name in names if any(word in name for word in words) or name == "note"]
