"""Charges on paper: how tax is shown, what is grouped and added, options side by side, the words of it all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.units import UNITS
from portal.quotations.rules.charged import Charged, TaxShown, columns, line, tax_shown
from portal.quotations.rules.grouping import (
    Conversion,
    StoredTotals,
    comparison,
    currency_totals,
    grand_total,
    sections,
    tax_totals,
    words_of,
)
from portal.quotations.rules.paper import Column
from portal.quotations.rules.wording import (
    SECTIONS,
    about_days_words,
    basis_words,
    charge_words,
    section_words,
    weight_words,
)

D = Decimal
SIX = same("6%")


def charge(net: str, tax: str = "0", *, inclusive: bool = True, **more: object) -> Charged:
    """A taxed charge when it has a tax; its amount is gross or net as it says."""
    n, x = D(net), D(tax)
    amount = n + x if inclusive else n
    values = {
        "section": "origin", "name": Words("文件费", "Documents"), "key": ("DOC",), "unit": "BL", "currency": "CNY",
        "quantity": D(1), "rate": amount, "tax_label": SIX, **more,
    }  # fmt: skip
    return Charged(
        amount=amount, net=n, tax=x, gross=n + x, is_taxed=bool(x), is_inclusive=inclusive, **values
    )  # type: ignore[arg-type]


EXEMPT = charge("100")
INCLUSIVE = charge("94.34", "5.66")
EXCLUSIVE = charge("100", "6.00", inclusive=False)


@pytest.mark.parametrize(
    ("charges", "shown"),
    [
        ([EXEMPT], TaxShown.INCLUDED),
        ([EXEMPT, INCLUSIVE], TaxShown.INCLUDED),
        ([EXEMPT, EXCLUSIVE], TaxShown.APART),
        ([INCLUSIVE, EXCLUSIVE], TaxShown.BESIDE),
        ([INCLUSIVE, replace(EXCLUSIVE, is_collect=True)], TaxShown.INCLUDED),
        ([], TaxShown.INCLUDED),
    ],
)
def test_how_tax_is_shown_follows_the_taxed_charges_that_count(
    charges: list[Charged], shown: TaxShown
) -> None:
    assert tax_shown(charges) is shown


def test_the_amount_is_gross_where_prices_include_the_tax_and_net_where_they_do_not() -> None:
    assert line(INCLUSIVE, TaxShown.INCLUDED).amount == D("100.00")
    assert line(EXCLUSIVE, TaxShown.APART).amount == D("100")
    assert line(EXCLUSIVE, TaxShown.BESIDE).amount == D("106.00")


def test_only_mixed_prices_need_more_columns_and_a_sheet_turned() -> None:
    assert Column.NET not in columns(TaxShown.APART)
    assert {Column.NET, Column.TAX} <= set(columns(TaxShown.BESIDE))
    assert len(columns(TaxShown.BESIDE)) == 9


def test_a_flat_amount_is_its_own_price_and_a_scale_says_so() -> None:
    assert line(replace(INCLUSIVE, rate=None), TaxShown.INCLUDED).price == D("100.00")
    scaled = line(replace(INCLUSIVE, rate=None, quantity=D(52)), TaxShown.INCLUDED)
    assert scaled.price is None and scaled.rate.en == "by scale"


def test_a_percentage_shows_its_percent_and_no_quantity() -> None:
    shown = line(replace(INCLUSIVE, unit="P1", quantity=D("4.5"), rate=None), TaxShown.INCLUDED)
    assert (shown.rate, shown.quantity, shown.price) == (same("4.5%"), None, None)


def test_a_price_on_request_has_no_figure_at_all() -> None:
    asked = line(replace(INCLUSIVE, amount=None), TaxShown.INCLUDED)
    assert asked.on_request and asked.price is None and asked.quantity is None and asked.net is None


def test_what_does_not_apply_is_not_printed() -> None:
    assert sections([replace(INCLUSIVE, does_not_apply=True)], "sea", TaxShown.INCLUDED) == ()


def test_collect_charges_stand_apart_without_a_subtotal() -> None:
    found = sections([INCLUSIVE, replace(INCLUSIVE, is_collect=True)], "sea", TaxShown.INCLUDED)
    assert [(each.collect, len(each.subtotals)) for each in found] == [(False, 1), (True, 0)]


def test_subtotals_are_the_sums_of_what_is_printed_by_currency() -> None:
    dollars = replace(charge("35"), currency="USD")
    (group,) = sections([INCLUSIVE, dollars, EXCLUSIVE], "sea", TaxShown.BESIDE)
    assert [(s.currency, s.amount) for s in group.subtotals] == [
        ("CNY", D("206.00")),
        ("USD", D("35")),
    ]


def test_tax_is_added_by_label_and_currency() -> None:
    found = tax_totals([INCLUSIVE, EXCLUSIVE, replace(EXEMPT, tax_label=same("免税"))])
    assert [(t.label.zh, t.net, t.tax, t.gross) for t in found] == [
        ("6%", D("194.34"), D("11.66"), D("206.00")),
        ("免税", D("100"), D("0"), D("100")),
    ]


G1 = StoredTotals(
    "",
    {"CNY": D("5466.00"), "USD": D("20485.00")},
    (
        Conversion("USD", D("20485.00"), D("145976.11"), D("7.126")),
        Conversion("CNY", D("5466.00"), D("5466.00")),
    ),
    D("151442.11"),
)


def test_currencies_keep_the_order_of_the_charges_and_their_stored_totals() -> None:
    charges = [replace(charge("20485"), currency="USD"), charge("5156.60", "309.40")]
    found = currency_totals(tax_totals(charges), G1, converts=True)
    assert [(t.currency, t.gross, t.converted) for t in found] == [
        ("USD", D("20485.00"), D("145976.11")),
        ("CNY", D("5466.00"), D("5466.00")),
    ]


def test_the_grand_total_is_the_stored_one_with_its_capitals() -> None:
    total = grand_total(G1, "CNY", "CNY", converts=True)
    assert total is not None
    assert (total.amount, total.is_converted) == (D("151442.11"), True)
    assert total.in_words.zh == "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分"


def test_two_currencies_without_a_conversion_have_no_grand_total() -> None:
    assert grand_total(G1, "CNY", "CNY", converts=False) is None


def test_one_foreign_currency_is_its_own_total_in_english_words_only() -> None:
    dollars = StoredTotals("", {"USD": D("100.50")}, (), None)
    total = grand_total(dollars, "CNY", "CNY", converts=False)
    assert total is not None
    assert (total.currency, total.is_converted) == ("USD", False)
    assert total.in_words.zh == ""
    assert total.in_words.en == "SAY US DOLLARS ONE HUNDRED AND CENTS FIFTY ONLY"


def test_an_amount_too_large_for_words_stands_alone() -> None:
    assert words_of(D(10) ** 15, "CNY", "CNY") == NO_WORDS


def of_option(name: str, gross: str, **more: object) -> Charged:
    return replace(charge(gross), option=name, **more)  # type: ignore[arg-type]


def two(shared: Charged | None = None) -> tuple[list[Charged], list[StoredTotals]]:
    """Options A and B with one charge each and perhaps one that both share."""
    charges = [of_option("A", "10"), of_option("B", "12")] + ([shared] if shared else [])
    extra = shared.gross if shared else D(0)
    stored = [StoredTotals("A", {"CNY": D(10) + extra}), StoredTotals("B", {"CNY": D(12) + extra})]
    return charges, stored


def test_options_stand_side_by_side_with_what_they_share_in_each() -> None:
    charges, stored = two(replace(charge("5"), key=("THC",)))
    beside = comparison(charges, stored, {"A": Words("甲")}, "CNY", converts=False)
    assert beside is not None
    assert [[cell.amount for cell in row.cells] for row in beside.rows] == [
        [D(10), D(12)],
        [D(5), D(5)],
    ]
    assert [option.totals[0].amount for option in beside.options] == [D(15), D(17)]
    assert [option.title.zh for option in beside.options] == ["甲", "B"]


def test_the_rows_of_an_option_add_up_to_its_total() -> None:
    charges, stored = two(replace(charge("94.34", "5.66"), key=("THC",)))
    beside = comparison(charges, stored, {}, "CNY", converts=False)
    assert beside is not None
    for at, option in enumerate(beside.options):
        assert sum(row.cells[at].amount or D(0) for row in beside.rows) == option.totals[0].amount


def test_a_charge_that_only_one_option_has_is_absent_in_the_other() -> None:
    charges, stored = two()
    charges.append(of_option("B", "3", key=("AMS",)))
    beside = comparison(charges, stored, {}, "CNY", converts=False)
    assert beside is not None
    assert [cell.is_absent for cell in beside.rows[1].cells] == [True, False]


def test_the_same_charge_twice_in_one_option_fills_two_rows() -> None:
    charges, stored = two()
    charges.append(of_option("A", "1"))
    beside = comparison(charges, stored, {}, "CNY", converts=False)
    assert beside is not None
    assert [row.cells[0].amount for row in beside.rows] == [D(10), D(1)]


@pytest.mark.parametrize("count", [1, 5])
def test_one_option_or_five_do_not_stand_side_by_side(count: int) -> None:
    stored = [StoredTotals(str(n), {"CNY": D(1)}) for n in range(count)]
    charges = [of_option(str(n), "1") for n in range(count)]
    assert comparison(charges, stored, {}, "CNY", converts=False) is None


def test_every_unit_has_words_for_what_a_price_is_per() -> None:
    for code in UNITS:
        words = basis_words(code)
        assert words.zh and words.en, code


def test_every_section_has_both_names_and_freight_is_called_after_its_way() -> None:
    assert all(words.zh and words.en for words in SECTIONS.values())
    assert section_words("freight", "sea").zh == "海运费"
    assert section_words("freight", "air").zh == "空运费"
    assert section_words("origin", "air").zh == "起运地费用"
    assert section_words("of somebody's own", "sea") == SECTIONS["other"]


@pytest.mark.parametrize(
    ("name", "unit", "packaging", "bilingual", "zh", "en"),
    [
        (Words("海运费", "Ocean freight"), "20GP", "20GP", False, "海运费 20GP", "Ocean freight 20GP"),
        (Words("海运费", "Ocean freight"), "20GP", "20GP", True, "海运费 20GP", "Ocean freight"),
        (Words("码头操作费", "THC"), "20FT", "", False, "码头操作费 20′", "THC 20′"),
        (Words("文件费", ""), "BL", "", False, "文件费", ""),
        (Words("海运费 上海–纽约 40HQ", "Ocean freight Shanghai–New York 40HQ"), "40HQ", "40HQ", False,
         "海运费 40HQ", "Ocean freight 40HQ"),
        (Words("上海–纽约", "Shanghai–New York"), "BL", "", False, "上海–纽约", "Shanghai–New York"),
    ],
)  # fmt: skip
def test_a_charge_names_its_box_once_and_not_the_papers_own_lane(
    name: Words, unit: str, packaging: str, bilingual: bool, zh: str, en: str
) -> None:
    lane = Words("上海–纽约", "Shanghai–New York")
    assert charge_words(name, unit, packaging, lane, bilingual=bilingual) == Words(zh, en)


def test_small_words_of_a_shipment() -> None:
    assert weight_words(D("86400")) == same("86.4 t")
    assert weight_words(D("118.50")) == same("118.5 kg")
    assert about_days_words(28) == Words("约 28 天", "~28 days")
    assert about_days_words(1).plain(PaperLanguage.EN) == "~1 day"
