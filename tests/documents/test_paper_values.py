"""The plain values behind a paper: words, looks, codes, names, pictures, typefaces."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.documents import fontcheck, page
from portal.documents.filters import Speech, amount, exchange_rate
from portal.documents.labels import LABELS
from portal.documents.pictures import fit_for_paper
from portal.documents.rules.codes import ALPHABET, check_sign, new_code, read_code
from portal.documents.rules.firm import Colours, Picture
from portal.documents.rules.names import paper_file_name
from portal.documents.rules.words import PaperLanguage, Words
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.rules.paper import Column, Comparison, Section
from tests.documents import samples

ZH, EN, BOTH = PaperLanguage


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_bilingual_paper_says_chinese_first_and_english_in_small_type():
    assert Speech(BOTH).say(Words("海运费", "Freight")) == "海运费 <small>Freight</small>"
    assert Speech(ZH).say(Words("海运费", "Freight")) == "海运费"
    assert Speech(EN).say(Words("海运费", "Freight")) == "Freight"


def test_words_without_english_stand_for_both_and_are_said_once():
    assert Speech(EN).say(Words("海运费")) == "海运费"
    assert Speech(BOTH).say(Words("FOB", "FOB")) == "FOB"


def test_markup_in_words_is_escaped():
    assert Speech(BOTH).say(Words("<b>&", "{{ x }}")) == "&lt;b&gt;&amp; <small>{{ x }}</small>"


def test_a_text_of_the_rules_is_said_in_both_languages():
    speech = Speech(BOTH, {"%(n)s boxes": "%(n)s 箱"}.__getitem__)
    assert speech.say(t("%(n)s boxes", n=3)) == "3 箱 <small>3 boxes</small>"


def test_days_read_chinese_on_a_chinese_paper_and_iso_on_the_others():
    assert Speech(ZH).day(date(2026, 3, 2)) == "2026年3月2日"
    assert Speech(BOTH).day(date(2026, 3, 2)) == "2026-03-02"


def test_figures_have_their_currencys_decimals_and_a_true_minus():
    assert amount(Decimal(-1482), "CNY") == "−1,482.00"
    assert amount(Decimal(1482), "JPY") == "1,482"
    assert exchange_rate(Decimal("7.126")) == "7.1260"


def test_every_label_has_both_languages():
    assert not [key for key, words in LABELS.items() if not (words.zh and words.en)]
    assert {column.value for column in Column} - {"number"} <= LABELS.keys()


def test_a_fresh_code_reads_back_however_it_is_typed():
    code = new_code()
    assert read_code(f" {code.lower().replace('-', ' ')} ") == code == read_code(code)


@given(st.text(ALPHABET, min_size=7, max_size=7), st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(drawn, place, sign):
    code = drawn + check_sign(drawn)
    wrong = code[:place] + sign + code[place + 1 :]
    assert (read_code(wrong) is None) == (wrong != code)


@given(st.text(ALPHABET, min_size=7, max_size=7), st.integers(0, 6))
def test_two_swapped_signs_are_always_noticed(drawn, place):
    code = drawn + check_sign(drawn)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)


@pytest.mark.parametrize("typed", ["", "7K2M", "0OIL-0OIL", "7K2M-94QX9", "'; DROP TABLE"])
def test_what_is_no_code_is_none(typed):
    assert read_code(typed) is None


def test_codes_do_not_repeat():
    assert len({new_code() for _ in range(2000)}) == 2000


def test_a_papers_file_is_named_by_customer_kind_period_and_number():
    name = paper_file_name("海港食品", "对账单", "2026-03", "ST-2026-03-0012")
    assert name == "海港食品_对账单_2026-03_ST-2026-03-0012.pdf"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_name_leads_out_of_its_folder_or_hides_its_end(parts):
    name = paper_file_name(*parts, "QT-1")
    assert name.endswith("QT-1.pdf") and not set(name) & set('\\/:*?"<>|\n\x00\u202e')
    assert not name.startswith(".") and len(name) < 220


def test_colours_are_checked_and_derived_readably():
    with pytest.raises(Invalid):
        Colours("red; } body { display: none")
    assert Colours("#0B5C6B").on_accent == "#ffffff"
    assert Colours("#ffe000").on_accent == "#17212b" and Colours("#ffe000").text != "#ffe000"


def test_the_firms_colours_are_written_into_the_sheet():
    sheet = page.stylesheet(Colours("#aa0044"))
    assert "#aa0044" in sheet and "var(" not in sheet.replace("var(--paper-…)", "")


def test_a_picture_that_is_no_picture_is_refused():
    for content in (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"",
        b"\x89PNG\r\n\x1a\nbroken",
    ):
        with pytest.raises(Invalid):
            fit_for_paper(content)
    with pytest.raises(Invalid):
        Picture(b"<svg/>", "x")


def test_an_uploaded_seal_is_drawn_anew_small_and_keeps_its_colour_and_clear_ground():
    big = Image.new("RGBA", (2000, 1500))
    big.paste((208, 32, 42, 255), (500, 300, 1500, 1200))
    small = Image.open(io.BytesIO(fit_for_paper(png(big) + b"trailing secret")))
    assert max(small.size) == 208 and small.getpixel((104, 78)) == (208, 32, 42, 255)
    assert small.getpixel((2, 2))[3] == 0


def test_the_shipped_faces_cover_the_rare_name_characters():
    fontcheck.check()


def test_a_missing_or_poorer_face_is_named_with_what_it_lacks(tmp_path):
    with pytest.raises(fontcheck.FontsMissing, match=r"PortalSansSC-Regular\.ttf cannot be read"):
        fontcheck.check(tmp_path)
    with pytest.raises(fontcheck.FontsMissing, match="lacks 𠀀"):
        fontcheck.check(needed="海𠀀")


def test_sections_without_visible_lines_are_left_out_and_collect_stands_apart():
    free = Section(Words("免费"), (samples.ORIGIN.lines[-1],))
    long = samples.with_long_names()
    facts = type(long)(
        **{**_values(long), "sections": (*long.sections, free), "hides_zero_lines": True}
    )
    assert [section.title.zh for section in facts.charged_sections] == ["海运费", "起运港费用"]
    assert [section.title.zh for section in facts.collect_sections] == ["目的港费用（参考）"]


def _values(facts):
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def test_a_comparison_has_two_to_four_options_and_a_cell_for_each():
    comparison = samples.with_options().comparison
    with pytest.raises(ValueError, match="2 to 4"):
        Comparison(comparison.options[:1], ())
    with pytest.raises(ValueError, match="one cell"):
        Comparison(comparison.options[:2], comparison.rows)


def test_the_preview_is_the_printed_page_with_other_addresses():
    def draw(address):
        return page.draw("quotation.html", samples.g1(), BOTH, address=address)

    preview = draw("/papers/{}".format)
    assert preview.replace("/papers/", "asset:") == draw("asset:{}".format)


def test_a_page_carries_no_inline_style_or_script():
    html = page.draw("quotation.html", samples.with_long_names(), BOTH, address=str)
    assert "style=" not in html and "<script" not in html and "<style" not in html
