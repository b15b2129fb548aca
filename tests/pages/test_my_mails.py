"""Everybody's own choice of mails: what is switched off stays here, what must arrive says why."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.db.work import unit_of_work
from portal.hooks.models import MailOff
from portal.hooks.queries.choices import off_of
from portal.hooks.rules.topics import TOPICS, of_kind
from portal.jobs.mail import UNWANTED, deliver
from tests.cast import Cast
from tests.client import CheckingClient

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "mail"
FACTS = {"name": "Lin", "number": "QT-2026-000001", "version": 1, "title": "海运", "valid_until": "2026-03-31",
         "sender": "Chen", "id": 7, "path": "/x/KEY", "hours": 1, "at": "2026-03-02", "inviter": "Chen",
         "firm": "F"}  # fmt: skip


def post(template: str, recipient: str, now: datetime) -> OutboxMessage:
    with unit_of_work():
        key = f"{template}:{recipient}"
        post_mail(recipient, template, FACTS, locale="en", key=key, now=now)
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()


def every_topic(kind: str, *but: str) -> dict[str, list[str]]:
    return {"wanted": [topic.key for topic in of_kind(kind)[0] if topic.key not in but]}


def test_a_mail_that_is_not_wanted_stays_here_and_says_so(
    client: CheckingClient, cast: Cast, now: datetime
):
    client.sign_in(cast.lin).post("/account/mails", data=every_topic("customer", "quotations"))
    post("quotation_issued", cast.lin.email, now)
    post("quotation_issued", cast.erik.email, now)
    sent: list[EmailMessage] = []
    tally = deliver(now, sent.append)
    assert (tally.sent, tally.dropped) == (1, 1) and sent[0]["To"] == cast.erik.email
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == cast.lin.email)).one()  # fmt: skip
    assert (row.state, row.last_error) == ("dropped", UNWANTED) and "path" not in row.facts


def test_what_must_arrive_arrives(client: CheckingClient, cast: Cast, now: datetime):
    client.sign_in(cast.lin).post("/account/mails", data={})
    for template in ("invitation", "password_changed"):
        post(template, cast.lin.email, now)
    assert deliver(now, lambda _mail: None).sent == 2


def test_a_no_counts_also_for_what_was_posted_before(
    client: CheckingClient, cast: Cast, now: datetime
):
    post("quotation_issued", cast.lin.email, now)
    client.sign_in(cast.lin).post("/account/mails", data=every_topic("customer", "quotations"))
    assert deliver(now, lambda _mail: None).dropped == 1


def test_a_yes_brings_the_next_one_again(client: CheckingClient, cast: Cast, now: datetime):
    client.sign_in(cast.lin).post("/account/mails", data={})
    client.post("/account/mails", data=every_topic("customer"))
    post("quotation_issued", cast.lin.email, now)
    assert deliver(now, lambda _mail: None).sent == 1 and off_of(cast.lin.id) == frozenset()


@pytest.mark.parametrize(("who", "there", "not_there"), [
    ("lin", "Visits at your place", "Weekly letter to management"),
    ("sales", "Weekly letter to management", "Visits at your place"),
])  # fmt: skip
def test_each_kind_of_person_sees_its_own_topics(
    client: CheckingClient, cast: Cast, who: str, there: str, not_there: str
):
    page = client.sign_in(getattr(cast, who)).get("/account/mails").text
    assert there in page and not_there not in page
    assert "a change that you did not make must reach you" in page


def test_the_choice_is_kept_in_the_history_once(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales)
    for _time in range(2):
        client.post("/account/mails", data=every_topic("staff", "digest"))
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "user.mails_chosen"))
    assert (entry.before, entry.after) == ({"off": []}, {"off": ["digest"]})


def test_a_topic_that_there_is_not_changes_nothing(client: CheckingClient, cast: Cast):
    answer = client.sign_in(cast.lin).post("/account/mails", data={"wanted": ["bills", "nonsense"]})
    assert answer.status_code == 422 and db.session.scalar(select(MailOff.topic)) is None


def test_a_mail_leads_to_the_choice_when_its_reader_has_one(cast: Cast, now: datetime):
    sent: list[EmailMessage] = []
    post("quotation_issued", cast.lin.email, now)
    post("quotation_issued", "no-sign-in@harbour.example", now)
    post("password_changed", cast.lin.email, now)
    deliver(now, sent.append)
    found = ["/account/mails" in mail.get_body(("plain",)).get_content() for mail in sent]
    assert found == [True, False, False]


def test_every_mail_of_the_portal_belongs_to_a_topic():
    written = {path.stem for path in TEMPLATES.glob("[!_]*.txt")}
    assert written == {name for topic in TOPICS for name in topic.templates}


def test_nobody_signed_out_sees_the_page(client: CheckingClient, cast: Cast):
    assert client.get("/account/mails").status_code == 302
