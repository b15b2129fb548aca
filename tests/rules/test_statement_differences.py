"""What a later revision changed, line by line; the changes add up to the change of the sums."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.content import line_values
from portal.billing.rules.difference import ChangeKind, compare, differences
from portal.billing.rules.kinds import LineKind
from tests.rules.bills import any_line, g8, line
from tests.rules.prices import D


def stored(draft, number: int, replaces: int | None = None) -> SimpleNamespace:
    """A line as it lies in the database."""
    return SimpleNamespace(**line_values(draft), id=number, replaces_id=replaces)


def test_the_same_lines_in_another_order_are_no_difference():
    assert differences(g8(), g8()[::-1]) == []


def test_a_credit_line_is_added():
    (found,) = differences(g8(), [*g8(), line("-50", kind=LineKind.CREDIT)])
    assert (found.kind, found.old, found.gross_change) == (ChangeKind.ADDED, None, D("-50.00"))


def test_a_line_that_ended_is_no_longer_part_of_it():
    (found,) = differences(g8(), g8()[1:])
    assert (found.kind, found.new, found.gross_change) == (ChangeKind.ENDED, None, D("-27348.09"))


def test_a_replaced_line_says_which_fields_changed():
    old, new = line("100", reference="A"), line("90", reference="A")
    (found,) = differences([stored(old, 1)], [stored(new, 2, replaces=1)])
    assert found.kind is ChangeKind.REPLACED
    assert [(each.name, each.before, each.after) for each in found.fields] == [
        ("rate", D(100), D(90)),
        ("amount", D(100), D(90)),
        ("net_amount", D("94.34"), D("84.91")),
        ("tax_amount", D("5.66"), D("5.09")),
        ("gross_amount", D(100), D(90)),
    ]


def test_the_same_draw_charged_anew_is_a_replacement_without_being_named():
    old, new = (replace(line(amount), usage_id=3, entitlement_id=5) for amount in ("10", "12"))
    (found,) = differences([old], [new])
    assert (found.kind, found.gross_change) == (ChangeKind.REPLACED, D("2.00"))


def test_two_lines_of_one_cause_replace_two():
    found = differences([line("10"), line("20")], [line("11"), line("21")])
    assert [(each.old.amount, each.new.amount) for each in found] == [(10, 11), (20, 21)]


def test_another_draw_is_not_a_replacement():
    old, new = (replace(line("10"), usage_id=usage) for usage in (3, 4))
    assert [each.kind for each in differences([old], [new])] == [ChangeKind.ENDED, ChangeKind.ADDED]


def test_a_line_named_by_its_successor_goes_before_one_of_the_same_cause():
    first, second = stored(line("10"), 1), stored(line("20"), 2)
    one, other = stored(line("11"), 3, replaces=2), stored(line("21"), 4)
    pairs = {(each.old.id, each.new.id) for each in differences([first, second], [one, other])}
    assert pairs == {(2, 3), (1, 4)}


def test_of_two_equal_lines_one_may_end():
    assert [each.kind for each in differences([line("5"), line("5")], [line("5")])] == [
        ChangeKind.ENDED
    ]


def test_two_revisions_are_compared_with_their_sums():
    found = compare(g8(), [*g8(), line("-50")])
    assert (found.before.gross, found.after.gross) == (D("33484.85"), D("33434.85"))
    assert (found.before.lines, found.after.lines, len(found.lines)) == (6, 7, 1)


@given(st.lists(any_line(), max_size=6), st.lists(any_line(), max_size=6))
def test_the_changes_add_up_to_the_change_of_the_sums(old, new):
    found = compare(old, new)
    change = sum((each.gross_change for each in found.lines), Decimal(0))
    assert found.before.gross + change == found.after.gross


@given(st.lists(any_line(), max_size=6), st.lists(any_line(), max_size=6))
def test_backwards_what_was_added_has_ended(old, new):
    there, back = differences(old, new), differences(new, old)
    count = [each.kind for each in there].count
    assert count(ChangeKind.ADDED) == [each.kind for each in back].count(ChangeKind.ENDED)
    assert count(ChangeKind.REPLACED) == [each.kind for each in back].count(ChangeKind.REPLACED)
