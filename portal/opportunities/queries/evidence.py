"""What of an opportunity is there, as far as a stage may ask for it (REQUIREMENTS O4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from portal.access.scope import past_the_walls
from portal.customers.models import Contact
from portal.customers.rules.kinds import CustomerKind, Influence
from portal.db.together import Question, ask
from portal.kernel.text import Text
from portal.opportunities.models import (
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityTask,
    SalesStage,
)
from portal.opportunities.queries import words
from portal.opportunities.rules.entry import StageFacts, asked_on_the_way, missing
from portal.opportunities.rules.kinds import EntryRule
from portal.opportunities.rules.states import TaskState

PAPERS: dict[EntryRule, Callable[[int], Select[Any]]] = {}
"""Later rooms tell here how a paper of theirs is found by the opportunity's id: a select that has rows when it is."""


def there(row: Opportunity) -> frozenset[EntryRule]:
    """The rules whose wish is fulfilled. A private person decides for themselves, and is the contact (O7)."""
    is_person = row.customer.kind == CustomerKind.PERSON
    known = _known(row)
    found = {
        EntryRule.AMOUNT: row.amount is not None,
        EntryRule.CLOSE_ON: row.close_on is not None,
        EntryRule.CONTACT: row.contact_id is not None or is_person,
        EntryRule.SITE: row.site_id is not None,
        EntryRule.COMPETITOR: row.names_no_competitor or known[EntryRule.COMPETITOR],
        EntryRule.DECIDER: is_person or known[EntryRule.DECIDER],
        EntryRule.ITEMS: known[EntryRule.ITEMS],
        EntryRule.TASKS_DONE: not known[EntryRule.TASKS_DONE],
    }
    papers = {rule for rule in PAPERS if known[rule]}
    return frozenset({rule for rule, is_there in found.items() if is_there} | papers)


def missing_for(row: Opportunity, target: SalesStage, locale: str) -> dict[EntryRule, Text]:
    """What is missing for a move to `target`, in sentences; empty: it may go."""
    stages = [words.facts_of(each, locale) for each in words.stages(target.method_id, all_=True)]
    asked = asked_on_the_way(stages, words.facts_of(row.stage, locale), _found(stages, target))
    return missing(asked, there(row)) if asked else {}


def _found(stages: list[StageFacts], target: SalesStage) -> StageFacts:
    return next(each for each in stages if each.id == target.id)


def _known(row: Opportunity) -> dict[EntryRule, bool]:
    """Of each rule that rows tell, whether there are any; whoever may see them, by one statement."""
    wanted = {
        EntryRule.COMPETITOR: _of(OpportunityCompetitor, row),
        EntryRule.DECIDER: _deciders(row),
        EntryRule.ITEMS: _of(OpportunityLine, row),
        EntryRule.TASKS_DONE: _open_tasks(row),
        **{rule: found_by(row.id) for rule, found_by in PAPERS.items()},
    }
    with past_the_walls():
        found = ask(*(Question(each.limit(1), bool) for each in wanted.values()))
    return dict(zip(wanted, found, strict=True))


def _of(
    model: type[OpportunityCompetitor] | type[OpportunityLine], row: Opportunity
) -> Select[Any]:
    return select(model.id).where(model.opportunity_id == row.id)


def _deciders(row: Opportunity) -> Select[Any]:
    return select(Contact.id).where(
        Contact.customer_id == row.customer_id,
        Contact.active.is_(True),
        Contact.influence == Influence.DECIDES.value,
    )


def _open_tasks(row: Opportunity) -> Select[Any]:
    return select(OpportunityTask.id).where(
        OpportunityTask.opportunity_id == row.id,
        OpportunityTask.stage_id == row.stage_id,
        OpportunityTask.state == TaskState.OPEN.value,
    )
