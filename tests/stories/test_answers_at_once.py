"""Many people at one statement at the same moment: each answer counts once, and who comes second is told.

With real processes on both databases; each has read the statement before anybody acts.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.actions import (
    confirming,
    crediting,
    deciding,
    disputing,
    publishing,
    reviewing,
    revising,
)
from portal.billing.models import (
    Credit,
    Dispute,
    Receivable,
    ReceivablePosting,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.billing.rules.states import StatementState as S
from portal.db import audit
from portal.db.base import db
from portal.db.engine import begin_reading_first
from portal.kernel import clock
from portal.kernel.errors import PortalError
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.chain import entitled
from tests.statements import a_line, a_statement, lines, lines_of_usage

pytestmark = pytest.mark.both_databases

D = Decimal
MANY = 10
FORK = multiprocessing.get_context("fork")
Verb = Callable[[int], object]
"""Does something to the record of this id."""


def act(app: PortalApp, verb: Verb, row_id: int, ready: Barrier, told: Queue[str]) -> None:
    """One process: reads the statement, waits for the others, then acts."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            begin_reading_first(db.session())
            db.session.scalars(select(Statement)).all()
            ready.wait(60)
            try:
                verb(row_id)
                db.session.commit()
                told.put("done")
            except PortalError as refused:
                db.session.rollback()
                told.put(f"{refused.status} {refused.text}")
            db.session.remove()
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def at_once(app: PortalApp, verbs: Sequence[Verb], row_id: int) -> Counter[str]:
    """What the processes were told, one for each verb."""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(len(verbs)), FORK.Queue()
    processes = [FORK.Process(target=act, args=(app, verb, row_id, ready, told)) for verb in verbs]
    for process in processes:
        process.start()
    answers = Counter(told.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(30)
    set_viewer(SYSTEM)
    return answers


def statement(row_id: int) -> Statement:
    return db.session.get_one(Statement, row_id, populate_existing=True)


def nth_line(row_id: int, at: int) -> StatementLine:
    return lines(statement(row_id))[at]


def confirm_all(row_id: int) -> object:
    row = statement(row_id)
    return confirming.confirm(row, None, row.revision_no, SYSTEM, clock.now())


def confirm_line(at: int) -> Verb:
    def verb(row_id: int) -> object:
        line = nth_line(row_id, at)
        return confirming.confirm(line.statement, [line.id], 1, SYSTEM, clock.now())

    return verb


def dispute_line(at: int) -> Verb:
    def verb(row_id: int) -> object:
        line = nth_line(row_id, at)
        return disputing.raise_(line, "rate", D(1), "价格不对", 1, SYSTEM, clock.now())

    return verb


def events(name: str) -> int:
    wanted = select(func.count(audit.AuditEntry.id)).where(audit.AuditEntry.event == name)
    return db.session.scalar(wanted) or 0


def consistent(row: Statement) -> None:
    """Sums are those of the live lines; what is owed is the sum of its postings; the history is whole."""
    live = lines(row)
    assert row.gross_amount == sum(each.gross_amount for each in live)
    parts = {
        state: sum((each.gross_amount for each in live if each.state == state), D(0))
        for state in ("open", "disputed")
    }
    assert row.confirmed_amount + row.disputed_amount + parts["open"] == row.gross_amount
    assert row.disputed_amount == parts["disputed"]
    owed = db.session.scalars(select(Receivable)).one()
    postings = db.session.scalars(select(ReceivablePosting.change)).all()
    assert owed.open_amount == owed.amount == row.gross_amount == sum(postings)
    assert owed.disputed_amount == row.disputed_amount
    assert audit.first_broken_link() is None


def test_ten_people_confirm_the_whole_at_once(app: PortalApp, cast: Cast, now: datetime) -> None:
    row_id = a_statement(cast.harbour, state=S.PUBLISHED).id
    answers = at_once(app, [confirm_all] * MANY, row_id)
    assert answers["done"] == 1 and sum(answers.values()) == MANY
    assert {each[:3] for each in answers if each != "done"} == {"409"}
    row = statement(row_id)
    assert (row.state, row.confirmed_amount, events("statement.confirmed")) == ("confirmed", 157, 1)
    consistent(row)


def test_ten_people_confirm_a_line_each_at_once(app: PortalApp, cast: Cast, now: datetime) -> None:
    drafts = [a_line("10", name_zh=f"费用{n}") for n in range(MANY)]
    row_id = a_statement(cast.harbour, drafts, S.PUBLISHED).id
    assert at_once(app, [confirm_line(at) for at in range(MANY)], row_id) == {"done": MANY}
    row = statement(row_id)
    assert (row.state, row.confirmed_amount, events("statement.confirmed")) == ("confirmed", 100, 1)
    consistent(row)


def test_a_line_is_confirmed_or_disputed_never_both(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = a_statement(cast.harbour, state=S.PUBLISHED).id
    verbs = [confirm_line(0), dispute_line(0)] * 5
    answers = at_once(app, verbs, row_id)
    assert answers["done"] == 1 and sum(answers.values()) == len(verbs)
    row, disputes = statement(row_id), db.session.scalars(select(Dispute)).all()
    state = lines(row)[0].state
    assert (state, len(disputes)) in (("confirmed", 0), ("disputed", 1))
    consistent(row)


def test_ten_people_publish_at_once(app: PortalApp, cast: Cast, now: datetime) -> None:
    row_id = a_statement(cast.harbour, state=S.UNDER_REVIEW).id
    answers = at_once(
        app, [lambda each: publishing.publish(statement(each), SYSTEM, clock.now())] * MANY, row_id
    )
    assert answers["done"] == 1 and sum(answers.values()) == MANY
    assert db.session.scalars(select(StatementRevision.number)).all() == [1]
    assert (statement(row_id).revision_no, events("statement.published")) == (1, 1)
    consistent(statement(row_id))


def test_who_publishes_and_who_returns_it_do_not_both(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = a_statement(cast.harbour, state=S.UNDER_REVIEW).id
    verbs: list[Verb] = [
        lambda each: publishing.publish(statement(each), SYSTEM, clock.now()),
        lambda each: reviewing.void(statement(each), "作废", SYSTEM, clock.now()),
    ]
    assert at_once(app, verbs, row_id)["done"] == 1
    row = statement(row_id)
    assert (row.state, len(lines(row))) in (("published", 2), ("void", 0))
    assert db.session.scalar(select(func.count(Receivable.id))) == (row.state == "published")


def test_a_dispute_is_granted_once_by_ten_people_at_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = a_statement(cast.harbour, state=S.PARTLY_DISPUTED).id

    def accept(_each: int) -> object:
        row = db.session.scalars(select(Dispute)).one()
        return deciding.accept(row, None, "", SYSTEM, clock.now())

    answers = at_once(app, [accept] * MANY, row_id)
    assert answers["done"] == 1 and sum(answers.values()) == MANY
    assert db.session.scalars(select(Credit.state)).all() == ["placed"]
    row = statement(row_id)
    assert (row.revision_no, row.gross_amount, events("dispute.accepted")) == (2, 100, 1)
    consistent(row)


def test_a_dispute_is_granted_rejected_or_withdrawn_but_one_of_them(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = a_statement(cast.harbour, state=S.PARTLY_DISPUTED).id

    def found() -> Dispute:
        return db.session.scalars(select(Dispute)).one()

    verbs: list[Verb] = [
        lambda _each: deciding.accept(found(), None, "", SYSTEM, clock.now()),
        lambda _each: deciding.reject(found(), "不行", SYSTEM, clock.now()),
        lambda _each: disputing.withdraw(found(), SYSTEM, clock.now()),
    ]
    assert at_once(app, verbs * 3, row_id)["done"] == 1
    assert found().state in ("accepted", "rejected", "withdrawn")
    assert (found().state == "accepted") == (db.session.scalar(select(func.count(Credit.id))) == 1)
    consistent(statement(row_id))


def test_a_correction_and_answers_to_what_it_replaces_do_not_meet(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = a_statement(cast.harbour, state=S.PUBLISHED).id

    def revise(each: int) -> object:
        row = statement(each)
        return revising.revise(row, lines(row)[:1], [], "多收", SYSTEM, clock.now())

    answers = at_once(app, [revise, confirm_line(0), dispute_line(0), confirm_line(1)] * 2, row_id)
    assert not [each for each in answers if each.startswith("crashed")]
    row = statement(row_id)
    assert row.revision_no in (1, 2)
    consistent(row)


def test_one_source_has_one_credit_though_ten_ask_at_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id, customer_id = a_statement(cast.harbour).id, cast.harbour.id

    def ask(_each: int) -> object:
        customer = db.session.get_one(type(cast.harbour), customer_id)
        wanted = crediting.Ask(D(50), "索赔", name_zh="货损")
        return crediting.propose(customer, wanted, "claim", 9, SYSTEM, clock.now())

    answers = at_once(app, [ask] * MANY, row_id)
    assert not [each for each in answers if each.startswith("crashed")], answers
    assert db.session.scalars(select(Credit.number)).all() == ["CN-2026-000001"]


def test_usage_that_arrives_while_it_is_published_is_billed_in_it_or_free(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now, quantity=D(50))
    row_id = a_statement(cast.harbour, lines_of_usage(bought, "2", "A-0"), S.UNDER_REVIEW).id
    owner, item, unit = bought.customer_id, bought.item_id, bought.unit

    def record(number: int) -> Verb:
        fact = UsageFact(owner, D(1), unit, date(2026, 2, 20), "page", f"B-{number}", item_id=item)
        return lambda _each: recording.record(fact, SYSTEM, clock.now())

    publish: Verb = lambda each: publishing.publish(statement(each), SYSTEM, clock.now())  # noqa: E731
    assert at_once(app, [publish, *(record(n) for n in range(MANY))], row_id) == {"done": MANY + 1}
    free = db.session.scalars(select(UsageRecord).where(UsageRecord.statement_id.is_(None))).all()
    billed = db.session.scalars(select(UsageRecord).where(UsageRecord.statement_id == row_id)).all()
    assert (len(free), [each.reference for each in billed]) == (MANY, ["A-0"])
    consistent(statement(row_id))
