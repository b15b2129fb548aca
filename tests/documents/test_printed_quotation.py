"""What a printed quotation shows, and what its file is made of."""

from __future__ import annotations

import io
import re
from dataclasses import fields, is_dataclass, replace

import pypdf
import pytest

from portal.documents import page as page_of
from portal.documents.render import PrintedPaper
from portal.documents.rules.words import PaperLanguage, Words
from portal.quotations.rules import paper as paper_values
from portal.quotations.rules.paper import Column
from tests.documents import samples

EN, BOTH = PaperLanguage.EN, PaperLanguage.BOTH


def text_of(printed_paper: PrintedPaper) -> str:
    """All the text, without the line breaks that layout put in."""
    return "".join(
        reader(printed_paper).pages[n].extract_text() for n in range(printed_paper.pages)
    )


def reader(printed_paper: PrintedPaper) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(printed_paper))


def root(printed_paper: PrintedPaper) -> pypdf.generic.DictionaryObject:
    return reader(printed_paper).trailer["/Root"]


def elements(node: pypdf.generic.DictionaryObject) -> list[pypdf.generic.DictionaryObject]:
    """Every structure element below `node`, in reading order."""
    found = []
    for kid in node["/K"]:
        kid = kid.get_object()
        if isinstance(kid, dict) and "/S" in kid:
            found += [kid, *elements(kid)]
    return found


def test_the_golden_case_is_one_page_in_chinese_with_its_total_in_figures_and_words(printed):
    paper = printed(samples.g1())
    text = text_of(paper)
    assert paper.pages == 1
    for shown in (
        "报价单", "海港食品有限公司", "QT-2026-000128", "2026年3月31日", "海运费", "USD 11,100.00",
        "USD 20,485.00", "CNY 5,466.00", "CNY 151,442.11", "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分",
        "7.1260", "145,976.11", "7K2M-94QX", "第 1 页 / 共 1 页",
    ):  # fmt: skip
        assert shown in text


def test_each_language_prints_its_own_words_and_the_bilingual_paper_both(printed):
    chinese, english = text_of(printed(samples.g1())), text_of(printed(samples.g1(), EN))
    both = text_of(printed(samples.g1(), BOTH))
    assert "Ocean freight" not in chinese and "海运费" not in english
    assert "Page 1 of 1" in english and "Harbour Foods Ltd." in english
    assert "海运费" in both and "Ocean freight" in both and "2026-03-31" in both


def test_an_english_paper_has_no_chinese_character_at_all(printed):
    assert not re.findall(r"[\u3000-\u9fff\uff00-\uffef]", text_of(printed(samples.g1(), EN)))


def test_rare_name_characters_come_out_as_themselves_and_nothing_as_a_box(printed):
    facts = replace(samples.g1(), customer=samples.Party(Words("喆堃镕犇淼昇祎翀玥彧䶮𬭊")))
    text = text_of(printed(facts))
    assert "喆堃镕犇淼昇祎翀玥彧䶮𬭊" in text
    assert not set(text) & set("\ufffd\u25a1\x00")
    for page in reader(printed(facts)).pages:
        assert b"<0000" not in page.get_contents().get_data()


def test_fonts_are_embedded_subsets_of_our_own_faces_with_text_behind_every_glyph(printed):
    page = reader(printed(samples.of_lines(20), BOTH)).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert len(fonts) == 2
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object()
        assert re.match(r"/[A-Z]{6}\+Portal-Sans-SC", font["/BaseFont"])
        assert "/FontFile2" in below["/FontDescriptor"] and "/ToUnicode" in font
        assert len(below["/FontDescriptor"]["/FontFile2"].get_data()) < 400_000


def test_a_twenty_line_quotation_has_two_pages_and_at_most_65_kilobytes(printed):
    paper = printed(samples.of_lines(20))
    assert paper.pages == 2
    assert len(paper) <= 65_000


def test_the_file_says_that_it_is_an_archivable_tagged_document_with_title_author_and_language(
    printed,
):
    paper = printed(samples.g1())
    xmp = root(paper)["/Metadata"].get_data().decode()
    assert re.search(r'pdfaid:part="2"', xmp) and re.search(r'pdfaid:conformance="A"', xmp)
    assert root(paper)["/MarkInfo"]["/Marked"] and root(paper)["/Lang"] == "zh-CN"
    assert root(paper)["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert reader(paper).metadata.title == "报价单 QT-2026-000128 v2"
    assert reader(paper).metadata.author == "远港国际物流（上海）有限公司"
    assert root(printed(samples.g1(), EN))["/Lang"] == "en"


def test_every_piece_of_content_belongs_to_exactly_one_meaningful_element(printed):
    paper = printed(samples.of_lines(60), BOTH)
    tree = root(paper)["/StructTreeRoot"]
    every = elements(tree)
    assert not {element["/S"] for element in every} & {"/Span", "/NonStruct"}
    for place, page in enumerate(reader(paper).pages):
        marked = {int(n) for n in re.findall(rb"/MCID (\d+)", page.get_contents().get_data())}
        owners = tree["/ParentTree"]["/Nums"][2 * place + 1].get_object()
        assert marked == set(range(len(owners))) and len(marked) > 100
        for mark in marked:
            assert mark in owners[mark].get_object()["/K"]


def test_cells_name_their_column_heads_and_pictures_have_words(printed):
    every = elements(root(printed(samples.g1()))["/StructTreeRoot"])
    cells = [element for element in every if element["/S"] == "/TD" and "/A" in element]
    assert sum(bool(cell["/A"].get("/Headers")) for cell in cells) > 60
    figures = [element for element in every if element["/S"] == "/Figure"]
    assert {figure["/Alt"] for figure in figures} >= {"Farhaven", "Seal"}
    assert [element["/S"] for element in every].count("/H1") == 1


def test_the_table_head_stands_on_every_page_of_a_sixty_line_quotation(printed):
    paper = printed(samples.of_lines(60))
    pages = [page.extract_text() for page in reader(paper).pages]
    assert paper.pages == 3
    for number, text in enumerate(pages, start=1):
        assert "费用项目" in text and f"第 {number} 页 / 共 3 页" in text
    assert "（续）" not in pages[0] and "（续）" in pages[1] and "QT-2026-000129" in pages[1]


@pytest.mark.parametrize("count", range(9, 40, 3))
def test_no_heading_stands_last_on_a_page_and_no_signature_alone(printed, count):
    for page in reader(printed(samples.of_lines(count))).pages:
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        body = [line for line in lines if "共" not in line and "QT-2026" not in line]
        assert body[-1] not in ("海运费", "起运港费用", "拖车", "报关")
        assert "报价方" not in "".join(body) or "条款" in "".join(body)


def test_what_somebody_typed_is_printed_as_typed(printed):
    text = text_of(printed(samples.with_long_names(), BOTH))
    assert "{{ paper.firm }}" in text and "<b>加粗</b>" in text


def test_a_line_without_price_says_so_a_free_one_is_shown_or_hidden_as_asked(printed):
    long = samples.with_long_names()
    assert "另询" in text_of(printed(long, BOTH)) and "电放费" in text_of(printed(long, BOTH))
    assert "电放费" not in text_of(printed(samples.g1()))


def test_what_the_consignee_pays_is_listed_apart_and_after_the_total(printed):
    text = text_of(printed(samples.with_long_names(), BOTH))
    assert text.index("151,442.11") < text.index("不计入合计") < text.index("DTHC")


def test_three_carriers_stand_side_by_side_with_their_totals(printed):
    text = text_of(printed(samples.with_options()))
    for shown in ("中远海运", "马士基", "地中海航运", "推荐", "41,597.90", "另询", "免"):
        assert shown in text


def test_the_seal_is_printed_only_on_a_sealed_paper(printed):
    def pictures(facts: object) -> int:
        return sum(len(page.images) for page in reader(printed(facts)).pages)

    assert pictures(samples.g1()) == pictures(replace(samples.g1(), is_sealed=False)) + 1


def test_more_than_seven_columns_turn_the_sheet(printed):
    columns = (*samples.g1().columns, Column.NET, Column.NOTE)
    box = reader(printed(replace(samples.g1(), columns=columns))).pages[0].mediabox
    assert box.width > box.height
    assert reader(printed(samples.g1())).pages[0].mediabox.width == pytest.approx(595.28, abs=0.1)


def test_the_price_table_for_a_chat_has_prices_and_no_amounts(printed):
    text = text_of(printed(samples.g1(), PaperLanguage.ZH, "quotation_prices.html"))
    assert "USD 3,700.00" in text and "11,100.00" not in text and "151,442.11" not in text


def test_the_same_facts_give_the_same_bytes(press, printed):
    once = printed(samples.g1())
    again = press.print(*_as_sent(samples.g1()))
    assert again == once


def _as_sent(facts):
    html = page_of.draw("quotation.html", facts, PaperLanguage.ZH, address="asset:{}".format)
    pictures = {"logo": facts.firm.logo.content, "seal": facts.firm.seal.content}
    return html, page_of.stylesheet(facts.firm.colours), pictures


def test_no_value_of_a_paper_can_hold_a_cost():
    words = ("cost", "margin", "rebate", "commission", "sticker", "internal", "floor", "profit")
    classes = [each for each in vars(paper_values).values() if is_dataclass(each)]
    names = [field.name for each in classes for field in fields(each)]
    assert len(names) > 80
    assert not [name for name in names if any(word in name for word in words)]


def test_a_lane_without_a_carrier_has_one_arrow_or_none():
    (lane,) = samples.g1().lanes
    for mode, arrows in ((lane.mode, 0), ((), 1)):
        bare = replace(samples.g1(), lanes=(replace(lane, mode=mode, carriage=()),))
        assert (
            _as_sent(bare)[0].count("→") - _as_sent(replace(bare, lanes=()))[0].count("→") == arrows
        )
