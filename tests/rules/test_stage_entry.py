"""What stages ask for on the way (REQUIREMENTS O4), and when their tasks are due (O11)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.opportunities.rules.entry import (
    FIELDS,
    StageFacts,
    asked_on_the_way,
    at_fields,
    missing,
    rules_of,
)
from portal.opportunities.rules.kinds import ENTRY_RULES, EntryRule
from portal.opportunities.rules.stage_tasks import StageTask, due_on, tasks_of

R = EntryRule
FIRST = StageFacts(1, 1, 10, "询价")
QUOTED = StageFacts(2, 1, 20, "已报价", (R.AMOUNT, R.QUOTATION))
OLD = StageFacts(3, 1, 30, "旧", (R.SITE,), active=False)
TALKS = StageFacts(4, 1, 40, "谈判", (R.AMOUNT, R.COMPETITOR))
OTHER = StageFacts(5, 2, 10, "立项", (R.CONTACT,))
STAGES = [FIRST, QUOTED, OLD, TALKS, OTHER]
RULES = st.lists(st.sampled_from(list(EntryRule)), unique=True, max_size=4).map(tuple)


def test_who_jumps_over_a_stage_meets_its_rules_too() -> None:
    asked = asked_on_the_way(STAGES, FIRST, TALKS)
    assert {rule: stage.name for rule, stage in asked.items()} == {
        R.AMOUNT: "已报价", R.QUOTATION: "已报价", R.COMPETITOR: "谈判",
    }  # fmt: skip


def test_a_way_back_asks_for_nothing() -> None:
    assert asked_on_the_way(STAGES, TALKS, FIRST) == {}


def test_coming_from_another_method_every_stage_up_to_the_target_counts() -> None:
    assert set(asked_on_the_way(STAGES, OTHER, QUOTED)) == {R.AMOUNT, R.QUOTATION}


def test_what_is_missing_is_a_sentence_at_its_field() -> None:
    told = at_fields(missing(asked_on_the_way(STAGES, FIRST, QUOTED), frozenset({R.AMOUNT})))
    assert {name: str(text) for name, text in told.items()} == {
        "quotation": "“已报价” needs a quotation that was issued."
    }


def test_every_rule_has_a_field_and_words() -> None:
    assert set(FIELDS) == set(EntryRule) == {EntryRule(word) for word in ENTRY_RULES}
    assert len(set(FIELDS.values())) == len(EntryRule)


@given(st.lists(RULES, min_size=2, max_size=6), st.sets(st.sampled_from(list(EntryRule))))
def test_step_by_step_or_at_once_the_same_is_asked_for(
    rules: list[tuple[EntryRule, ...]], there: set[EntryRule]
) -> None:
    stages = [StageFacts(no, 1, no, f"{no}", each) for no, each in enumerate(rules)]
    known = frozenset(there)
    at_once = set(missing(asked_on_the_way(stages, stages[0], stages[-1]), known))
    steps = pairwise(stages)
    assert at_once == {
        rule for one, two in steps for rule in missing(asked_on_the_way(stages, one, two), known)
    }


def test_words_that_are_no_rules_are_passed_over() -> None:
    assert rules_of(["site", "gone", "amount"]) == (R.AMOUNT, R.SITE)


def test_tasks_are_due_in_working_days_over_the_holidays() -> None:
    assert due_on(date(2026, 3, 6), 1) == date(2026, 3, 9)  # Friday, then Monday
    assert due_on(date(2026, 3, 7), 0) == date(2026, 3, 9)
    assert due_on(date(2026, 9, 30), 1) == date(2026, 10, 8)  # the national holidays lie between


def test_a_task_is_told_in_its_readers_language() -> None:
    task = tasks_of([{"zh": "致电", "en": "Call", "days": 2}])[0]
    assert (task.title("en"), task.title("zh_CN")) == ("Call", "致电")
    assert StageTask("致电", "", 0).title("en") == "致电"
