"""Reminders go out once each, stop on promise and dispute, and hold credit at the step that says so (DOMAIN R10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import CreditStanding
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.models import Document
from portal.jobs import receivables as job
from portal.jobs.letters import Letter, written
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.receivables.actions import allocating, collecting, dunning
from portal.receivables.models import DunningNotice, DunningStep
from tests.cast import Cast, viewer
from tests.factories import add
from tests.money import owed, received

D = Decimal
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def steps(cast: Cast, now: datetime) -> None:
    dunning.seed_steps(SYSTEM, now)
    db.session.commit()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def mails() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.template, row.recipient.split("@")[0]) for row in rows]


def notices() -> list[DunningNotice]:
    return list(db.session.scalars(select(DunningNotice).order_by(DunningNotice.id)))


def remind(cast: Cast, now: datetime, **more) -> list[DunningNotice]:
    return dunning.remind(cast.harbour.id, "CNY", now, **more)


def test_a_fresh_firm_has_the_usual_steps_once(now: datetime) -> None:
    assert dunning.seed_steps(SYSTEM, now) == 0
    rows = db.session.scalars(select(DunningStep).order_by(DunningStep.day))
    assert [(row.day, row.channel) for row in rows] == [
        (-3, "mail"), (1, "mail"), (7, "phone"), (15, "letter"), (30, "system"), (60, "person"),
    ]  # fmt: skip


def test_the_customer_s_people_are_reminded_by_mail_once(cast: Cast, now: datetime) -> None:
    late = owed(cast.harbour, "1000", days_ago(2), now)
    (notice,) = remind(cast, now)
    assert (notice.number, notice.amount, notice.sent_to) == (
        "DN-2026-000001", 1000, "lin.xiaowen@harbour.example",
    )  # fmt: skip
    assert notice.receivables == [
        {"id": late.id, "reference": "OLD-1", "due_on": "2026-02-28", "days": 2, "amount": "1000.000"}
    ]  # fmt: skip
    assert remind(cast, now) == []
    assert mails() == [("dunning", "lin.xiaowen")]


def test_the_job_may_run_as_often_as_it_likes(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(2), now)
    owed(cast.nordwind, "10", days_ago(-3), now, currency="USD", issued_on=days_ago(30))
    db.session.commit()
    assert [job.remind(now), job.remind(now)] == ["2 reminders", "0 reminders"]
    assert job.remind(now + timedelta(days=5)) == "2 reminders"


def test_the_letter_says_what_is_due_in_the_reader_s_language(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(2), now)
    remind(cast, now)
    row = db.session.scalars(select(OutboxMessage)).one()
    mail = written(Letter.of(row))
    body = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Overdue: CNY 1,000.00"
    assert "OLD-1, due on 2026-02-28, 2 days late: 1,000.00" in body
    assert "Please arrange payment" in body


def test_a_call_is_for_us_and_its_promise_stops_further_steps(cast: Cast, now: datetime) -> None:
    late = owed(cast.harbour, "1000", days_ago(8), now)
    (notice,) = remind(cast, now)
    assert {name for template, name in mails() if template == "dunning_staff"} == {
        "chen.li", "qian.wei", "he.jing",
    }  # fmt: skip
    collecting.log_call(notice, "pays on Friday", days_ago(-10), viewer(cast.finance), now)
    assert (notice.promised_on, late.promised_on) == (days_ago(-10), days_ago(-10))
    assert remind(cast, now + timedelta(days=10)) == []
    assert [each.step_day for each in remind(cast, now + timedelta(days=11))] == [15]


def test_a_call_needs_a_note_and_a_day_to_come(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(8), now)
    mailed = owed(cast.nordwind, "1000", days_ago(2), now)
    (call,) = remind(cast, now)
    (mail,) = dunning.remind(cast.nordwind.id, "CNY", now)
    with pytest.raises(Invalid):
        collecting.log_call(call, " ", None, SYSTEM, now)
    with pytest.raises(Invalid):
        collecting.log_call(call, "soon", days_ago(1), SYSTEM, now)
    with pytest.raises(NotAllowedNow):
        collecting.log_call(mail, "called", None, SYSTEM, now)
    assert mailed.promised_on is None


def test_a_letter_is_printed_by_whoever_prints_letters(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(15), now)

    def printer(notice: DunningNotice, actor, at: datetime) -> Document:
        return add(Document(
            customer_id=notice.customer_id, kind="dunning", number=notice.number, file_name="x.pdf", sha256="0" * 64,
            size=1, language="zh", subject_type="dunning_notice", subject_id=notice.id, verification_code="X",
            created_at=at,
        ))  # fmt: skip

    (notice,) = remind(cast, now, printer=printer)
    assert db.session.get_one(Document, notice.document_id).number == notice.number


def test_from_the_thirtieth_day_credit_is_held_until_it_is_paid(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(30), now)
    remind(cast, now)
    row = db.session.scalars(select(CreditStanding)).one()
    assert (row.hold_reason, row.held_since) == ("dunning", TODAY)
    allocating.allocate(received(cast.harbour, "1000", now), None, TODAY, SYSTEM, now)
    assert row.held_since is None


def test_disputed_and_promised_items_are_left_out(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(8), now, disputed="1000")
    promised = owed(cast.harbour, "50", days_ago(8), now)
    collecting.promise(promised, TODAY, "by phone", viewer(cast.finance), now)
    assert remind(cast, now) == []


def test_a_paid_item_is_not_reminded_of(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(8), now)
    allocating.allocate(received(cast.harbour, "1000", now), None, TODAY, SYSTEM, now)
    assert (remind(cast, now), notices()) == ([], [])


def test_an_open_item_of_the_old_books_is_disputed_in_part(cast: Cast, now: datetime) -> None:
    row = owed(cast.harbour, "100", days_ago(8), now)
    collecting.note_disputed(row, D(30), "short delivery", viewer(cast.finance), now)
    (notice,) = remind(cast, now)
    assert (row.disputed_amount, notice.amount) == (30, 70)
    for amount in ("100.01", "-1", "1.005"):
        with pytest.raises(Invalid):
            collecting.note_disputed(row, D(amount), "x", SYSTEM, now)


def test_the_firm_changes_its_steps(cast: Cast, now: datetime) -> None:
    step, boss = dunning.step_of(7), viewer(cast.finance_manager)
    dunning.change_step(step, 8, {"name_zh": "第二次提醒", "channel": "mail"}, boss, now)
    new = dunning.change_step(None, 21, {"name_zh": "再次提醒", "channel": "mail"}, boss, now)
    assert ((step.day, step.channel), new.active) == ((8, "mail"), True)
    for day, values, field in (
        (1, {}, "day"), (999, {}, "day"), (9, {"channel": "pigeon"}, "channel"), (9, {"name_zh": " "}, "name_zh")
    ):  # fmt: skip
        with pytest.raises(InvalidMany) as refused:
            dunning.change_step(step, day, values, boss, now)
        assert list(refused.value.errors) == [field]


def test_a_step_that_is_switched_off_is_not_taken(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "1000", days_ago(8), now)
    dunning.change_step(dunning.step_of(7), 7, {"active": False}, viewer(cast.finance_manager), now)
    assert [each.step_day for each in remind(cast, now)] == [1]
