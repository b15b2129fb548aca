"""Satisfaction in figures (DOMAIN K10): the golden case, the bounds, and no percentage from a handful."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import InvalidMany
from portal.satisfaction.rules import asking, forms, scores
from portal.satisfaction.rules.first import FIRST
from portal.satisfaction.rules.forms import Question, SurveyFacts
from portal.satisfaction.rules.kinds import Occasion, QuestionKind

D = Decimal
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SCALE, NPS, YES_NO, TEXT = QuestionKind


def test_seven_promoters_two_passives_three_detractors_make_a_third():
    score = scores.promoters_less_detractors(7, 2, 3)
    assert (score.percent, score.count) == (D("33.3"), 12)


@pytest.mark.parametrize(("answers", "percent"), [
    ([10] * 10, D("100.0")),
    ([0] * 10, D("-100.0")),
    ([9] * 5 + [6] * 5, D("0.0")),
    ([8] * 5 + [7] * 5, D("0.0")),
    ([9, 9, 9, 8, 8, 8, 8, 7, 7, 6], D("20.0")),
])  # fmt: skip
def test_nine_promotes_seven_is_passive_six_detracts(answers: list[int], percent: Decimal) -> None:
    assert scores.nps_of(answers).percent == percent


def test_nine_answers_have_no_percentage_ten_have_one():
    assert scores.satisfied(9, 9) == scores.Score(9, None)
    assert scores.satisfied(9, 9).too_few
    assert scores.satisfied(7, 10) == scores.Score(10, D("70.0"))


def test_no_answers_are_neither_a_percentage_nor_too_few():
    for nothing in (scores.satisfied(0, 0), scores.nps_of([]), scores.answered_share(0, 0)):
        assert nothing == scores.Score(0, None) and not nothing.too_few


def test_a_share_is_rounded_half_up_to_one_decimal():
    assert scores.satisfied(13, 16).percent == D("81.3")  # 81.25
    assert scores.satisfied(2, 3 * 5).percent == D("13.3")


@given(st.lists(st.integers(0, 10), min_size=10, max_size=60))
def test_the_score_of_recommendation_stays_within_a_hundred(answers: list[int]) -> None:
    score = scores.nps_of(answers)
    assert score.percent is not None and abs(score.percent) <= 100 and score.count == len(answers)


@pytest.mark.parametrize(("steps", "low"), [(2, 1), (3, 1), (4, 1), (5, 2), (7, 2), (10, 4)])
def test_two_fifths_of_a_scale_are_low(steps: int, low: int) -> None:
    assert scores.is_low(low, steps) and not scores.is_low(low + 1, steps)


def test_a_detractor_is_low_only_where_no_step_was_given():
    assert scores.is_low(None, 5, 6) and not scores.is_low(None, 5, 7)
    assert not scores.is_low(5, 5, 0) and not scores.is_low(None, 5)


def test_nobody_is_asked_twice_in_thirty_days():
    assert asking.may_ask(None, NOW)
    assert asking.may_ask(NOW - timedelta(days=30), NOW)
    assert not asking.may_ask(NOW - timedelta(days=30) + timedelta(seconds=1), NOW)


def test_a_year_lies_between_two_yearly_asks():
    assert asking.is_due_again(None, NOW) and asking.is_due_again(NOW - timedelta(days=365), NOW)
    assert not asking.is_due_again(NOW - timedelta(days=364), NOW)


def test_the_keys_of_an_ask_fit_their_column_and_know_no_case():
    long = f"{'a' * 240}@harbour.example"
    assert asking.yearly_key(long, 2026) == asking.yearly_key(long.upper(), 2026)
    assert max(len(asking.yearly_key(long, 2026)), len(asking.close_key(2**31))) <= 120


@pytest.mark.parametrize("email", ["", "zhou", "zhou@", "@harbour.example", "zhou@harbour"])
def test_who_has_no_address_is_not_asked(email: str) -> None:
    assert not asking.reachable(email) and asking.reachable("zhou@harbour.example")


@pytest.mark.parametrize("occasion", list(Occasion))
def test_the_first_questions_are_a_form_that_may_be_saved(occasion: Occasion) -> None:
    assert forms.cleaned(FIRST[occasion]) == FIRST[occasion]


def facts(*questions: Question, **more: object) -> SurveyFacts:
    return SurveyFacts(**{"title_zh": "满意吗？", "questions": questions, **more})


GOOD = Question(SCALE, "满意吗？", id=1)


@pytest.mark.parametrize(("wrong", "field"), [
    (facts(), "questions"),
    (facts(Question(TEXT, "为什么？")), "questions"),
    (facts(GOOD, Question(SCALE, " ")), "questions"),
    (facts(GOOD, Question(NPS, "a"), Question(NPS, "b")), "questions"),
    (facts(*[GOOD] * 13), "questions"),
    (facts(GOOD, title_zh=" "), "title_zh"),
    (facts(GOOD, steps=1), "steps"),
    (facts(GOOD, steps=11), "steps"),
    (facts(GOOD, steps=3, good_from=4), "good_from"),
    (facts(GOOD, good_from=1), "good_from"),
    (facts(GOOD, valid_days=0), "valid_days"),
    (facts(GOOD, low_zh="很" * 31), "low_zh"),
])  # fmt: skip
def test_a_form_that_could_not_be_answered_is_refused_at_its_field(
    wrong: SurveyFacts, field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        forms.cleaned(wrong)
    assert set(refused.value.errors) == {field}


ASKED = (
    GOOD,
    Question(NPS, "推荐吗？", required=False, id=2),
    Question(YES_NO, "解决了吗？", required=False, id=3),
    Question(TEXT, "为什么？", required=False, id=4),
    Question(SCALE, "快吗？", required=False, id=5),
)


def test_answers_are_read_and_the_first_step_is_the_score():
    read = forms.read_answers(ASKED, 5, {1: "4", 2: "0", 3: "1", 4: " 很快 ", 5: "1"})
    assert (read.score, read.nps, read.comment) == (4, 0, "很快")
    assert [(each.question_id, each.number) for each in read.given][:3] == [(1, 4), (2, 0), (3, 1)]


def test_what_need_not_be_answered_may_stay_empty():
    read = forms.read_answers(ASKED, 5, {1: "5"})
    assert (read.score, read.nps, read.comment, len(read.given)) == (5, None, "", 1)


@pytest.mark.parametrize(("sent", "fields"), [
    ({}, {"q1"}),
    ({1: "6"}, {"q1"}),
    ({1: "0"}, {"q1"}),
    ({1: "-1"}, {"q1"}),
    ({1: "４"}, {"q1"}),
    ({1: "5", 2: "11"}, {"q2"}),
    ({1: "5", 3: "2"}, {"q3"}),
    ({1: "5", 4: "长" * 2001}, {"q4"}),
    ({1: "nine", 2: "x"}, {"q1", "q2"}),
])  # fmt: skip
def test_an_answer_that_was_not_offered_is_refused_at_its_question(
    sent: dict[int, str], fields: set[str]
) -> None:
    with pytest.raises(InvalidMany) as refused:
        forms.read_answers(ASKED, 5, sent)
    assert set(refused.value.errors) == fields
