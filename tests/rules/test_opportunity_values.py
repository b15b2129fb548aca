"""Amounts, lines, and what papers changed (REQUIREMENTS O1, O8, O9)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.opportunities.rules.papers import NEXT, PAPER_STEPS, PaperLine, line_changes, next_task
from portal.opportunities.rules.values import (
    NewLine,
    amount_problem,
    line_amount,
    lines_problem,
    lines_total,
)

D = Decimal


def test_a_line_is_rounded_half_up_once_in_its_currency() -> None:
    line = NewLine(1, "", D("0.5"), "CBM", D("0.01"))
    assert (line_amount(line, "CNY"), line_amount(line, "KWD")) == (D("0.01"), D("0.005"))
    assert line_amount(NewLine(1, "", D(3), "CBM"), "CNY") is None


def test_the_total_is_of_the_lines_that_have_a_price() -> None:
    lines = [
        NewLine(1, "", D(2), "", D("1.005")),
        NewLine(2, "", D(9)),
        NewLine(3, "", D(1), "", D(0)),
    ]
    assert lines_total(lines, "CNY") == D("2.01")
    assert lines_total([NewLine(2)], "CNY") is None


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000", "NaN", "0.001"])
def test_an_amount_out_of_reason_is_refused(amount: str) -> None:
    assert amount_problem(D(amount), "CNY") is not None


def test_the_first_wrong_line_is_named() -> None:
    assert "Line 2" in str(lines_problem([NewLine(1), NewLine(None, " ")]))
    assert "Line 1" in str(lines_problem([NewLine(1, "", D(-1))]))
    assert "Line 1" in str(lines_problem([NewLine(1, "", D(1), "", D("0.0000001"))]))
    assert lines_problem([]) is None


def test_what_a_paper_changed_is_told_item_by_item() -> None:
    before = [
        PaperLine(1, "海运费", D(2), "20GP", None, D(100)),
        PaperLine(2, "报关", D(1), "票", None, None),
    ]
    after = [
        PaperLine(1, "海运费", D(3), "20GP", None, D("150.50")),
        PaperLine(3, "拖车", D(1), "车", None, D(9)),
    ]
    told = line_changes(before, "CNY", after, "USD")
    was, now = told[0]["before"], told[0]["after"]
    assert was == [{"quantity": "2", "unit": "20GP", "currency": "CNY", "amount": "100"}]
    assert now == [{"quantity": "3", "unit": "20GP", "currency": "USD", "amount": "150.5"}]
    unpriced = {"quantity": "1", "unit": "票", "currency": "", "amount": ""}
    assert told[1] == {"name": "报关", "before": [unpriced], "after": []}
    assert told[2]["before"] == [] and told[2]["after"][0]["amount"] == "9"
    assert line_changes(after, "USD", after, "USD") == []


def test_what_follows_an_answer_is_said_in_the_owners_language() -> None:
    assert next_task("accepted", "QT-1 v1", "en") == "QT-1 v1 was accepted: record the win"
    assert "记录赢单" in (next_task("signed", "CT-1", "zh_CN") or "")
    assert next_task("issued", "QT-1 v1", "en") is None
    assert set(NEXT) <= set(PAPER_STEPS)
