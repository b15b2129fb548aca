"""Contacts, sites, grants and clashing edits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.customers.rules.edits import Change, clashes
from portal.customers.rules.people import (
    ContactFacts,
    Grant,
    SiteFacts,
    check_grant,
    check_still_administered,
    cleaned_contact,
    cleaned_email,
    cleaned_site,
)
from portal.kernel.edits import Clash
from portal.kernel.errors import Invalid, InvalidMany

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SEE = frozenset({"see_quotations"})
RULE = frozenset({"administer"})


def test_a_contact_is_stored_tidied() -> None:
    tidy = cleaned_contact(
        ContactFacts(" 王 敏 ", email="Wang@Harbour.CN ", phone="＋86 138 0000 1111")
    )
    assert tidy == ContactFacts("王 敏", email="wang@harbour.cn", phone="+86 138 0000 1111")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ContactFacts(""), "name"),
        (ContactFacts("王敏", email="wang@harbour"), "email"),
        (ContactFacts("王敏", phone="call me"), "phone"),
        (ContactFacts("王敏", wechat="x" * 61), "wechat"),
    ],
)
def test_a_wrong_contact_is_told_at_its_field(facts: ContactFacts, field: str) -> None:
    with pytest.raises(InvalidMany) as refused:
        cleaned_contact(facts)
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    "phone", ["021-6888 1234", "+49 (40) 123456", "021-68881234转805", "400 800 1234 ext. 12"]
)
def test_telephone_numbers_are_written_in_many_ways(phone: str) -> None:
    assert cleaned_contact(ContactFacts("王敏", phone=phone)).phone == phone


def test_a_site_needs_a_name_an_address_and_a_known_purpose() -> None:
    with pytest.raises(InvalidMany) as refused:
        cleaned_site(SiteFacts("", " ", purpose="party"))
    assert set(refused.value.errors) == {"name", "address", "purpose"}


@pytest.mark.parametrize("text", ["", "nobody", "a@b", "a b@c.de", "a@b..", "<a@b.de>"])
def test_an_invitation_goes_to_a_mail_address_only(text: str) -> None:
    with pytest.raises(Invalid):
        cleaned_email(text)


def refused_fields(grant: Grant, *, reaches: bool = True, branches: bool = True) -> set[str]:
    with pytest.raises(InvalidMany) as refused:
        check_grant(grant, giver_covers_branches=reaches, has_branches=branches, today=TODAY)
    return set(refused.value.errors)


def test_a_grant_without_a_power_is_none() -> None:
    assert refused_fields(Grant(frozenset())) == {"powers"}


def test_nobody_hands_on_a_reach_that_they_do_not_have() -> None:
    assert refused_fields(Grant(SEE, covers_branches=True), reaches=False) == {"covers_branches"}
    assert refused_fields(Grant(SEE, covers_branches=True), branches=False) == {"covers_branches"}


def test_access_may_end_today_but_not_yesterday() -> None:
    check_grant(
        Grant(SEE, False, TODAY), giver_covers_branches=True, has_branches=False, today=TODAY
    )
    assert refused_fields(Grant(SEE, False, date(2026, 3, 1))) == {"ends_on"}


def test_the_last_administrator_stays() -> None:
    check_still_administered([SEE, RULE], SEE)
    check_still_administered([], RULE | SEE)
    with pytest.raises(Invalid):
        check_still_administered([SEE], SEE)


def change(
    version: int, before: dict[str, object], after: dict[str, object], who: str = "吴梅"
) -> Change:
    return Change(who, AT, version, before, after)


def test_a_field_that_both_changed_is_a_clash_in_which_yours_is_kept() -> None:
    found = clashes({"name": "C", "phone": "1"}, [change(2, {"name": "A"}, {"name": "B"})])
    assert found == [Clash("name", "吴梅", AT, "A", "B", "C", yours_kept=True)]


def test_a_field_that_only_the_other_changed_takes_theirs() -> None:
    (found,) = clashes({"name": "A"}, [change(2, {"name": "A"}, {"name": "B"})])
    assert not found.yours_kept


def test_two_edits_in_between_count_from_the_first_to_the_last() -> None:
    edits = [
        change(2, {"name": "A"}, {"name": "B"}),
        change(3, {"name": "B"}, {"name": "D"}, "陈立"),
    ]
    (found,) = clashes({"name": "A"}, edits)
    assert (found.was, found.theirs, found.who, found.yours_kept) == ("A", "D", "陈立", False)


def test_the_same_change_twice_or_one_taken_back_is_no_clash() -> None:
    assert clashes({"name": "B"}, [change(2, {"name": "A"}, {"name": "B"})]) == []
    there_and_back = [
        change(2, {"name": "A"}, {"name": "B"}),
        change(3, {"name": "B"}, {"name": "A"}),
    ]
    assert clashes({"name": "C"}, there_and_back) == []


def test_a_change_of_something_outside_the_form_is_no_clash() -> None:
    assert clashes({"name": "A"}, [change(2, {"active": True}, {"active": False})]) == []
