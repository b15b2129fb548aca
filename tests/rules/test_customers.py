"""Customers: names that mean the same firm, codes, facts that make sense."""

from __future__ import annotations

import pytest

from portal.customers.rules import naming, profile
from portal.customers.rules.kinds import CustomerKind
from portal.customers.rules.profile import CustomerFacts
from portal.kernel.errors import InvalidMany

GOOD_CODE = "91310000MA1FL8XQ37"
GOOD_IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("海港食品有限公司", "海港食品股份有限公司"),
        ("海港食品有限公司", "海岗食品公司"),
        ("海港食品有限公司", "海港食品（上海）有限公司"),
        ("Harbour Foods Ltd.", "HARBOR FOODS CO., LTD"),
        ("ｈａｒｂｏｕｒ　ｆｏｏｄｓ", "Harbour Foods"),
    ],
)
def test_the_same_firm_is_known_again_under_a_slightly_other_name(first: str, second: str) -> None:
    assert naming.are_alike(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("海港食品有限公司", "海港机械有限公司"),
        ("上海国际贸易有限公司", "上海国际物流有限公司"),
        ("Nordwind Parts GmbH", "Nordwind Wines GmbH"),
        ("有限公司", ""),
    ],
)
def test_different_firms_are_not_taken_for_one(first: str, second: str) -> None:
    assert not naming.are_alike(first, second)


def test_a_legal_form_is_no_part_of_the_name_unless_nothing_else_is_there() -> None:
    assert naming.name_core("海港食品（集团）有限公司") == "海港食品"
    assert naming.name_core("Nordwind Parts GmbH & Co. KG") == "nordwindparts"
    assert naming.name_core("公司") == "公司"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("海港食品有限公司", "HGSP"),
        ("Nordwind Parts GmbH", "NP"),
        ("李", "C"),
        ("李娜", "LN"),
        ("3M", "3M"),
    ],
)
def test_a_code_starts_with_the_initials_of_the_name(name: str, prefix: str) -> None:
    assert naming.code_prefix(name) == prefix


def test_a_proposed_code_takes_the_first_free_serial() -> None:
    assert naming.next_code("HGSP", {"HGSP001", "HGSP003"}) == "HGSP002"


def test_facts_are_stored_half_width_and_codes_in_capitals() -> None:
    facts = CustomerFacts(
        name_zh=" 海港　食品 ", code="ｈｇ-1", credit_code=f" {GOOD_CODE.lower()} "
    )
    tidy = profile.cleaned(facts)
    assert (tidy.name_zh, tidy.code, tidy.credit_code) == ("海港 食品", "HG-1", GOOD_CODE)


def test_a_foreign_name_stands_where_there_is_no_chinese_one() -> None:
    assert profile.cleaned(CustomerFacts(name_en="Nordwind Parts")).name_zh == "Nordwind Parts"


def wrong_fields(**facts: object) -> set[str]:
    with pytest.raises(InvalidMany) as refused:
        profile.cleaned(CustomerFacts(**{"name_zh": "海港食品", **facts}))  # type: ignore[arg-type]
    return set(refused.value.errors)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name_zh": "  "}, "name_zh"),
        ({"name_zh": "海" * 121}, "name_zh"),
        ({"code": "海港"}, "code"),
        ({"code": "A"}, "code"),
        ({"credit_code": GOOD_CODE[:-1] + "8"}, "credit_code"),
        ({"credit_code": GOOD_CODE, "kind": "person"}, "credit_code"),
        ({"bank_account": GOOD_IBAN[:-1] + "1"}, "bank_account"),
        ({"kind": "branch"}, "parent_id"),
        ({"kind": "club"}, "kind"),
        ({"default_currency": "XXZ"}, "default_currency"),
        ({"segment": "gold"}, "segment"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_wrong_fact_is_told_at_its_field(facts: dict[str, object], field: str) -> None:
    assert wrong_fields(**facts) == {field}


def test_every_wrong_field_is_told_at_once() -> None:
    assert wrong_fields(name_zh="", code="?", segment="gold") == {"name_zh", "code", "segment"}


def test_an_account_abroad_and_one_at_home_are_both_fine() -> None:
    for account in (GOOD_IBAN, "6222 0210 0110 1234 567"):
        assert (
            profile.cleaned(CustomerFacts(name_zh="海港", bank_account=account)).bank_account
            == account
        )


def test_only_a_branch_has_a_group_and_a_bill_of_the_group() -> None:
    tidy = profile.cleaned(CustomerFacts(name_zh="海港", parent_id=3, billing="group"))
    assert (tidy.parent_id, tidy.billing) == (None, "own")


def test_an_organisation_may_become_a_group_and_back_while_it_has_no_branches() -> None:
    turn = profile.kind_change_problem
    assert turn(CustomerKind.ORGANISATION, CustomerKind.GROUP, has_branches=False) is None
    assert turn(CustomerKind.GROUP, CustomerKind.ORGANISATION, has_branches=False) is None
    assert turn(CustomerKind.GROUP, CustomerKind.ORGANISATION, has_branches=True) is not None
    assert turn(CustomerKind.BRANCH, CustomerKind.ORGANISATION, has_branches=False) is not None
    assert turn(CustomerKind.PERSON, CustomerKind.PERSON, has_branches=False) is None


def test_the_search_text_holds_pinyin_initials_codes_and_contacts() -> None:
    facts = CustomerFacts(name_zh="海港食品有限公司", code="HGSP001", credit_code=GOOD_CODE)
    text = profile.search_text(facts, ("王敏", "13800001111"))
    for typed in (
        "海港",
        "haigang",
        "hgsp",
        "hgsp001",
        GOOD_CODE.lower(),
        "wangmin",
        "13800001111",
    ):
        assert typed in text
