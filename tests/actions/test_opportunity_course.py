"""Through the stages, won, lost, locked, unlocked (REQUIREMENTS O4, O11, O16, O18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Contact
from portal.db.audit import timeline
from portal.db.base import db
from portal.documents.models import Attachment
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.opportunities.actions import (
    competing,
    course,
    editing,
    notes,
    parties,
    sharing,
    tasks,
)
from portal.opportunities.actions.competing import Rival
from portal.opportunities.actions.editing import Description, described
from portal.opportunities.actions.parties import Party
from portal.opportunities.actions.sharing import Share
from portal.opportunities.actions.tasks import Plan
from portal.opportunities.models import Competitor, Opportunity, OpportunityTask
from portal.opportunities.queries import one
from portal.opportunities.rules.values import NewLine
from tests.cast import Cast, customer, viewer
from tests.factories import add
from tests.opportunities import a_method, a_reason, an_opportunity, first_words, fresh, stage_of
from tests.service import File

D = Decimal
DUE = date(2026, 3, 20)


def a_contact(cast: Cast, influence: str = "") -> Contact:
    return add(Contact(customer_id=cast.harbour.id, name="林晓雯", influence=influence))


def won(cast: Cast, now: datetime) -> Opportunity:
    row = an_opportunity(cast, now)
    course.win(row, a_reason("won").id, "价格合适", row.version, SYSTEM, now)
    return fresh(row)


def open_tasks(row: Opportunity) -> list[OpportunityTask]:
    wanted = select(OpportunityTask).where(OpportunityTask.opportunity_id == row.id)
    return list(db.session.scalars(wanted.where(OpportunityTask.state == "open")))


def test_a_refused_move_says_exactly_what_is_missing(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, amount=None, close_on=None)
    with pytest.raises(InvalidMany) as error:
        course.move(row, stage_of(row, "negotiation"), row.version, viewer(cast.sales), now)
    told = {name: str(text) for name, text in error.value.errors.items()}
    assert set(told) == {"contact_id", "close_on", "amount", "quotation", "competitors"}
    assert told["contact_id"] == "“Need confirmed” needs a contact."
    assert (fresh(row).stage.code, row.likelihood) == ("enquiry", 10)


def test_a_stage_gives_likelihood_category_and_its_tasks_once(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, contact_id=a_contact(cast).id, stage="need")
    course.move(row, stage_of(row, "enquiry"), row.version, viewer(cast.sales), now)
    course.move(row, stage_of(row, "need"), None, viewer(cast.sales), now + timedelta(days=1))
    assert (row.stage.code, row.likelihood, row.category) == ("need", 30, "pipeline")
    assert row.entered_stage_at == now + timedelta(days=1)
    assert len(open_tasks(row)) == 1  # the enquiry's, made when it was opened, not again


def test_a_category_given_by_hand_stays_through_the_stages(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now, contact_id=a_contact(cast).id)
    editing.change(
        row, replace(described(row), category="commit", likelihood=10), None, SYSTEM, now
    )
    course.move(row, stage_of(row, "need"), None, SYSTEM, now)
    assert (row.category, row.category_given, row.likelihood) == ("commit", True, 30)


def test_a_private_person_is_contact_and_decider_in_one(cast: Cast, now: datetime) -> None:
    person = customer("P-1", "张三", "", kind="person")
    row = an_opportunity(cast, now, customer_id=person.id)
    course.move(row, stage_of(row, "need"), None, SYSTEM, now)
    assert row.stage.code == "need"


def test_a_decider_a_site_and_items_are_asked_for_by_the_project_method(
    cast: Cast, now: datetime
) -> None:
    first_words(now)
    project = next(m for m in one.words.methods() if m.code == "project")
    row = an_opportunity(cast, now, method_id=project.id, contact_id=a_contact(cast).id)
    with pytest.raises(InvalidMany) as error:
        course.move(row, stage_of(row, "solution"), None, SYSTEM, now)
    assert set(error.value.errors) == {"lines", "decider", "site_id"}
    a_contact(cast, "decides")
    with pytest.raises(InvalidMany) as error:
        course.move(row, stage_of(row, "solution"), None, SYSTEM, now)
    assert set(error.value.errors) == {"lines", "site_id"}


def test_it_goes_over_to_another_method(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    other = a_method("tender", ("begin", 5), ("end", 60))
    course.move(row, other.stages[1], row.version, SYSTEM, now)
    assert (fresh(row).method_id, row.stage.code, row.likelihood) == (other.id, "end", 60)


def test_a_stage_that_is_no_longer_used_takes_nobody(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    stage = stage_of(row, "need")
    stage.active = False
    with pytest.raises(Invalid) as error:
        course.move(row, stage, None, SYSTEM, now)
    assert error.value.field == "stage_id"


def test_an_older_page_moves_nothing_and_names_who_was_quicker(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    seen, other = row.version, a_method("tender", ("begin", 5))
    editing.set_amount(row, D(1), "CNY", seen, viewer(cast.sales_manager), now)
    with pytest.raises(StaleEdit, match="Wu Mei"):
        course.move(row, other.stages[0], seen, viewer(cast.sales), now)


def test_winning_and_losing_need_a_reason_of_their_own(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    for reason_id in (None, 999, a_reason("lost").id):
        with pytest.raises(Invalid) as error:
            course.win(row, reason_id, "", None, SYSTEM, now)
        assert error.value.field == "reason_id"
    with pytest.raises(Invalid):
        course.lose(row, a_reason("won").id, None, "", None, SYSTEM, now)


def test_a_lost_one_names_the_competitor(cast: Cast, now: datetime) -> None:
    row, rival = an_opportunity(cast, now), add(Competitor(name_zh="快航物流"))
    course.lose(row, a_reason("lost").id, rival.id, "便宜 8%", row.version, SYSTEM, now)
    assert (fresh(row).state, row.likelihood, row.closed_on) == ("lost", 0, date(2026, 3, 2))
    assert (row.lost_to.name_zh, row.outcome_text) == ("快航物流", "便宜 8%")
    assert open_tasks(row) == []


def test_unlocking_needs_the_right_and_a_reason_and_takes_it_back_to_its_stage(
    cast: Cast, now: datetime
) -> None:
    row = won(cast, now)
    with pytest.raises(Forbidden):
        course.unlock(row, "客户反悔", row.version, viewer(cast.sales), now)
    with pytest.raises(Invalid) as error:
        course.unlock(row, " ", row.version, viewer(cast.sales_manager), now)
    assert error.value.field == "reason"
    course.unlock(row, "客户反悔", row.version, viewer(cast.sales_manager), now)
    assert (fresh(row).state, row.likelihood, row.closed_on, row.outcome_reason_id) == (
        "open",
        10,
        None,
        None,
    )
    assert timeline(row, public_only=False)[0].reason == "客户反悔"
    with pytest.raises(NotAllowedNow):
        course.unlock(row, "再次", None, viewer(cast.sales_manager), now)


LOCKED: dict[str, Callable[[Opportunity, Cast, datetime], object]] = {
    "move": lambda r, c, now: course.move(r, stage_of(r, "need"), None, SYSTEM, now),
    "win": lambda r, c, now: course.win(r, a_reason("won").id, "", None, SYSTEM, now),
    "lose": lambda r, c, now: course.lose(r, a_reason("lost").id, None, "", None, SYSTEM, now),
    "change": lambda r, c, now: editing.change(r, Description("别的"), None, SYSTEM, now),
    "set_amount": lambda r, c, now: editing.set_amount(r, D(1), "CNY", None, SYSTEM, now),
    "set_lines": lambda r, c, now: editing.set_lines(r, [NewLine(None, "x")], None, SYSTEM, now),
    "share": lambda r, c, now: sharing.share(r, Share(c.sales_manager.id), SYSTEM, now),
    "unshare": lambda r, c, now: sharing.unshare(r, c.sales_manager.id, SYSTEM, now),
    "hand_over": lambda r, c, now: sharing.hand_over(r, c.sales_manager.id, SYSTEM, now),
    "add_party": lambda r, c, now: parties.add(r, Party("agent", "代理"), SYSTEM, now),
    "change_party": lambda r, c, now: parties.change(
        parties.parties_of(r)[0], Party("agent", "x"), SYSTEM, now
    ),
    "remove_party": lambda r, c, now: parties.remove(parties.parties_of(r)[0], SYSTEM, now),
    "put_rival": lambda r, c, now: competing.put(r, Rival(1), SYSTEM, now),
    "remove_rival": lambda r, c, now: competing.remove(r, 1, SYSTEM, now),
    "say_none": lambda r, c, now: competing.say_none(r, SYSTEM, now),
    "make_task": lambda r, c, now: tasks.make(r, Plan("x", DUE), SYSTEM, now),
    "change_task": lambda r, c, now: tasks.change(_task(r), Plan("x", DUE), None, SYSTEM, now),
    "move_task": lambda r, c, now: tasks.move(_task(r), DUE, None, SYSTEM, now),
    "complete_task": lambda r, c, now: tasks.complete(_task(r), "", SYSTEM, now),
    "cancel_task": lambda r, c, now: tasks.cancel(_task(r), "不需要", SYSTEM, now),
    "reopen_task": lambda r, c, now: tasks.reopen(_task(r), SYSTEM, now),
    "note": lambda r, c, now: notes.write(r, "x", False, viewer(c.sales), now),
    "private_note": lambda r, c, now: notes.write(r, "x", True, viewer(c.sales), now),
    "remove_file": lambda r, c, now: notes.remove_file(r, _file(), SYSTEM, now),
    "add_files": lambda r, c, now: notes.add_files(r, [File()], SYSTEM, now),
}


def _file() -> Attachment:
    return db.session.scalars(select(Attachment)).one()


def _task(row: Opportunity) -> OpportunityTask:
    wanted = select(OpportunityTask).where(OpportunityTask.opportunity_id == row.id)
    return db.session.scalars(wanted.limit(1)).one()


@pytest.mark.one_database
@pytest.mark.parametrize("verb", sorted(LOCKED))
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_nothing_of_a_locked_one_changes(
    cast: Cast, now: datetime, verb: str, outcome: str
) -> None:
    row = an_opportunity(cast, now)
    parties.add(row, Party("agent", "代理"), SYSTEM, now)
    notes.add_files(row, [File()], SYSTEM, now)
    close = course.win if outcome == "won" else lambda r, i, *rest: course.lose(r, i, None, *rest)
    close(row, a_reason(outcome).id, "", None, SYSTEM, now)
    counter = fresh(row).version
    with pytest.raises(NotAllowedNow, match="locked"):
        LOCKED[verb](row, cast, now)
    assert fresh(row).version == counter


def test_every_verb_of_the_room_is_walked() -> None:
    """A new action on an opportunity belongs into LOCKED, or is `unlock`."""
    allowed = {"unlock"}
    written = {
        f"{module.__name__.rsplit('.', 1)[1]}.{name}"
        for module in (course, editing, sharing, parties, competing, tasks, notes)
        for name, verb in vars(module).items()
        if callable(verb) and getattr(verb, "__module__", "") == module.__name__
        and not name.startswith("_") and name[0].islower() and "actor" in verb.__annotations__
    }  # fmt: skip
    assert len(written - {"sharing.may_decide"}) == len(LOCKED) - 1 + len(
        allowed
    )  # notes.write is walked twice
