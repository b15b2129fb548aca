"""The demo's bills: each month run, reviewed, published, answered by the customers; some lines disputed and decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.actions import confirming, deciding, disputing, reviewing, runs
from portal.billing.actions.drafting import draft_party
from portal.billing.actions.publishing import publish
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.queries.tables import Tables
from portal.billing.rules.kinds import DisputeReason, LineKind
from portal.billing.rules.states import DisputeState, LineState, StatementState
from portal.catalogue.rules.exchange import RateRule
from portal.customers.models import Membership
from portal.customers.queries import viewer_for
from portal.customers.rules.settlement import Rating
from portal.db.base import db
from portal.demo.stage import Stage
from portal.kernel.money import round_money
from portal.receivables.actions import settlement
from portal.receivables.rules.settlement import TermsFacts

FINANCE, LEAD = "qian.wei", "he.jing"
FIRST_MONTH = -17
"""So many months before this one the first bill is for."""
TERMS: dict[str, TermsFacts] = {
    "HARBOUR": TermsFacts(payment_days=30, rating=Rating.A, credit_limit=Decimal(120_000)),
    "NORDWIND": TermsFacts(payment_days=30, one_currency=False, rating=Rating.A),
    "LONGTENG": TermsFacts(
        payment_days=45, rate_rule=RateRule.MONTH_FIXED, rating=Rating.A, credit_limit=Decimal(400_000)
    ),
    "LONGTENG-NB": TermsFacts(payment_days=45, rate_rule=RateRule.MONTH_FIXED),
    "YUNSHANG": TermsFacts(
        payment_days=30, rating=Rating.C, credit_limit=Decimal(60_000), grace_days=45,
        late_fee_percent=Decimal("0.05"),
    ),
    "JINGHE": TermsFacts(payment_days=30, rating=Rating.B, credit_limit=Decimal(80_000)),
    "CHONGHE": TermsFacts(payment_days=60, rating=Rating.B),
}  # fmt: skip
WORDS = {
    "quantity": "我司仓库签收记录少于账单数量，请提供出库明细核对。",
    "rate": "合同约定的价格似乎不是这个，请核对计价规则。",
    "missing": "未收到该票的签收单，请补发后再确认。",
}


def tell_bills(stage: Stage) -> None:
    """Settlement terms, then each month's run with what came of it."""
    days = stage.timeline
    days.add(days.day(-519), "09:00", partial(_terms, stage))
    for later in range(FIRST_MONTH, 0):
        first, last, after = days.month(later), days.month_end(later), days.month(later + 1)
        days.add(after.replace(day=2), "09:00", partial(_run, stage, (first, last)))
        days.add(after.replace(day=3), "10:00", partial(_publish, stage, last))
        if later == -3:
            days.add(after.replace(day=6), "10:00", partial(_dispute, stage, last))
            days.add(after.replace(day=9), "15:00", partial(_decide, stage))
        if later == -1:
            days.add(after.replace(day=8), "10:00", partial(_answer_in_part, last))
        else:
            days.add(after.replace(day=11), "10:00", partial(_confirm, last))


def _terms(stage: Stage, at: datetime) -> None:
    for code, terms in TERMS.items():
        settlement.change(stage.customer(code), terms, stage.people[LEAD], at)


def _run(stage: Stage, period: tuple[date, date], at: datetime) -> None:
    """A run as its worker does it, inside the demo's one transaction."""
    finance, tables = stage.people[FINANCE], Tables()
    run = runs.start(*period, finance, at)
    db.session.flush()
    left = runs.claim(run.id, at)
    for party_id in left.parties if left is not None else ():
        drafted = draft_party(party_id, runs.period_of(run), run.id, finance, at, tables)
        runs.note_party(run.id, party_id, drafted, at)
    runs.finish(run.id, finance, at)


def _publish(stage: Stage, last: date, at: datetime) -> None:
    for statement in _of(last, StatementState.DRAFT):
        reviewing.review(statement, stage.people[FINANCE], at)
        publish(statement, stage.people[LEAD], at)


def _confirm(last: date, at: datetime) -> None:
    """Everybody who has somebody for it confirms what is left to confirm."""
    for statement in _of(last, StatementState.PUBLISHED, StatementState.PARTLY_DISPUTED):
        who = _answering(statement, Permission.STATEMENT_CONFIRM)
        if who is not None and confirming.open_ids(statement):
            confirming.confirm(statement, None, statement.revision_no, who, at)


def _dispute(stage: Stage, last: date, at: datetime) -> None:
    """The demo's first customer does not agree with two of its lines."""
    for statement in _of(last, StatementState.PUBLISHED):
        if statement.customer_id != stage.customer("HARBOUR").id:
            continue
        who, lines = _answering(statement, Permission.DISPUTE_RAISE), _lines(statement)
        if who is None or len(lines) < 2:
            continue
        for line, reason, words in (
            (lines[0], DisputeReason.QUANTITY, "quantity"),
            (lines[1], DisputeReason.RATE, "rate"),
        ):
            disputing.raise_(
                line, reason.value, line.gross_amount, WORDS[words], statement.revision_no, who, at
            )


def _decide(stage: Stage, at: datetime) -> None:
    """One is granted by half, one is rejected with its reason."""
    wanted = select(Dispute).where(Dispute.state == "open").order_by(Dispute.id)
    for place, dispute in enumerate(db.session.scalars(wanted).all()):
        deciding.take(dispute, stage.people[FINANCE], at)
        if place == 0:
            half = round_money(dispute.disputed_amount / 2, dispute.currency)
            words = "经与仓库核对，其中一半数量记录有误，予以冲减。"
            deciding.accept(dispute, half, words, stage.people[FINANCE], at)
            if dispute.state == DisputeState.PENDING_APPROVAL:
                deciding.approve(dispute, stage.people[LEAD], at)
        else:
            words = "单价与合同附件一致，计算过程见账单明细，维持原金额。"
            deciding.reject(dispute, words, stage.people[FINANCE], at)


def _answer_in_part(last: date, at: datetime) -> None:
    """Of last month some have confirmed all, one has confirmed a part and asks about a line, one has not answered."""
    for statement in _of(last, StatementState.PUBLISHED):
        code = statement.customer.code
        who = _answering(statement, Permission.STATEMENT_CONFIRM)
        if who is None or code == "HARBOUR":
            continue
        if code == "NORDWIND":
            line = _lines(statement)[0]
            disputing.raise_(
                line, DisputeReason.MISSING_DOCUMENT.value, line.gross_amount, WORDS["missing"],
                statement.revision_no, who, at,
            )  # fmt: skip
            some = confirming.open_ids(statement)[::2]
            if some:
                confirming.confirm(statement, some, statement.revision_no, who, at)
        else:
            confirming.confirm(statement, None, statement.revision_no, who, at)


def _of(last: date, *states: StatementState) -> Sequence[Statement]:
    """The statements of the period that ended on `last`, in these states."""
    wanted = select(Statement).where(Statement.ends_on == last, Statement.state.in_(states))
    return db.session.scalars(wanted.order_by(Statement.id)).all()


def _lines(statement: Statement) -> Sequence[StatementLine]:
    """Lines that a person may argue about, the dearest first."""
    wanted = (
        select(StatementLine)
        .where(StatementLine.statement_id == statement.id)
        .where(StatementLine.kind == LineKind.USAGE, StatementLine.state == LineState.OPEN)
        .order_by(StatementLine.gross_amount.desc(), StatementLine.id)
    )
    return db.session.scalars(wanted.limit(5)).all()


def _answering(statement: Statement, permission: Permission) -> Viewer | None:
    """Somebody of the settlement party who may do that."""
    wanted = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.customer_id == statement.customer_id)
        .order_by(User.id)
    )
    people = (viewer_for(user_id, statement.customer_id) for user_id in db.session.scalars(wanted))
    return next((each for each in people if each.may(permission)), None)
