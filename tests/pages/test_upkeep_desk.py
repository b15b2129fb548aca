"""Scheduled work and outgoing letters on their pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.admin.models import Heartbeat
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.db.work import unit_of_work
from portal.jobs.carriers import Refused
from portal.jobs.mail import deliver
from portal.jobs.schedule import JOBS, Job, due, run_job, run_once
from portal.upkeep.rules.results import told
from portal.upkeep.rules.timetable import WORDS
from portal.upkeep.views.jobs_page import interval_words
from tests.cast import Cast
from tests.client import CheckingClient
from tests.hooks import an_endpoint


@pytest.fixture
def admin(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.administrator)


def refusing(_mail: object) -> None:
    raise Refused("550 no such person")


def given_up(now: datetime, *keys: str) -> None:
    """Letters that the other side refused."""
    for key in keys:
        with unit_of_work():
            facts = {"name": "Lin", "inviter": "Chen", "path": "/join/SECRET-KEY", "hours": 72}
            post_mail("lin@harbour.example", "invitation", facts, locale="en", key=key, now=now)
    deliver(now, refusing)


def rows() -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_letter_tells_its_course_and_no_key(admin: CheckingClient, now: datetime):
    given_up(now, "a")
    page = admin.get(f"/desk/letters/{rows()[0].id}").text
    assert "550 no such person" in page and "Chen" in page and "SECRET-KEY" not in page
    assert "Name" in page and "<dt>name</dt>" not in page


def test_letters_are_found_by_address_and_state(admin: CheckingClient, now: datetime):
    given_up(now, "a")
    assert "lin@harbour.example" in admin.get("/desk/letters?q=harbour&state=dead").text
    assert "lin@harbour.example" not in admin.get("/desk/letters?state=sent").text
    assert "lin@harbour.example" not in admin.get("/desk/letters?about=surveys").text


def test_a_letter_that_was_given_up_is_sent_again(admin: CheckingClient, now: datetime):
    given_up(now, "a")
    assert admin.post(f"/desk/letters/{rows()[0].id}/resend").status_code == 303
    assert rows()[0].state == "pending" and deliver(now, lambda _mail: None).sent == 1
    answer = admin.post(f"/desk/letters/{rows()[0].id}/resend", follow_redirects=True)
    assert "Only a letter that was given up" in answer.text


def test_all_that_were_given_up_are_sent_again_at_once(admin: CheckingClient, now: datetime):
    given_up(now, "a", "b")
    answer = admin.post("/desk/letters/resend", follow_redirects=True)
    assert "2 letters go out again" in answer.text
    assert [row.state for row in rows()] == ["pending", "pending"]
    assert db.session.scalars(select(AuditEntry.event)).all()[-1] == "letter.all_resent"


def test_each_job_has_words_and_an_interval():
    assert {job.name for job in JOBS} <= set(WORDS)
    told = [str(interval_words(seconds)) for seconds in (5, 60, 1800, 3600, 21_600, 86_400)]
    assert told == ["every 5 seconds", "every minute", "every 30 minutes", "every hour",
                    "every 6 hours", "every day"]  # fmt: skip


def test_a_job_that_failed_says_so_with_how_often(admin: CheckingClient, now: datetime):
    def broken(_now: datetime) -> str:
        raise RuntimeError("disk full")

    for _time in range(2):
        run_job(Job("renewals", 3600, broken))
    page = admin.get("/desk/jobs").text
    assert "Job failed" in page and "2 times in a row" in page and "failed: RuntimeError" in page


def test_a_job_that_is_asked_for_is_due_at_once(admin: CheckingClient, now: datetime):
    run_job(Job("renewals", 3600, lambda _now: "none"))
    assert "renewals" not in [job.name for job in due(now)]
    assert admin.post("/desk/jobs/renewals/run").status_code == 303
    assert "renewals" in [job.name for job in due(now)]
    assert "Asked to run" in admin.get("/desk/jobs").text
    assert "asked for already" in admin.post("/desk/jobs/renewals/run", follow_redirects=True).text


def test_a_job_that_runs_now_cannot_be_asked_for(admin: CheckingClient, now: datetime):
    db.session.add(Heartbeat(job="points", holder="far:away:1", lease_until=now + timedelta(seconds=30)))  # fmt: skip
    db.session.commit()
    assert "Running now" in admin.get("/desk/jobs").text
    assert "It is running now" in admin.post("/desk/jobs/points/run", follow_redirects=True).text


def test_a_job_whose_time_is_long_past_is_late(admin: CheckingClient, now: datetime):
    db.session.add(Heartbeat(job="mail", at=now, next_at=now - timedelta(minutes=10)))
    db.session.commit()
    assert admin.get("/desk/jobs").text.count("chip-warn") == 1


def test_health_tells_of_jobs_that_fail_and_of_webhooks_that_nobody_takes(
    admin: CheckingClient, cast: Cast, now: datetime
):
    assert "No job fails again and again" in admin.get("/desk/health").text
    an_endpoint(cast, now).failing_since = now
    db.session.add(Heartbeat(job="points", at=now, failures=3))
    db.session.commit()
    page = admin.get("/desk/health").text
    assert "1 jobs fail again and again, among them: Work out loyalty points" in page
    assert "0 deliveries given up, 1 webhooks where nothing is taken" in page


def test_there_is_no_such_job(admin: CheckingClient):
    assert admin.post("/desk/jobs/no-such/run").status_code == 404


def test_who_may_look_may_not_set_going(client: CheckingClient, cast: Cast, now: datetime):
    given_up(now, "a")
    client.sign_in(cast.auditor)
    assert "Run now" not in client.get("/desk/jobs").text
    assert client.post("/desk/jobs/mail/run").status_code == 403
    client.sign_in(cast.sales)
    assert {client.get(url).status_code for url in ("/desk/jobs", "/desk/letters")} == {403}


def test_what_came_of_every_job_is_said_in_the_readers_language(
    admin: CheckingClient, cast: Cast
) -> None:
    run_once()
    notes = db.session.scalars(select(Heartbeat.note).where(Heartbeat.note != "")).all()
    assert len(notes) >= len(JOBS)
    assert [note for note in notes if told(note) is None] == []
    admin.post("/language", data={"locale": "zh_CN"})
    assert "to be tried again" not in admin.get("/desk/jobs").text
