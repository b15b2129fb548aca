"""Questions sent together are answered as if each had been asked alone, and behind the same walls."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, func, literal, null, select

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.together import Question, ask, number, one, rows
from portal.db.types import Amount, JSONText, UTCDateTime
from tests.cast import Cast, staff, viewer

pytestmark = pytest.mark.both_databases

C = Customer
MANY_KINDS: Any = select(
    literal("海港 \"食品\"'"), literal(3), literal(True), literal(Decimal("12.345"), Amount()),
    literal(date(2026, 3, 2)), null(),
)  # fmt: skip


def test_each_kind_of_value_comes_back_as_it_was(cast: Cast, now: datetime) -> None:
    wanted = MANY_KINDS.add_columns(
        literal(now, UTCDateTime()), literal({"一": [1]}, JSONText()), literal(10**18)
    )
    alone = [tuple(row) for row in db.session.execute(wanted)]
    together = ask(rows(wanted), rows(wanted))
    assert together == [alone, alone]
    assert [type(each) for each in together[0][0]] == [type(each) for each in alone[0]]


def test_rows_keep_their_order_and_no_rows_are_no_rows(cast: Cast) -> None:
    names: Any = select(C.code).order_by(C.code.desc())
    alone = [tuple(row) for row in db.session.execute(names)]
    none: Any = select(C.id).where(C.id < 0)
    ordered, first, empty = ask(rows(names), rows(names.limit(1)), rows(none))
    assert (ordered, first, empty) == (alone, alone[:1], [])
    assert len(alone) == 2


def test_sums_of_nothing_and_of_money_are_what_they_are_alone(cast: Cast) -> None:
    sums: Any = select(func.count(C.id), func.max(C.updated_at), func.sum(C.id).filter(C.id < 0))
    counted, whole = ask(number(select(func.count(C.id))), one(sums))
    assert whole == tuple(db.session.execute(sums).one()) and counted == whole[0] > 0


def test_many_questions_are_one_statement_and_no_question_is_none(cast: Cast) -> None:
    sent: list[str] = []
    listener = lambda _c, _cur, statement, *_rest: sent.append(statement)  # noqa: E731
    db.session.connection()
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        counted: Question[int] = number(select(func.count(C.id)))
        assert ask() == [] and len(ask(*[counted] * 9)) == 9
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert len(sent) == 1


@pytest.mark.parametrize("who", ["a salesperson", "a customer's clerk"])
def test_the_second_wall_stands_inside_a_question_too(cast: Cast, who: str) -> None:
    ning = staff("Ning", Role.SALES)
    db.session.add(Assignment(user_id=ning.id, customer_id=cast.harbour.id, part="owner"))
    db.session.flush()
    forgotten = number(select(func.count(C.id)))
    try:
        set_viewer(viewer(ning if who == "a salesperson" else cast.lin))
        assert ask(forgotten, forgotten) == [1, 1]
    finally:
        set_viewer(SYSTEM)
    assert ask(forgotten, forgotten) == [2, 2]
