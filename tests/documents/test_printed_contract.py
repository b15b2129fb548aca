"""What a printed contract and an amendment show, and what stands in their articles."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from portal.contracts.rules import paper as paper_values
from portal.contracts.rules.paper_words import articles
from portal.documents.render import PrintedPaper
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from tests.documents import contract_samples as samples

ZH, EN, BOTH = PaperLanguage


def text_of(paper: PrintedPaper) -> str:
    return "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages)


def said(language: str, **terms: object) -> str:
    """All articles in one language."""
    found = articles(date(2026, 3, 1), replace(samples.TERMS, **terms))
    return "\n".join(getattr(each, language) for article in found for each in article.paragraphs)


def test_a_chinese_contract_names_both_parties_its_prices_and_its_promises(printed):
    text = text_of(printed(samples.contract(ZH), ZH, "contract.html"))
    for shown in (
        "物流服务合同", "CT-2026-000012", "QT-2026-000128-v2", "海港食品有限公司", "91310109MA1FL0XX1A",
        "USD 3,850.00", "120 柜", "不限量", "提货时段：周一、二、三、四、五 08:30–17:30", "视为确认",
        "上海仲裁委员会", "授权代表", "7K2M-94QX",
    ):  # fmt: skip
        assert shown in text, shown


def test_a_bilingual_contract_says_each_sentence_in_both_languages(printed):
    text = text_of(printed(samples.contract(BOTH), BOTH, "contract.html"))
    assert "本合同自 2026-03-01 起至 2027-02-28 止。" in text
    assert "This contract runs from 2026-03-01 to 2027-02-28." in text
    assert "LOGISTICS SERVICE CONTRACT" in text


def test_an_english_contract_has_no_chinese_sentence(printed):
    text = text_of(printed(samples.contract(EN), EN, "contract.html"))
    assert "Party A pays within 30 days of the date of the statement." in text
    for chinese in ("合同", "甲方", "乙方", "对账单", "不限量", "视为确认"):
        assert chinese not in text


def test_an_amendment_says_what_it_changes_from_which_day(printed):
    text = text_of(printed(samples.amendment(ZH), ZH, "contract.html"))
    for shown in (
        "合同变更协议",
        "CT-2026-000012-A1",
        "自 2026-07-01 起生效",
        "120 40HQ",
        "180 40HQ",
    ):
        assert shown in text


@pytest.mark.parametrize("make", [samples.contract, samples.amendment])
def test_the_file_is_archivable_and_of_moderate_size(printed, make):
    paper = printed(make(BOTH), BOTH, "contract.html")
    metadata = pypdf.PdfReader(io.BytesIO(paper)).trailer["/Root"]["/Metadata"].get_object()
    assert b"pdfaid" in metadata.get_data()
    assert len(paper) < 75_000


def test_an_unsealed_paper_carries_no_seal(printed):
    sealed = printed(samples.contract(ZH), ZH, "contract.html")
    bare = printed(replace(samples.contract(ZH), is_sealed=False), ZH, "contract.html")
    pictures = [
        len(list(pypdf.PdfReader(io.BytesIO(each)).pages[-1].images)) for each in (sealed, bare)
    ]
    assert pictures[0] == pictures[1] + 1


def test_a_typed_clause_is_printed_as_text_and_never_as_markup(printed):
    odd = {"title_zh": "<b>{{ 7*7 }}</b>", "body_zh": "<script>alert(1)</script>"}
    found = articles(date(2026, 3, 1), replace(samples.TERMS, clauses=(odd,)))
    text = text_of(printed(replace(samples.contract(ZH), articles=found), ZH, "contract.html"))
    assert "<b>{{ 7*7 }}</b>" in text
    assert "<script>alert(1)</script>" in text


def test_silence_confirms_a_statement_only_where_the_contract_says_so():
    assert "视为确认" in said("zh", deemed_confirmation_days=7).replace("不视为确认", "")
    assert "silence is no confirmation" in said("en", deemed_confirmation_days=None)


def test_a_contract_renews_by_itself_only_where_it_says_so():
    assert "自动续期" in said("zh", renews_automatically=True)
    assert "自动续期" not in said("zh", renews_automatically=False)


def test_promises_that_were_not_given_are_not_printed():
    text = said("en", pickup_from="", response_hours=None, no_minimum_order=False, clauses=())
    assert "Pick-up" not in text
    assert "first answer" not in text
    assert "minimum" not in text


def test_an_article_without_a_paragraph_has_no_heading():
    found = articles(
        date(2026, 3, 1),
        replace(samples.TERMS, pickup_from="", response_hours=None, no_minimum_order=False),
    )
    assert Words("服务承诺", "Service promises") not in [article.title for article in found]


def test_half_an_hour_is_said_without_needless_places():
    assert "4.5 working hours" in said("en", response_hours=Decimal("4.500000"))


def test_no_value_of_the_paper_can_hold_a_cost():
    names = {
        field.name
        for value in (paper_values.ContractPaper, paper_values.PriceLine, paper_values.Article)
        for field in fields(value)
    }
    assert not [name for name in names if "cost" in name or "margin" in name or "internal" in name]
    assert paper_values.PriceLine(Words("x"), Words("y"), "CNY").beyond == NO_WORDS
