"""The outbox leaves the house: once, in the reader's language, again when it failed, given up in the end."""

from __future__ import annotations

import email
import email.policy
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from portal.admin.models import Heartbeat
from portal.cli.worker import worker
from portal.db.base import db
from portal.db.outbox import OutboxMessage, post_mail
from portal.db.work import unit_of_work
from portal.jobs.carriers import Refused, by_smtp, carry, into_folder
from portal.jobs.mail import LEASE, WAITS, deliver
from portal.jobs.schedule import JOBS, Job, run_once
from portal.web.flask_app import PortalApp

pytestmark = pytest.mark.both_databases

FACTS = {"name": "Lin & Co", "inviter": "陈立", "path": "/join/token", "hours": 72}


@pytest.fixture(autouse=True)
def tables(database: None) -> None:
    """Every test here writes."""


def posted(
    now: datetime, key: str = "k", locale: str = "en", recipient: str = "lin@harbour.example"
):
    with unit_of_work():
        post_mail(recipient, "invitation", FACTS, locale=locale, key=key, now=now)


def rows() -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def failing(error: Exception):
    def send(_mail: EmailMessage) -> None:
        raise error

    return send


def test_a_mail_goes_out_once_however_often_the_job_runs(now: datetime):
    posted(now)
    sent: list[EmailMessage] = []
    assert str(deliver(now, sent.append)) == "1 sent, 0 to be tried again, 0 given up"
    deliver(now, sent.append)
    deliver(now + timedelta(days=1), sent.append)
    assert len(sent) == 1 and rows()[0].state == "sent"


def test_the_same_key_is_posted_once(now: datetime):
    posted(now)
    posted(now)
    assert len(rows()) == 1


def test_a_second_run_at_the_same_time_finds_nothing_to_claim(now: datetime):
    posted(now)
    seen = []
    deliver(now, lambda _mail: seen.append(deliver(now, lambda _m: None).sent))
    assert seen == [0] and rows()[0].state == "sent"


def test_a_run_that_died_while_sending_is_made_up_after_the_lease(now: datetime):
    posted(now)
    with pytest.raises(KeyboardInterrupt):
        deliver(now, failing(KeyboardInterrupt()))
    assert deliver(now + LEASE / 2, lambda _m: None).sent == 0
    assert deliver(now + LEASE, lambda _m: None).sent == 1


def test_subject_links_and_both_parts_are_written_from_the_template(app: PortalApp, now: datetime):
    posted(now)
    sent: list[EmailMessage] = []
    deliver(now, sent.append)
    mail = sent[0]
    assert mail["Subject"].startswith("Your sign-in to the portal of")
    assert f"{app.config['BASE_URL']}/join/token" in mail.get_body(("plain",)).get_content()
    assert "Lin & Co" in mail.get_body(("plain",)).get_content()
    assert "Lin &amp; Co" in mail.get_body(("html",)).get_content()


def test_a_failure_waits_longer_each_time_and_is_given_up_in_the_end(now: datetime):
    posted(now)
    at = now
    for wait in WAITS:
        assert deliver(at, failing(OSError("no route"))).failed == 1
        assert deliver(at + wait - timedelta(seconds=1), lambda _m: None).sent == 0
        at += wait
    assert deliver(at, failing(OSError("no route"))).dead == 1
    row = rows()[0]
    assert (row.state, row.last_error) == ("dead", "OSError: no route")


def test_a_recipient_who_does_not_exist_is_not_tried_again(now: datetime):
    posted(now)
    assert deliver(now, failing(Refused("550"))).dead == 1


def test_one_bad_mail_does_not_keep_the_others_back(now: datetime):
    posted(now, "bad", recipient="a@b.example\nBcc: all@b.example")
    posted(now, "good")
    sent: list[EmailMessage] = []
    tally = deliver(now, sent.append)
    assert (tally.sent, tally.failed) == (1, 1)
    assert sent[0]["To"] == "lin@harbour.example"


def test_a_template_that_is_missing_is_told_in_the_row(now: datetime):
    with unit_of_work():
        post_mail("a@b.example", "no_such_mail", {}, locale="en", key="k", now=now)
    assert deliver(now, lambda _m: None).failed == 1
    assert "no_such_mail" in rows()[0].last_error


def test_what_opens_a_door_does_not_stay_in_the_table(now: datetime):
    posted(now)
    deliver(now, lambda _m: None)
    assert "path" not in rows()[0].facts and rows()[0].facts["hours"] == 72


def test_a_mail_that_was_rolled_back_never_leaves(now: datetime):
    post_mail("a@b.example", "invitation", FACTS, locale="en", key="k", now=now)
    db.session.rollback()
    assert deliver(now, lambda _m: None).sent == 0


def written() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.example", "c@d.example", "报价单"
    mail["Message-ID"] = "<abc@b.example>"
    mail.set_content("正文")
    return mail


def test_a_mail_in_the_folder_can_be_read_again_and_only_by_its_owner(tmp_path):
    path = into_folder(written(), tmp_path / "mail")
    into_folder(written(), tmp_path / "mail")
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert read["Subject"] == "报价单" and read.get_content().strip() == "正文"
    assert path.stat().st_mode & 0o077 == 0 and len(list(path.parent.iterdir())) == 1


def test_the_console_way_prints_the_mail(app: PortalApp, capsys):
    carry(written(), {**app.config, "MAIL_WAY": "console"})
    assert "c@d.example" in capsys.readouterr().out


class Server(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 to take or refuse one mail."""

    refuses = False
    taken: list[bytes] = []

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"RCPT" and self.refuses:
                self.say("550 no such person")
            elif word == b"DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.taken.append(body)
                self.say("250 taken")
            else:
                self.say("221 bye" if word == b"QUIT" else "250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def smtp() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_server_that_takes_the_mail_has_it_whole(smtp: str, monkeypatch):
    monkeypatch.setattr(Server, "taken", [])
    by_smtp(written(), smtp)
    read = email.message_from_bytes(Server.taken[0], policy=email.policy.default)
    assert read["To"] == "c@d.example" and read.get_content().strip() == "正文"


def test_a_server_that_will_never_take_it_says_so(smtp: str, monkeypatch):
    monkeypatch.setattr(Server, "refuses", True)
    with pytest.raises(Refused, match="550"):
        by_smtp(written(), smtp)


def test_a_server_that_is_away_may_be_back_later():
    with pytest.raises(OSError) as failure:
        by_smtp(written(), "smtp://127.0.0.1:1")
    assert not isinstance(failure.value, smtplib.SMTPRecipientsRefused)


def test_one_run_of_the_worker_delivers_and_leaves_its_heartbeat(app: PortalApp, now: datetime):
    posted(now)
    result = app.test_cli_runner().invoke(worker, ["--once"])
    assert "mail: 1 sent" in result.output and result.exit_code == 0
    beats = {beat.job: beat.at for beat in db.session.scalars(select(Heartbeat))}
    assert beats == dict.fromkeys((job.name for job in JOBS), now)
    assert len(list((app.config["INSTANCE"] / "mail").glob("*.eml"))) == 1


def test_a_job_that_fails_is_told_and_the_others_still_run(now: datetime):
    def broken(_now: datetime) -> str:
        raise RuntimeError("disk full")

    jobs = (Job("broken", 1, broken), Job("fine", 1, lambda _now: "done"))
    assert run_once(jobs) == ["broken: failed: RuntimeError", "fine: done"]
