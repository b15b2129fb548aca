"""Answers that finance records for a customer: a yes with its slip, a dispute by telephone; whose words they were."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.billing.actions import answering_for, deciding, revising
from portal.billing.actions.holding import OtherRevision
from portal.billing.models import Dispute, Statement, StatementAnswer
from portal.billing.rules.answers import Heard
from portal.billing.rules.states import StatementState as S
from portal.customers.models import Contact, SettlementTerms
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.attached import attached_to
from portal.jobs.letters import Letter, written
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.web.uploads import Upload
from tests.cast import Cast, viewer
from tests.factories import add
from tests.statements import a_line, a_statement, lines

SLIP = Upload(b"%PDF-1.7 slip", "回执.pdf", "pdf")
TODAY = date(2026, 3, 2)
HEARD = Heard("李强", TODAY, "slip")
CALLED = Heard("李强", TODAY, "phone")


def yes(
    row: Statement, cast: Cast, now: datetime, ids: list[int] | None = None, heard: Heard = HEARD,
    files: tuple[Upload, ...] = (SLIP,),
) -> int:  # fmt: skip
    return answering_for.confirm_for(
        row, ids, row.revision_no, heard, viewer(cast.finance), now, files
    )


def no(row: Statement, cast: Cast, now: datetime, heard: Heard = CALLED) -> Dispute:
    line = lines(row)[0]
    said = line, "rate", line.gross_amount, "单价不符", row.revision_no, heard
    return answering_for.dispute_for(*said, viewer(cast.finance), now)


def answer() -> StatementAnswer:
    return db.session.scalars(select(StatementAnswer)).one()


def letters(step: str) -> list[OutboxMessage]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [row for row in rows if row.facts["step"] == step]


def test_a_stamped_slip_confirms_all_that_is_open(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    assert yes(row, cast, now) == 2
    kept = answer()
    assert (row.state, row.confirmed_amount, row.confirmed_at) == ("confirmed", 157, now)
    assert (kept.said_by, kept.said_on, kept.channel) == ("李强", TODAY, "slip")
    assert (kept.line_count, kept.gross_amount, kept.revision_no) == (2, 157, 1)
    assert kept.recorded_by == cast.finance.id


def test_the_customer_sees_the_slip_and_the_desk_too(cast: Cast, now: datetime) -> None:
    yes(a_statement(cast.harbour, state=S.PUBLISHED), cast, now)
    for reader in (cast.lin, cast.finance):
        assert [each.file_name for each in attached_to(answer(), viewer(reader))] == ["回执.pdf"]
    assert attached_to(answer(), viewer(cast.erik)) == []


def test_the_history_says_who_recorded_whose_answer(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    yes(row, cast, now)
    newest = audit.timeline(row, public_only=True)[0]
    assert (newest.event, newest.actor_name) == ("statement.answered_for", cast.finance.name)
    assert newest.reason == "李强 · 2026-03-02"
    assert newest.after["files"] == ["回执.pdf"] and newest.after["lines"] == 2


def test_chosen_lines_leave_the_others_open(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    first, second = lines(row)
    assert yes(row, cast, now, [second.id]) == 1
    assert (row.state, first.state, second.state) == ("published", "open", "confirmed")
    assert answer().gross_amount == 100
    yes(row, cast, now)
    assert row.state == "confirmed" and len(letters("recorded")) == 2


def test_without_a_slip_it_says_why(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    with pytest.raises(InvalidMany) as refused:
        yes(row, cast, now, files=())
    assert set(refused.value.errors) == {"files"} and row.state == "published"
    why = "原件随月底发票寄来"
    assert yes(row, cast, now, heard=Heard("李强", TODAY, "phone", why), files=()) == 2
    assert answer().no_paper == why and why in audit.timeline(row, public_only=True)[0].reason


@pytest.mark.parametrize(
    ("heard", "field"),
    [
        (Heard(" ", TODAY), "said_by"),
        (Heard("李" * 121, TODAY), "said_by"),
        (Heard("李强", TODAY + timedelta(days=1)), "said_on"),
        (Heard("李强", TODAY - timedelta(days=1)), "said_on"),
        (Heard("李强", TODAY, "pigeon"), "channel"),
        (Heard("李强", TODAY, "slip", "因" * 501), "no_paper"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    cast: Cast, now: datetime, heard: Heard, field: str
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    for verb in (lambda: yes(row, cast, now, heard=heard), lambda: no(row, cast, now, heard)):
        with pytest.raises(InvalidMany) as refused:
            verb()
        assert set(refused.value.errors) == {field}


def test_a_file_that_is_not_kept_is_refused(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    with pytest.raises(Invalid):
        yes(row, cast, now, files=(Upload(b"a,b", "x.csv", "csv"),))


def test_only_who_publishes_records_for_a_customer(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    line = lines(row)[0]
    for somebody in (cast.sales, cast.lin, cast.auditor):
        with pytest.raises(Forbidden):
            answering_for.confirm_for(row, None, 1, HEARD, viewer(somebody), now, [SLIP])
        with pytest.raises(Forbidden):
            answering_for.dispute_for(
                line, "rate", line.gross_amount, "单价", 1, CALLED, viewer(somebody), now
            )


def test_an_answer_to_an_old_revision_is_refused(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    revising.revise(row, lines(row)[:1], [], "多收", viewer(cast.finance), now)
    with pytest.raises(OtherRevision):
        answering_for.confirm_for(row, None, 1, HEARD, viewer(cast.finance), now, [SLIP])


@pytest.mark.parametrize("state", [S.DRAFT, S.UNDER_REVIEW, S.CONFIRMED, S.BILLED, S.VOID])
def test_only_what_is_asked_is_answered(cast: Cast, now: datetime, state: S) -> None:
    row = a_statement(cast.harbour, state=state)
    with pytest.raises(NotAllowedNow):
        yes(row, cast, now)


def test_the_customer_is_told_of_a_recorded_yes(cast: Cast, now: datetime) -> None:
    yes(a_statement(cast.harbour, [a_line("10")], S.PUBLISHED), cast, now)
    (letter,) = letters("recorded")
    assert letter.recipient == cast.lin.email and letter.template == "statement_customer"
    mail = written(Letter(1, "k", letter.recipient, letter.template, letter.facts, "en"))
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "is recorded" in mail["Subject"]
    for words in (cast.finance.name, "李强", "2026-03-02", "10.00", "at once"):
        assert words in body


def test_a_dispute_by_telephone_names_its_source(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    made = no(row, cast, now)
    kept = answer()
    assert (row.state, row.disputed_amount) == ("partly_disputed", 57)
    assert (kept.dispute_id, kept.channel, kept.said_by) == (made.id, "phone", "李强")
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("dispute.%")))
    assert (entry.event, entry.actor_name) == ("dispute.raised_for", cast.finance.name)
    assert entry.reason == "李强 · 2026-03-02 · 单价不符"
    (letter,) = letters("recorded")
    mail = written(Letter(1, "k", letter.recipient, letter.template, letter.facts, "en"))
    assert mail["Subject"] == f"Your dispute {made.number} is recorded"
    assert f"/my/disputes/{made.id}" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_who_gave_no_account_to_anybody_hears_the_decision_at_the_contact(
    cast: Cast, now: datetime
) -> None:
    contact = add(Contact(customer_id=cast.harbour.id, name="周敏", email="zhou@harbour.example"))
    add(SettlementTerms(customer_id=cast.harbour.id, reconciliation_contact_id=contact.id))
    made = no(a_statement(cast.harbour, state=S.PUBLISHED), cast, now)
    deciding.reject(made, "合同如此", viewer(cast.finance_manager), now)
    assert {each.recipient for each in letters("rejected")} == {
        "zhou@harbour.example",
        cast.lin.email,
    }


def test_the_days_are_those_of_shanghai(cast: Cast, now: datetime) -> None:
    late = now.replace(hour=15, minute=59) + timedelta(hours=0)
    row = a_statement(cast.harbour, state=S.PUBLISHED, now=late)
    assert yes(row, cast, late + timedelta(minutes=1), heard=Heard("李强", TODAY)) == 2
