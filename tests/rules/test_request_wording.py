"""What people write is kept as they wrote it, within bounds, and found again in Chinese and by pinyin."""

from __future__ import annotations

import pytest

from portal.kernel.errors import Invalid
from portal.service_requests.rules import wording


def test_a_text_keeps_its_lines() -> None:
    assert wording.lines_of(" 一\r\n二\r三\n ") == "一\n二\n三"


def test_a_title_is_one_line() -> None:
    assert wording.one_line(" 货物\n到哪\x00里了 ") == "货物 到哪里了"


@pytest.mark.parametrize("text", ["", "  ", "\r\n", "\x00"])
def test_nothing_is_not_said(text: str) -> None:
    with pytest.raises(Invalid) as error:
        wording.said(text, "solution")
    assert error.value.field == "solution"


def test_one_character_is_an_answer() -> None:
    assert wording.said("好") == "好"


def test_a_text_has_a_longest_length() -> None:
    assert len(wording.said("长" * 8000)) == 8000
    with pytest.raises(Invalid):
        wording.said("长" * 8001)


def test_a_reason_says_more_than_nothing() -> None:
    assert wording.reason_given(" 休假 ") == "休假"
    for reason in ("", "x", "长" * 1001):
        with pytest.raises(Invalid) as error:
            wording.reason_given(reason)
        assert error.value.field == "reason"


def test_ten_files_are_enough() -> None:
    wording.check_count(10)
    with pytest.raises(Invalid):
        wording.check_count(11)


@pytest.mark.parametrize("word", ["sr-2026-000001", "冷链", "lenglian", "ll", "海港", "haigang"])
def test_a_request_is_found_by_number_title_and_firm(word: str) -> None:
    assert word in wording.found_by("SR-2026-000001", "冷链", ["海港食品"])
