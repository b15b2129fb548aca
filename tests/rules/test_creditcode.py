import pytest

from portal.kernel.creditcode import clean_credit_code, credit_code_problem
from portal.kernel.errors import Invalid

GOOD = "91110000600037341L"


@pytest.mark.parametrize(
    "typed", [GOOD, "9111 0000 6000 3734 1l", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_good_code_is_stored_in_one_form_however_it_was_typed(typed):
    assert clean_credit_code(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("9111000060003734", "this one has 16"),
        ("91110000600037341I", "found: I"),
        ("91110000600037431L", "look for a slip"),
        ("91AB0000600037341L", "digits of a division"),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(typed, reason):
    with pytest.raises(Invalid, match=reason):
        clean_credit_code(typed)


def test_a_code_of_a_cooperative_may_begin_with_a_letter():
    assert credit_code_problem("N21100006000373414") is None


def test_any_single_wrong_digit_is_noticed():
    slips = [GOOD[:i] + ("1" if GOOD[i] != "1" else "2") + GOOD[i + 1 :] for i in range(17)]
    assert all(credit_code_problem(code) for code in slips)
