"""What a file says: heads guessed, cells read, near misses named, alike customers found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.intake.rules.blocking import LARGEST, WINDOW
from portal.intake.rules.countries import countries
from portal.intake.rules.deals import ending, problems
from portal.intake.rules.fields import FIELDS, heads_of
from portal.intake.rules.heads import find_heads, missing
from portal.intake.rules.likeness import (
    IN_ORDER,
    Customer,
    Reason,
    _keys,
    compared,
    likely_pairs,
)
from portal.intake.rules.reading import Line, Reader
from portal.intake.rules.spelling import Vocabulary, edits, nearest
from portal.intake.rules.words import INDUSTRIES, WORDS
from portal.kernel.errors import FileProblems
from portal.kernel.tables.table import table_of

D = Decimal


def silent(_done: int, _total: int | None) -> None:
    """Nobody listens."""


def read(kind: str, *rows: Sequence[Any], **more: Any) -> tuple[list[Line], Reader]:
    table = table_of(rows)
    reader = Reader(find_heads(table, kind), **more)
    lines = list(reader.lines(table, silent))
    reader.finish()
    return lines, reader


@pytest.mark.parametrize("kind", list(FIELDS))
@pytest.mark.parametrize("side", [0, 1])
def test_our_own_templates_heads_are_all_understood(kind: str, side: int) -> None:
    heads = find_heads(table_of([[each[side] for each in heads_of(kind)], ["x"] * 30]), kind)
    assert [each.field for each in heads.columns] == list(FIELDS[kind])
    assert missing(heads) == []


def test_heads_are_found_below_a_title_in_any_order_and_case() -> None:
    heads = find_heads(table_of([["客户清单"], [], ["Sector", "ACCOUNT", "Colour"]]), "customers")
    assert (heads.row, [each.field for each in heads.columns]) == (3, ["industry", "name", ""])
    assert heads.unread == ("Colour",)


def test_what_a_person_chose_goes_before_the_guess() -> None:
    table = table_of([["account", "Colour"], ["Acme", "red"]])
    heads = find_heads(table, "customers", {"colour": "industry", "account": "name_en"})
    assert [each.field for each in heads.columns] == ["name_en", "industry"]


def test_a_needed_column_that_is_missing_is_named() -> None:
    heads = find_heads(table_of([["Telephone", "Mail"], ["1", "2"]]), "contacts")
    assert len(missing(heads)) == 2
    with pytest.raises(FileProblems):
        find_heads(table_of([["x"]]), "contacts")


def test_words_come_in_both_languages_and_as_codes() -> None:
    rows = [["客户名称", "客户类型"], ["甲", "集团"], ["乙", "Group"], ["丙", "group"]]
    lines, _ = read("customers", *rows)
    assert [line.values["kind"] for line in lines] == ["group"] * 3


def test_an_unknown_word_is_told_once_with_how_often_it_stands_there() -> None:
    rows = [["客户名称", "Kind"], *([f"甲{n}", "Organizatoin"] for n in range(9))]
    _, reader = read("customers", *rows)
    (problem,) = reader.problems
    assert (problem.row, problem.severity, problem.found) == (2, "error", "Organizatoin")
    assert "Organi" in str(problem.expected) and "9 rows" in str(problem.expected)


def test_a_near_miss_is_a_warning_until_it_is_decided() -> None:
    rows = [["account", "sector"], ["Acme", "technolgy"], ["Beta", "dancing"]]
    lines, reader = read("customers", *rows)
    assert [(p.row, p.severity) for p in reader.problems] == [(2, "warning")]
    assert lines[0].values["industry"] == "technolgy"
    lines, reader = read("customers", *rows, meant={"industry": {"technolgy": "technology"}})
    assert (lines[0].values["industry"], reader.problems) == ("technology", [])


def test_a_rare_word_near_an_oftener_one_of_the_file_is_named() -> None:
    known = {"industry": Vocabulary()}
    rows = [["account", "sector"], *([f"A{n}", "dancing"] for n in range(4)), ["B", "dancingg"]]
    _, reader = read("customers", *rows, known=known)
    assert [each.meant for each in reader.spellings.values()] == ["dancing"]


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [("1,054", D(1054), None), ("USD 1,054.50", D("1054.50"), "USD"), ("1054 元", D(1054), "CNY"), (D(7), D(7), None)],
)  # fmt: skip
def test_an_amount_may_carry_its_currency(cell: Any, amount: Decimal, currency: str | None) -> None:
    rows = [["Reference", "Customer", "Stage", "Amount"], ["1", "A", "Won", cell]]
    (line,), _ = read("opportunities", *rows, known={"stage": Vocabulary.coded(WORDS["outcome"])})
    assert (line.values["amount"], line.values.get("currency_beside")) == (amount, currency)


@pytest.mark.parametrize("cell", ["$ 1,054", "1054 apples", "-5", "JPY 1.5", "实报实销"])
def test_an_amount_that_is_none_is_told_at_its_column(cell: str) -> None:
    rows = [["Reference", "Customer", "Stage", "Amount"], ["1", "A", "Won", cell]]
    _, reader = read("opportunities", *rows, known={"stage": Vocabulary.coded(WORDS["outcome"])})
    assert [(p.row, p.column) for p in reader.problems] == [(2, "D · Amount")]


def test_days_and_instants_are_the_firms() -> None:
    rows = [
        ["Customer", "When", "Text"],
        ["A", "2026-03-01 09:30", "x"],
        ["A", date(2026, 3, 1), "x"],
    ]
    lines, _ = read("history", *rows)
    found = [line.values["happened_at"] for line in lines]
    assert found == [datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 1, 4, tzinfo=UTC)]


@pytest.mark.parametrize("cell", ["31/12/2026", "2026-02-30", "soon", "1020-01-01"])
def test_a_wrong_day_is_told(cell: str) -> None:
    rows = [["Reference", "Customer", "Stage", "Opened on"], ["1", "A", "Won", cell]]
    _, reader = read("opportunities", *rows, known={"stage": Vocabulary.coded(WORDS["outcome"])})
    assert [p.column for p in reader.problems] == ["D · Opened on"]


def test_a_blank_cell_says_nothing_unless_blanks_count() -> None:
    rows = [["account", "phone"], ["Acme", ""]]
    assert "phone" not in read("customers", *rows)[0][0].values
    assert read("customers", *rows, blank_clears=True)[0][0].values["phone"] == ""


def test_a_formula_is_text_like_any_other() -> None:
    lines, _ = read("customers", ["account"], ['=HYPERLINK("http://x")'])
    assert lines[0].values["name"] == '=HYPERLINK("http://x")'


def test_countries_are_known_by_both_names_and_slips_are_near() -> None:
    assert countries().find("Korea") == countries().find("韩国") == "KR"
    assert nearest("Philipines", countries().shown) == "Philippines"


@given(st.text("abcdefgh", max_size=7), st.text("abcdefgh", max_size=7))
@settings(max_examples=200)
def test_the_count_of_edits_is_the_same_both_ways(one: str, other: str) -> None:
    assert edits(one, other, 3) == edits(other, one, 3)
    assert (edits(one, other, 3) == 0) == (one == other)


@given(
    st.sampled_from([word for word in INDUSTRIES if word.isascii() and len(word) > 5]), st.data()
)
@settings(max_examples=60)
def test_a_letter_left_out_is_found_again(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    slip = word[:at] + word[at + 1 :]
    assert nearest(slip, [word]) == word


def test_the_closing_day_of_what_is_open_is_when_it_is_expected() -> None:
    end = ending({"stage": "quoted", "closed_on": date(2026, 4, 1)})
    assert (end.state, end.stage) == ("open", "quoted")
    assert (end.close_on, end.closed_on) == (date(2026, 4, 1), None)


def test_days_that_do_not_fit_together_are_told() -> None:
    won = {"stage": "won", "opened_on": date(2026, 2, 2), "closed_on": date(2026, 2, 1)}
    today = date(2026, 3, 2)
    assert [name for name, _, _ in problems(won, ending(won), today)] == ["closed_on"]
    lost = {"stage": "lost"}
    assert [name for name, _, _ in problems(lost, ending(lost), today)] == ["closed_on"]


def firm(number: int, *names: str, **more: Any) -> Customer:
    return Customer(number, names, family=more.pop("family", number), **more)


def why(one: Customer, other: Customer) -> set[Reason]:
    pair = compared(one, other)
    return set() if pair is None else set(pair.reasons)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("海港食品有限公司", "海港食品股份有限公司", Reason.NAME),
        ("Harbour Foods Ltd.", "HARBOUR FOODS Co., Limited", Reason.NAME),
        ("深圳市宏远贸易", "深圳市鸿远贸易", Reason.READING),
        ("Betatech", "Betatehc", Reason.NEAR_NAME),
    ],
)
def test_names_that_are_alike(one: str, other: str, reason: Reason) -> None:
    assert why(firm(1, one), firm(2, other)) == {reason}


def test_another_firm_with_a_name_of_the_same_kind_is_no_duplicate() -> None:
    assert why(firm(1, "上海中联物流有限公司"), firm(2, "上海国联物流有限公司")) == set()


def test_numbers_and_addresses_count_beside_the_name() -> None:
    one, other = firm(1, "海港食品有限公司"), firm(2, "Nordwind GmbH")
    for each, phone in ((one, "0755-26581234"), (other, "(0755) 2658 1234")):
        each.reached_by(phone, "a@harbour.example")
    assert why(one, other) == {Reason.PHONE, Reason.MAIL}


def test_an_open_mail_domain_says_nothing() -> None:
    one, other = firm(1, "海港食品"), firm(2, "海港食品贸易")
    one.reached_by("", "a@qq.com")
    other.reached_by("", "b@qq.com")
    assert why(one, other) == set()


def test_the_same_code_is_enough_and_a_group_is_none() -> None:
    codes = frozenset({"91440300MA5FBD7C23"})
    assert why(firm(1, "甲公司", codes=codes), firm(2, "乙公司", codes=codes)) == {Reason.CODE}
    assert why(firm(1, "海港食品", family=9), firm(2, "海港食品", family=9)) == set()


def plain_pairs(known: list[Customer]) -> set[tuple[int, int]]:
    """The same as `likely_pairs` in the plainest way: blocks as lists of customers in a dictionary."""
    blocks: dict[tuple[str, str], list[Customer]] = {}
    for each in sorted(known, key=lambda one: one.id):
        for key in dict.fromkeys(_keys(each)):
            blocks.setdefault(key, []).append(each)
    found = set()
    for (kind, _shared), block in blocks.items():
        near: list[tuple[Customer, Customer]] = []
        if len(block) <= LARGEST:
            near = [(a, b) for i, a in enumerate(block) for b in block[i + 1 :]]
        elif kind in IN_ORDER:
            for order in (lambda c: c.cores, lambda c: tuple(core[::-1] for core in c.cores)):
                row = sorted(block, key=order)
                near += [(a, b) for i, a in enumerate(row) for b in row[i + 1 : i + 1 + WINDOW]]
        for pair in near:
            one, other = sorted(pair, key=lambda each: each.id)
            if compared(one, other) is not None:
                found.add((one.id, other.id))
    return found


CROWDS = st.lists(
    st.tuples(
        st.sampled_from(("上海", "宁波", "海港", "远东", "Harbour ", "Nord")),
        st.sampled_from(("食品", "贸易", "物流", "海港食品进出口", "wind", "Foods")),
        st.sampled_from(("", "有限公司", "股份有限公司", " Ltd.", " GmbH")),
        st.sampled_from(("", "13800138000", "0755-26581234", "57482")),
        st.sampled_from(("", "a@harbour.example", "b@harbour.example", "c@qq.com")),
    ),
    max_size=60,
)


@given(CROWDS)
@settings(max_examples=60)
def test_keys_as_numbers_find_the_same_pairs_as_lists_of_customers(crowd: list[tuple[str, ...]]):
    known = []
    for number, (begins, ends, form, phone, mail) in enumerate(crowd, 1):
        known.append(firm(number, f"{begins}{ends}{form}"))
        known[-1].reached_by(phone, mail)
    found = [(pair.first, pair.second) for pair in likely_pairs(reversed(known))]
    assert len(found) == len(set(found)) and set(found) == plain_pairs(known)


def test_a_pair_is_found_once_among_many() -> None:
    crowd = [firm(n, f"客户{n:04d}号贸易公司") for n in range(10, 400)]
    twins = [firm(1, "海港食品有限公司"), firm(2, "海港食品股份有限公司")]
    pairs = [(p.first, p.second) for p in likely_pairs([*crowd, *twins]) if p.first < 10]
    assert pairs == [(1, 2)]
