"""Random lives of statements: whatever people do in whatever order, the books agree to the cent after every step.

Published, answered, disputed, decided, credited, revised, paid, written off; refusals change nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.billing.actions.rows import live_lines
from portal.billing.models import (
    Credit,
    Dispute,
    Receivable,
    ReceivablePosting,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.billing.queries.statements import lines_of
from portal.billing.rules.confirming import line_state_of, state_after
from portal.billing.rules.content import content_hash, line_values
from portal.billing.rules.states import (
    FROZEN,
    CreditState,
    DisputeState,
    LineState,
)
from portal.db import audit
from portal.db.base import db
from tests.cast import Cast
from tests.stories.lives import VERBS, VERBS_AS_THEY_COME, World

D = Decimal
Step = tuple[str, int, int]
Known = dict[tuple[int, int], str]
NUMBER = st.integers(0, 200)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS_AS_THEY_COME), NUMBER, NUMBER), max_size=30)
OPENING: list[Step] = [("draft", 0, 8), ("bring_out", 0, 0), ("draft", 1, 3), ("bring_out", 1, 0)]
"""Every life begins with a published statement in each currency."""


def total(amounts: object) -> Decimal:
    return sum(amounts, D(0))  # type: ignore[call-overload]


def adds_up(row: Statement) -> None:
    """The statement repeats its live lines; confirmed + disputed + open = gross."""
    live, gross = live_lines(row), Counter[str]()
    for each in live:
        gross[each.state] += each.gross_amount  # type: ignore[assignment]
    assert row.line_count == len(live)
    assert row.net_amount == total(each.net_amount for each in live)
    assert row.gross_amount == total(gross.values()) == row.net_amount + row.tax_amount
    assert row.disputed_amount == gross["disputed"]
    assert row.confirmed_amount + row.disputed_amount + gross["open"] == row.gross_amount
    if row.state in FROZEN:
        assert row.state == state_after(LineState(each.state) for each in live)
        assert row.state != "confirmed" or row.confirmed_at is not None


def keeps_its_revisions(row: Statement, known: Known) -> None:
    """Each revision still says what it said: its hash and its sums are those of its lines."""
    rows = db.session.scalars(
        select(StatementRevision).where(StatementRevision.statement_id == row.id)
    ).all()
    assert sorted(each.number for each in rows) == list(range(1, row.revision_no + 1))
    for each in rows:
        assert known.setdefault((row.id, each.number), each.sha256) == each.sha256
        lines = lines_of(row, each.number)
        header = {
            "customer_id": row.customer_id, "currency": row.currency, "starts_on": row.starts_on,
            "ends_on": row.ends_on, "number": row.number, "revision_no": each.number,
        }  # fmt: skip
        assert content_hash(header, map(line_values, lines)) == each.sha256
        assert each.gross_amount == total(line.gross_amount for line in lines)
        assert each.line_count == len(lines)


def is_owed(row: Statement) -> None:
    """What is owed is what was issued, less its postings, and knows what is disputed."""
    owed = db.session.scalar(select(Receivable).where(Receivable.statement_id == row.id))
    assert (owed is not None) == (row.state in FROZEN)
    if owed is None:
        return
    changes = select(ReceivablePosting.change).where(ReceivablePosting.receivable_id == owed.id)
    assert owed.open_amount == total(db.session.scalars(changes))
    assert owed.amount == row.gross_amount and owed.disputed_amount == row.disputed_amount
    assert (owed.settled_on is None) == (owed.open_amount != 0)


def books_agree(world: World, currency: str) -> None:
    """Σ open = Σ issued − credits − receipts − what was written off."""
    issued = credited = D(0)
    for row in world.statements:
        if row.currency == currency and row.state in FROZEN:
            live = live_lines(row)
            issued += total(each.gross_amount for each in live if each.kind != "credit")
            credited -= total(each.gross_amount for each in live if each.kind == "credit")
    open_ = select(Receivable.open_amount).where(Receivable.currency == currency)
    gone = world.paid.get(currency, D(0)) + world.written_off.get(currency, D(0))
    assert total(db.session.scalars(open_)) == issued - credited - gone


def credits_are_placed_once() -> None:
    """A placed credit is one live line, the exact negative; none other is; no line gets back more than it charged."""
    lines = db.session.scalars(
        select(StatementLine).where(
            StatementLine.credit_id.is_not(None), StatementLine.until_revision.is_(None)
        )
    )
    placed = {each.credit_id: each for each in lines}
    back: dict[int, Decimal] = {}
    for credit in db.session.scalars(select(Credit)):
        assert (credit.state == CreditState.PLACED) == (credit.id in placed)
        line = placed.get(credit.id)
        if line is not None:
            assert (line.net_amount, line.tax_amount) == (-credit.net_amount, -credit.tax_amount)
        if credit.line_id is not None and credit.state != CreditState.REFUSED:
            back[credit.line_id] = back.get(credit.line_id, D(0)) + credit.gross_amount
    for line_id, gross in back.items():
        assert gross <= db.session.get_one(StatementLine, line_id).gross_amount


def lines_follow_their_disputes() -> None:
    """A line is in the state that its dispute says; what was granted is what its credits give."""
    for row in db.session.scalars(select(Dispute)):
        wanted = line_state_of(DisputeState(row.state))
        if row.granted_amount and wanted is not LineState.DISPUTED:
            wanted = LineState.ADJUSTED
        assert row.line.state == wanted
        assert D(0) <= (row.granted_amount or D(0)) <= row.disputed_amount
        granted = select(Credit.gross_amount).where(Credit.line_id == row.line_id)
        assert total(db.session.scalars(granted)) == (row.granted_amount or D(0))


def all_is_well(world: World, known: Known) -> None:
    db.session.expire_all()
    for row in world.statements:
        adds_up(row)
        keeps_its_revisions(row, known)
        is_owed(row)
    for currency in ("CNY", "USD"):
        books_agree(world, currency)
    credits_are_placed_once()
    lines_follow_their_disputes()


def live(cast: Cast, now: datetime, steps: list[Step]) -> World:
    """Take the steps, and look at everything after each that was not refused."""
    world, known = World(cast, now), Known()
    for verb, first, second in [*OPENING, *steps]:
        if world.act(verb, first, second):
            all_is_well(world, known)
    return world


@settings(max_examples=30)
@given(STEPS)
@example(
    [
        ("dispute", 0, 0),
        ("confirm_all", 0, 0),
        ("accept", 0, 1),
        ("raise_again", 0, 0),
        ("accept", 0, 4),
        ("approve", 0, 0),
    ]
)
@example(
    [
        ("dispute", 0, 9),
        ("reject", 0, 0),
        ("confirm_all", 0, 0),
        ("raise_again", 0, 0),
        ("accept", 0, 5),
        ("draft", 0, 3),
    ]
)
def test_whatever_people_do_the_books_agree(cast: Cast, now: datetime, steps: list[Step]) -> None:
    try:
        live(cast, now, steps)
    finally:
        db.session.rollback()


def test_one_long_life_does_everything(cast: Cast, now: datetime) -> None:
    """Nothing of the world is out of reach: a life goes on until every verb was done, and the books agree."""
    chance, done, known = Random(20260302), Counter[str](), Known()
    world = World(cast, now)
    for verb, first, second in OPENING:
        world.act(verb, first, second)
    for _step in range(3000):
        missing = sorted(set(VERBS) - set(done))
        if not missing and done.total() > 100:
            break
        verb = chance.choice(missing if missing and chance.random() < 0.3 else VERBS_AS_THEY_COME)
        if world.act(verb, chance.randrange(200), chance.randrange(200)):
            done[verb] += 1
            if done.total() % 20 == 0:
                all_is_well(world, known)
    all_is_well(world, known)
    assert set(done) == set(VERBS)
    assert audit.first_broken_link() is None
