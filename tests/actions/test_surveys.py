"""Who is asked how satisfied they are, when, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.customers.models import Membership
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import satisfaction as jobs
from portal.jobs.letters import Letter, written
from portal.kernel.errors import InvalidMany, NotFound, StaleEdit
from portal.satisfaction.actions import answering, editing
from portal.satisfaction.models import Survey, SurveyAnswer, SurveyInvitation
from portal.satisfaction.queries.surveys import current, facts_of
from portal.satisfaction.rules.kinds import Occasion
from tests.cast import Cast, viewer
from tests.service import a_request
from tests.surveys import answered, answers, asked, invitation, resolved

DAY = timedelta(days=1)


def asks() -> int:
    return db.session.scalar(select(func.count()).select_from(SurveyInvitation)) or 0


def test_what_was_resolved_is_asked_about_once(cast: Cast, now: datetime) -> None:
    request = resolved(cast, now)
    db.session.commit()
    assert jobs.ask_closed(now) == "1 asked"
    row = invitation(request)
    assert (row.email, row.customer_id, row.user_id) == (
        cast.lin.email,
        cast.harbour.id,
        cast.lin.id,
    )
    assert row.expires_at == now + 30 * DAY
    assert jobs.ask_closed(now) == "0 asked" and jobs.ask_closed(now + 31 * DAY) == "0 asked"


def test_a_request_that_is_open_internal_or_without_an_address_is_not_asked_about(
    cast: Cast, now: datetime
) -> None:
    a_request(cast, now)
    resolved(cast, now, requester_name="王先生")
    inside = resolved(cast, now, requester_email="w@harbour.example", requester_name="王先生")
    inside.is_internal = True
    db.session.commit()
    assert jobs.ask_closed(now) == "0 asked"


def test_one_person_is_asked_once_in_thirty_days_however_many_requests(
    cast: Cast, now: datetime
) -> None:
    resolved(cast, now)
    resolved(cast, now + DAY)
    db.session.commit()
    assert jobs.ask_closed(now + DAY) == "1 asked"
    late = resolved(cast, now + 29 * DAY)
    db.session.commit()
    assert jobs.ask_closed(now + 29 * DAY) == "0 asked"
    assert jobs.ask_closed(now + 31 * DAY) == "1 asked" and invitation(late).asked_at > now


def test_what_was_resolved_long_ago_is_left_in_peace(cast: Cast, now: datetime) -> None:
    resolved(cast, now)
    db.session.commit()
    assert jobs.ask_closed(now + 15 * DAY) == "0 asked"


def test_the_letter_has_the_link_the_steps_and_says_that_a_machine_wrote_it(
    cast: Cast, now: datetime
) -> None:
    token = asked(resolved(cast, now, title="少了两箱"), now)
    posted = select(OutboxMessage).where(OutboxMessage.template == "survey_close")
    mail = written(Letter.of(db.session.scalars(posted).one()))
    html = mail.get_body(("html",)).get_content()
    assert f"/s/{token}?score=5" in html and "少了两箱" in html
    assert f"/s/{token}" in mail.get_body(("plain",)).get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_links_secret_is_kept_as_a_hash(cast: Cast, now: datetime) -> None:
    request = resolved(cast, now)
    token = asked(request, now)
    assert token not in invitation(request).token_hash and len(invitation(request).token_hash) == 64


def test_customers_users_are_asked_once_a_year(cast: Cast, now: datetime) -> None:
    later = now + 61 * DAY
    assert jobs.ask_yearly(now) == "0 asked"  # they signed up today
    assert jobs.ask_yearly(later) == "3 asked" and jobs.ask_yearly(later + 31 * DAY) == "0 asked"
    assert jobs.ask_yearly(later + 365 * DAY) == "3 asked"


def test_who_left_or_was_asked_lately_is_not_asked_the_yearly_questions(
    cast: Cast, now: datetime
) -> None:
    later = now + 61 * DAY
    gone = db.session.scalars(select(Membership).where(Membership.user_id == cast.erik.id)).one()
    gone.ends_on = now.date()
    asked(resolved(cast, later - DAY), later - DAY)
    db.session.commit()
    assert jobs.ask_yearly(later) == "1 asked"  # the clerk


def test_an_answer_keeps_who_owned_the_request_and_stands_in_its_history(
    cast: Cast, now: datetime
) -> None:
    row = answered(cast, now, 2, "等了三天", kind="complaint")
    assert (row.score, row.is_good, row.comment) == (2, False, "等了三天")
    assert (row.request_kind, row.owner_id) == ("complaint", cast.customer_service.id)
    event = select(AuditEntry.subject_id).where(AuditEntry.event == "survey.answered")
    assert db.session.scalar(event) == row.request_id


def test_a_link_answers_once(cast: Cast, now: datetime) -> None:
    token = asked(resolved(cast, now), now)
    found = answering.find(token, lock=True)
    answering.answer(found, answers(found.survey, 5), SYSTEM, now)
    with pytest.raises(answering.AlreadyAnswered):
        answering.answer(answering.find(token), answers(found.survey, 1), SYSTEM, now)
    assert db.session.scalars(select(SurveyAnswer.score)).all() == [5]


def test_a_link_that_was_altered_or_ran_out_answers_nothing(cast: Cast, now: datetime) -> None:
    token = asked(resolved(cast, now), now)
    with pytest.raises(NotFound):
        answering.find(token[:-1] + ("a" if token[-1] != "a" else "b"))
    found = answering.find(token)
    with pytest.raises(answering.LinkExpired):
        answering.answer(found, answers(found.survey, 5), SYSTEM, found.expires_at)


def test_what_was_not_offered_is_refused_and_the_link_still_answers(
    cast: Cast, now: datetime
) -> None:
    found = answering.find(asked(resolved(cast, now), now))
    with pytest.raises(InvalidMany):
        answering.answer(found, answers(found.survey, 9), SYSTEM, now)
    assert answering.answer(found, answers(found.survey, 4), SYSTEM, now).is_good


def test_the_first_forms_are_made_once(cast: Cast, now: datetime) -> None:
    assert (editing.seed(SYSTEM, now), editing.seed(SYSTEM, now)) == (2, 0)
    assert sorted(db.session.scalars(select(Survey.occasion))) == ["close", "yearly"]


def test_a_change_makes_the_next_edition_and_what_was_asked_stays(
    cast: Cast, now: datetime
) -> None:
    found = answering.find(asked(resolved(cast, now), now))
    first = found.survey
    facts = replace(facts_of(first), steps=10, good_from=8)
    second = editing.save(Occasion.CLOSE, facts, first.edition, viewer(cast.administrator), now)
    assert (second.edition, first.active, current(Occasion.CLOSE)) == (2, False, second)
    row = answering.answer(found, answers(first, 4), SYSTEM, now)
    assert (row.survey_id, row.is_good) == (first.id, True)


def test_what_says_the_same_makes_no_edition(cast: Cast, now: datetime) -> None:
    first = editing.make_first(Occasion.YEARLY, SYSTEM, now)
    actor = viewer(cast.administrator)
    assert editing.save(Occasion.YEARLY, facts_of(first), 1, actor, now) is first


def test_a_form_that_somebody_else_changed_is_not_written_over(cast: Cast, now: datetime) -> None:
    first = editing.make_first(Occasion.CLOSE, SYSTEM, now)
    actor, changed = viewer(cast.administrator), replace(facts_of(first), valid_days=10)
    editing.save(Occasion.CLOSE, changed, 1, actor, now)
    with pytest.raises(StaleEdit):
        editing.save(Occasion.CLOSE, replace(changed, valid_days=20), 1, actor, now)
