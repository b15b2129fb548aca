"""Every unique key that names a customer has its rule for a merge; rows of two customers are joined without loss."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from portal.db import moving
from portal.db.base import Base
from portal.intake.rules.merging import (
    FREE,
    RULES,
    STAYING,
    added_up,
    joined_membership,
    joined_standing,
    kinds_problem,
    renamed,
    usual,
)
from portal.rooms import load_models

load_models()
D = Decimal


def test_every_unique_key_with_a_customer_has_a_rule() -> None:
    keys = {(each.table, each.columns) for each in moving.unique_keys()}
    assert keys == set(RULES), "declare in intake/rules/merging.py what a merge does with such rows"


def test_what_stays_is_a_place_that_there_is() -> None:
    assert {tuple(each) for each in moving.places()} >= STAYING


def test_every_customer_without_a_foreign_key_is_declared() -> None:
    found = {
        table.name: column.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("customer_id") and not column.foreign_keys
    }
    assert found == FREE


def test_memberships_unite_their_powers_and_the_later_end() -> None:
    ours = {"powers": ["book"], "covers_branches": False, "ends_on": date(2026, 5, 1)}
    theirs = {"powers": ["accept", "book"], "covers_branches": True, "ends_on": date(2026, 9, 1)}
    assert joined_membership(ours, theirs) == {
        "powers": ["accept", "book"], "covers_branches": True, "ends_on": date(2026, 9, 1),
    }  # fmt: skip
    assert joined_membership(ours, {**theirs, "ends_on": None})["ends_on"] is None


def test_who_was_held_or_blacklisted_stays_so() -> None:
    free = dict.fromkeys(("held_since", "blacklisted_on"))
    names = (
        "hold_reason", "held_by", "lifted_until", "lift_reason", "blacklisted_until", "blacklist_reason",
        "blacklisted_by",
    )  # fmt: skip
    held = {**dict.fromkeys(names), "held_since": date(2026, 1, 1), "blacklisted_on": None}
    assert joined_standing(free, held)["held_since"] == date(2026, 1, 1)
    assert joined_standing(held, free) == {}


def test_figures_are_added_and_days_are_the_outer_ones() -> None:
    first, last, middle = date(2026, 1, 3), date(2026, 1, 30), date(2026, 1, 9)
    ours = {
        "id": 1, "customer_id": 1, "month": date(2026, 1, 1), "net": D(5), "first_on": middle, "last_on": middle,
        "left": {"USD": "1"},
    }  # fmt: skip
    more = {"net": D(7), "first_on": first, "last_on": last, "left": {"USD": "2", "EUR": "1"}}
    theirs = {**ours, **more, "id": 2, "customer_id": 2}
    assert added_up(ours, theirs, ("customer_id", "month")) == {
        "net": D(12), "first_on": first, "last_on": last, "left": {"USD": "3", "EUR": "1"},
    }  # fmt: skip


def test_equal_figures_of_both_are_added_too() -> None:
    ours = {"id": 1, "customer_id": 1, "balance": 40, "net": D(5), "left": {"USD": "1"}, "on": None}
    assert added_up(ours, {**ours, "id": 2, "customer_id": 2}, ("customer_id",)) == {
        "balance": 80, "net": D(10), "left": {"USD": "2"},
    }  # fmt: skip


def test_a_renamed_lot_keeps_its_name_and_fits() -> None:
    assert renamed("L1", "HG9", 60) == "L1 (HG9)"
    assert renamed("", "HG9", 60) == "(HG9)"
    assert len(renamed("x" * 60, "HG9", 60)) == 60


def test_the_duplicates_value_is_taken_where_the_other_has_none() -> None:
    takes = usual({"phone": "", "industry": "food"}, {"phone": "0755", "industry": "trade"})
    assert takes["phone"] and not takes["industry"] and not takes["address"]


def test_a_group_is_not_merged_into_its_branch() -> None:
    group = {"id": 1, "kind": "group", "parent_id": None, "merged": False}
    branch = {"id": 2, "kind": "branch", "parent_id": 1, "merged": False}
    assert kinds_problem(branch, group, has_branches=True) is not None
    assert kinds_problem(group, branch, has_branches=False) is None
    assert kinds_problem(group, group, has_branches=False) is not None
    assert kinds_problem(group, {**branch, "merged": True}, has_branches=False) is not None
